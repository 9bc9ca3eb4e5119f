-- Changes after this one are numbered here, without a gap: what was copied out of a server has gaps that say nothing.
ALTER TABLE instance ADD COLUMN numbered_since INTEGER NOT NULL DEFAULT 0;

-- what somebody did last: undo asks
CREATE INDEX change_by ON change (by, id);
