-- name: of_keys
contact AS c WHERE c.id = {any_key}

-- name: any_key
-- As an array, so that the planner looks them up by their keys.
ANY (ARRAY(SELECT spelled(:keys)))

-- name: hold
-- Contacts of a JSON list of keys, held until the transaction ends; everybody holds them in the order of their ids. They are
-- looked up by their keys as an array: of a join the planner would read everybody, through all that row security asks.
SELECT id FROM contact WHERE id = {any_key} ORDER BY id FOR NO KEY UPDATE;

-- name: hold_of_actions
-- The same for the contacts of a JSON list of actions.
SELECT id FROM contact WHERE id = ANY (ARRAY(SELECT a.contact FROM {actions_wanted})) ORDER BY id FOR NO KEY UPDATE;

-- name: actions_wanted
action AS a WHERE a.id = ANY (ARRAY(SELECT CAST(value AS BIGINT) FROM json_each(:ids)))

-- name: users_of_actions
-- The owners of those actions that have no contact.
SELECT DISTINCT a.owner FROM {actions_wanted} AND a.contact IS NULL AND a.owner IS NOT NULL ORDER BY a.owner;

-- name: missing
-- Whether one of a JSON list is no contact yet, so that it may be added.
SELECT EXISTS (SELECT value FROM json_each(:keys) EXCEPT SELECT lower(id) FROM contact WHERE id = {any_key});

-- name: hidden
-- Those of a JSON list who are there, and are kept from whoever asks (F20).
SELECT lower(id) FROM spelled(:keys) AS id EXCEPT SELECT lower(id) FROM contact WHERE id = {any_key};
