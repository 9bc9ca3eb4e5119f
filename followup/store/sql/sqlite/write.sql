-- name: begin
-- What a change starts with: the live version, and the next unused numbers for a change and for an action or enrolment.
SELECT (SELECT coalesce(max(number), 0) FROM catalog_version),
       (SELECT next FROM counter WHERE name = 'change'), (SELECT next FROM counter WHERE name = 'action');

-- name: undone
-- Whether a change is undone already: asked under the write lock.
SELECT EXISTS (SELECT 1 FROM change WHERE undoes = :change);

-- name: finish
-- Saves the next unused numbers.
UPDATE counter SET next = CASE name WHEN 'change' THEN :change ELSE :action END WHERE name IN ('change', 'action');

-- name: set_counter
UPDATE counter SET next = :next WHERE name = :name;

-- name: numbered
-- From here on, numbers have no gaps.
UPDATE instance SET numbered_since = (SELECT coalesce(max(id), 0) FROM change);

-- name: new_instance
-- A copy is told apart from what it was copied from.
UPDATE instance SET id = lower(hex(randomblob(16)));
