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
SELECT EXISTS (SELECT 1 FROM contact WHERE lower(id) = :key);
