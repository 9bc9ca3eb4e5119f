-- Further e-mail addresses and phone numbers, a line each.
ALTER TABLE contact ADD COLUMN emails TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN phones TEXT NOT NULL DEFAULT '';

-- By what another system's files know a contact: SYSTEM:ID, or a key that an import has made.
ALTER TABLE contact ADD COLUMN external TEXT;

-- what is known by one key is one contact; imports look it up
CREATE UNIQUE INDEX contact_external ON contact (external) WHERE external IS NOT NULL;
