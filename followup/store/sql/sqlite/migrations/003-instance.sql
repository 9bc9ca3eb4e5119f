-- Every store is told apart from its copies by a row of its own; 001 made the table, and no row.
INSERT INTO instance (id, created_at)
SELECT lower(hex(randomblob(16))), coalesce((SELECT min(at) FROM change), 0) -- 0: before its first change
WHERE NOT EXISTS (SELECT 1 FROM instance);
