-- The command as typed, for a change that may have more batches: typing it again resumes the change after a kill.
ALTER TABLE change ADD COLUMN unfinished TEXT;

-- almost always empty
CREATE INDEX change_unfinished ON change (by, unfinished) WHERE unfinished IS NOT NULL;
