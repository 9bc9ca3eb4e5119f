-- What was typed, of a change that may have batches to come: typing it again takes up what a kill has left.
ALTER TABLE change ADD COLUMN unfinished TEXT;

-- nearly always empty
CREATE INDEX change_unfinished ON change (by, unfinished) WHERE unfinished IS NOT NULL;
