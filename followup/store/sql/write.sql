-- name: change
-- The head of every write.
INSERT INTO change (id, at, by, command, catalog_version, undoes)
VALUES (:id, :at, :by, :command, :catalog_version, :undoes);

-- name: unfinished
-- What was typed, while batches may be to come; null when the change is whole.
UPDATE change SET unfinished = :typed WHERE id = :id;

-- name: history
INSERT INTO history (subject, seq, change, kind, action, data) VALUES (?, ?, ?, ?, ?, ?);

-- name: insert_contact
-- A contact whose adding was undone may be added again: the row is still there.
INSERT INTO contact (id, name, first_name, last_name, email, phone, owner, property, source, type, sales_cycle, stage,
                     groups, do_not_contact, follow_up, details, created_at, updated_at, gone, seq, next_action)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: update_contact
UPDATE contact
SET name = ?, first_name = ?, last_name = ?, email = ?, phone = ?, owner = ?, property = ?, source = ?,
    type = ?, sales_cycle = ?, stage = ?, groups = ?, do_not_contact = ?, follow_up = ?, details = ?,
    created_at = ?, updated_at = ?, gone = ?, seq = ?, next_action = ?
WHERE id = ?;

-- name: touch_contact
-- Of most changes a contact's own row keeps only these: its other columns and their index stay as they are.
UPDATE contact SET updated_at = ?, seq = ?, next_action = ? WHERE id = ?;

-- name: insert_enrolment
INSERT INTO enrolment (id, contact, kind, process, alias, version, start, start_at, round, round_start, round_at,
                       paused_until, ended, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: update_enrolment
UPDATE enrolment
SET alias = ?, round = ?, round_start = ?, round_at = ?, paused_until = ?, ended = ?, reason = ?
WHERE id = ?;

-- name: insert_action
INSERT INTO action (id, contact, owner, type, title, status, due, nominal, at, enrolment, step, round, trial, position,
                    channel, category, action_name, moved, attempts, outcome, notes, listing, completed_on,
                    completed_by, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: update_action
UPDATE action
SET owner = ?, status = ?, due = ?, nominal = ?, at = ?, moved = ?, attempts = ?, outcome = ?, notes = ?,
    listing = ?, completed_on = ?, completed_by = ?, reason = ?
WHERE id = ?;
