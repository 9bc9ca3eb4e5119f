-- The contacts on a cycle, ordered by id: an apply migrates them in batches.
DROP INDEX enrolment_process;
CREATE INDEX enrolment_process ON enrolment (process, contact) WHERE ended IS NULL;
