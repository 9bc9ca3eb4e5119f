-- name: counter
-- The next unused number.
SELECT next FROM counter WHERE name = :name;

-- name: set_counter
UPDATE counter SET next = :next WHERE name = :name;
