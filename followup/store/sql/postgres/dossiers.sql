-- name: hold
-- Contacts of a JSON list, held until the transaction ends; everybody holds them in the order of their ids.
SELECT id FROM contact WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id FOR NO KEY UPDATE;

-- name: hold_of_actions
-- The contacts of a JSON list of actions.
SELECT c.id FROM contact AS c
WHERE c.id IN (SELECT a.contact FROM json_each(:ids) AS wanted JOIN action AS a ON a.id = CAST(wanted.value AS BIGINT))
ORDER BY c.id FOR NO KEY UPDATE;

-- name: users_of_actions
-- Whose tasks they are, where they have no contact.
SELECT DISTINCT a.owner FROM json_each(:ids) AS wanted JOIN action AS a ON a.id = CAST(wanted.value AS BIGINT)
WHERE a.contact IS NULL AND a.owner IS NOT NULL ORDER BY a.owner;

-- name: missing
-- Whether one of a JSON list is no contact yet, so that it may be added.
SELECT EXISTS (SELECT 1 FROM json_each(:ids) AS wanted WHERE NOT EXISTS (SELECT 1 FROM contact WHERE id = wanted.value));
