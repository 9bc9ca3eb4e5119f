-- name: since
-- Ids are bound as bytes, since damaged ones may not be UTF-8.
CAST(:since AS TEXT)

-- name: before
CAST(:before AS TEXT)

-- name: last
-- Higher than any text.
x''

-- name: ids
group_concat(id, ', ')

-- name: integrity
PRAGMA integrity_check;

-- name: schema
-- The definition of the store, as the SQL of its migrations; SQLite's own tables and indexes have the prefix sqlite_.
SELECT type, name, sql FROM sqlite_master WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY type DESC, name;

-- name: changes_missing
-- Missing numbers of changes, which have no gaps from the first one made in this store up to the counter.
SELECT before + 1 || CASE WHEN id > before + 2 THEN ' to ' || (id - 1) ELSE '' END
FROM (SELECT id, lag(id, 1, {since_when}) OVER (ORDER BY id) AS before
      FROM (SELECT id FROM change UNION ALL SELECT next FROM counter WHERE name = 'change') WHERE id > {since_when})
WHERE id > before + 1;

-- name: since_when
(SELECT coalesce(max(numbered_since), 0) FROM instance)

-- name: needed
-- The first unused number of each counter.
SELECT 'change' AS name, 1 + coalesce(max(id), 0) AS least FROM change
UNION ALL
SELECT 'action', 1 + max(coalesce((SELECT max(id) FROM action), 0), coalesce((SELECT max(id) FROM enrolment), 0))

-- name: counters
-- Each counter must be higher than every number in use.
SELECT n.name, coalesce(c.next, 'missing'), n.least FROM ({needed}) AS n LEFT JOIN counter AS c ON c.name = n.name
WHERE c.next IS NULL OR c.next < n.least;

-- name: told
-- Every event, by subject.
SELECT h.subject, h.seq, h.change, g.at, g.by, h.kind, h.action, h.data
FROM history AS h JOIN change AS g ON g.id = h.change ORDER BY h.subject, h.seq;
