-- name: office
-- What the locks of this office are told apart by.
SELECT CAST(CAST(oid AS BIGINT) % 2147483647 AS INTEGER) FROM pg_namespace WHERE nspname = :schema;

-- name: beside
-- A change that others go on beside: any but an apply.
SELECT pg_advisory_xact_lock_shared(1179601995, :office);

-- name: alone
-- Waits for the others, and lets none begin.
SELECT pg_advisory_xact_lock(1179601995, :office);

-- name: adding
-- One at a time adds contacts: who adds the same would wait for the other's commit, each for each other's.
SELECT pg_advisory_xact_lock(1179601996, :office);

-- name: hold_user
-- A user's own tasks have no row to lock.
SELECT pg_advisory_xact_lock(hashtextextended(:subject, :office));

-- name: next_change
SELECT nextval('change_number');

-- name: count
-- What comes next goes on behind the highest number that was copied.
SELECT setval('change_number', 1 + (SELECT coalesce(max(id), 0) FROM change), false),
       setval('action_number', 1 + greatest((SELECT coalesce(max(id), 0) FROM action),
                                            (SELECT coalesce(max(id), 0) FROM enrolment)), false);

-- name: next_ids
-- Numbers for actions and enrolments; those that are not used stay unused.
SELECT nextval('action_number') FROM generate_series(1, :many);

-- name: forget_people
DELETE FROM person;

-- name: admit
INSERT INTO person (login, id, everything, team, property) VALUES (?, ?, ?, ?, ?);
