-- Who is on a cycle, in the order of their ids: an edit meets them a stretch at a time.
DROP INDEX enrolment_process;
CREATE INDEX enrolment_process ON enrolment (process, contact) WHERE ended IS NULL;
