-- Further e-mail addresses and phone numbers, a line each.
ALTER TABLE contact ADD COLUMN emails TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN phones TEXT COLLATE "C" NOT NULL DEFAULT '';

-- By what another system's files know a contact: SYSTEM:ID, or a key that an import has made.
ALTER TABLE contact ADD COLUMN external TEXT COLLATE "C";

-- what is known by one key is one contact; imports look it up
CREATE UNIQUE INDEX contact_external ON contact (external) WHERE external IS NOT NULL;

-- Whether a contact has a key, also one that the user may not see; not which contact.
CREATE FUNCTION is_known_key(wanted TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER COST 5000
SET search_path = {schema}, pg_temp
AS $$ SELECT EXISTS (SELECT 1 FROM contact WHERE external = wanted) $$;
