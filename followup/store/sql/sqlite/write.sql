-- name: begin
-- What a change begins with: the version in force, and the next unused numbers of a change and of an action or enrolment.
SELECT (SELECT coalesce(max(number), 0) FROM catalog_version),
       (SELECT next FROM counter WHERE name = 'change'), (SELECT next FROM counter WHERE name = 'action');

-- name: undone
-- Whether a change is undone already: asked under the write lock.
SELECT EXISTS (SELECT 1 FROM change WHERE undoes = :change);

-- name: finish
-- What it leaves for the next one.
UPDATE counter SET next = CASE name WHEN 'change' THEN :change ELSE :action END WHERE name IN ('change', 'action');

-- name: set_counter
UPDATE counter SET next = :next WHERE name = :name;

-- name: numbered
-- From here on without a gap.
UPDATE instance SET numbered_since = (SELECT coalesce(max(id), 0) FROM change);

-- name: new_instance
-- A copy is told apart from what it was copied from.
UPDATE instance SET id = lower(hex(randomblob(16)));
