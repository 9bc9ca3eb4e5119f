-- name: of_keys
-- json_each comes first so that it drives.
json_each(:keys) AS wanted CROSS JOIN contact AS c WHERE lower(c.id) = wanted.value
