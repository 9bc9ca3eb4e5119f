-- name: folded
-- What fold makes of a name, without calling it for every one of a million.
CASE WHEN c.name GLOB '*[^ -~]*' OR instr(c.name, '  ') THEN fold(c.name) ELSE lower(c.name) END

-- name: limit
-- -1: all.
LIMIT :limit

-- name: backup
-- A copy that is whole, taken while others read and write.
VACUUM INTO :path;

-- name: typed_so
c.unfinished = :typed

-- name: taken
-- Which of :keys, a JSON list, are somebody's, or were.
SELECT lower(c.id) FROM json_each(:keys) AS wanted CROSS JOIN contact AS c WHERE lower(c.id) = wanted.value;
