-- A row that identifies this store among its copies; 001 created the table without a row.
INSERT INTO instance (id, created_at)
SELECT lower(hex(randomblob(16))), coalesce((SELECT min(at) FROM change), 0) -- 0: before its first change
WHERE NOT EXISTS (SELECT 1 FROM instance);
