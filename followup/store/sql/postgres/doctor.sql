-- name: since
convert_from(:since, 'UTF8')

-- name: before
convert_from(:before, 'UTF8')

-- name: last
-- No text is greater.
chr(1114111)

-- name: ids
string_agg(CAST(id AS TEXT), ', ' ORDER BY id)

-- name: integrity
-- An index that a crash or a collation left unusable.
SELECT coalesce((SELECT 'index ' || c.relname || ' is not valid: REINDEX it'
                 FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND NOT (i.indisvalid AND i.indisready) ORDER BY 1 LIMIT 1), 'ok');

-- name: changes_missing
-- A change that came to nothing has taken its number with it: a gap says nothing here.
SELECT 1 WHERE false;

-- name: counters
-- Each stands behind every number that was given.
WITH needed (name, next, least) AS (
  SELECT 'change', (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM change_number),
         (SELECT 1 + coalesce(max(id), 0) FROM change)
  UNION ALL
  SELECT 'action', (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM action_number),
         1 + greatest((SELECT coalesce(max(id), 0) FROM action), (SELECT coalesce(max(id), 0) FROM enrolment)))
SELECT name, next, least FROM needed WHERE next < least;
