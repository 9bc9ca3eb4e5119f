-- name: counter
-- The next unused number.
SELECT next FROM counter WHERE name = :name;

-- name: set_counter
UPDATE counter SET next = :next WHERE name = :name;

-- name: numbered
-- From here on without a gap.
UPDATE instance SET numbered_since = (SELECT coalesce(max(id), 0) FROM change);
