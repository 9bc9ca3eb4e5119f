-- name: folded
-- The folded name, without calling fold for each of a million contacts.
CASE WHEN c.name GLOB '*[^ -~]*' OR instr(c.name, '  ') THEN fold(c.name) ELSE lower(c.name) END

-- name: limit
-- -1: all.
LIMIT :limit

-- name: backup
-- A consistent copy, taken while others read and write.
VACUUM INTO :path;

-- name: typed_so
c.unfinished = :typed

-- name: taken
-- Which of :keys, a JSON list, are somebody's, or were.
SELECT lower(c.id) FROM json_each(:keys) AS wanted CROSS JOIN contact AS c WHERE lower(c.id) = wanted.value;
