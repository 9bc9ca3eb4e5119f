-- name: office
-- The key of this office's locks.
SELECT CAST(CAST(oid AS BIGINT) % 2147483647 AS INTEGER) FROM pg_namespace WHERE nspname = :schema;

-- name: beside
-- A shared lock, for any change but an apply: others may run at the same time.
SELECT pg_advisory_xact_lock_shared(1179601995, :office);

-- name: alone
-- An exclusive lock: waits for running changes and blocks new ones.
SELECT pg_advisory_xact_lock(1179601995, :office);

-- name: adding
-- One change at a time adds contacts: two that add the same ones could deadlock.
SELECT pg_advisory_xact_lock(1179601996, :office);

-- name: hold_user
-- A lock on a user's own tasks, which have no common row to lock.
SELECT pg_advisory_xact_lock(hashtextextended(:subject, :office));

-- name: next_change
SELECT nextval('change_number');

-- name: count
-- Continues after the highest copied numbers.
SELECT setval('change_number', 1 + (SELECT coalesce(max(id), 0) FROM change), false),
       setval('action_number', 1 + greatest((SELECT coalesce(max(id), 0) FROM action),
                                            (SELECT coalesce(max(id), 0) FROM enrolment)), false);

-- name: next_ids
-- Numbers for actions and enrolments; unused ones aren't reused.
SELECT nextval('action_number') FROM generate_series(1, :many);

-- name: forget_people
DELETE FROM person;

-- name: admit
INSERT INTO person (login, id, everything, team, property) VALUES (?, ?, ?, ?, ?);
