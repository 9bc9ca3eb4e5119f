-- Changes after this one are numbered without gaps here; numbers copied from a server have gaps, which are normal.
ALTER TABLE instance ADD COLUMN numbered_since INTEGER NOT NULL DEFAULT 0;

-- a user's latest change, for undo
CREATE INDEX change_by ON change (by, id);
