-- name: change
-- A whole office, table by table, each in the order of its key: what a copy takes, and holds the copy against.
SELECT id, at, by, command, catalog_version, undoes, unfinished FROM change ORDER BY id;

-- name: catalog_version
SELECT number, digest, git, change FROM catalog_version ORDER BY number;

-- name: catalog_item
SELECT kind, id, since, until, document FROM catalog_item ORDER BY kind, id, since;

-- name: contact
SELECT id, name, first_name, last_name, email, phone, owner, property, source, type, sales_cycle, stage, groups,
       do_not_contact, follow_up, details, created_at, updated_at, gone, seq, next_action
FROM contact ORDER BY id;

-- name: enrolment
SELECT id, contact, kind, process, alias, version, start, start_at, round, round_start, round_at, paused_until, ended,
       reason
FROM enrolment ORDER BY id;

-- name: action
SELECT id, contact, owner, type, title, status, due, nominal, at, enrolment, step, round, trial, position, channel,
       category, action_name, moved, attempts, outcome, notes, listing, completed_on, completed_by, reason
FROM action ORDER BY id;

-- name: history
SELECT subject, seq, change, kind, action, data FROM history ORDER BY subject, seq;
