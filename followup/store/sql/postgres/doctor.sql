-- name: since
convert_from(:since, 'UTF8')

-- name: before
convert_from(:before, 'UTF8')

-- name: last
-- The highest possible text.
chr(1114111)

-- name: ids
string_agg(CAST(id AS TEXT), ', ' ORDER BY id)

-- name: integrity
-- An index that became unusable after a crash or a change of collation.
SELECT coalesce((SELECT 'index ' || c.relname || ' is not valid: REINDEX it'
                 FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND NOT (i.indisvalid AND i.indisready) ORDER BY 1 LIMIT 1), 'ok');

-- name: changes_missing
-- A change that was rolled back has used its number, so gaps are normal here.
SELECT 1 WHERE false;

-- name: counters
-- Each counter must be higher than every number in use.
WITH needed (name, next, least) AS (
  SELECT 'change', (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM change_number),
         (SELECT 1 + coalesce(max(id), 0) FROM change)
  UNION ALL
  SELECT 'action', (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM action_number),
         1 + greatest((SELECT coalesce(max(id), 0) FROM action), (SELECT coalesce(max(id), 0) FROM enrolment)))
SELECT name, next, least FROM needed WHERE next < least;

-- name: passing
-- Logins of reps that bypass the policies, and why. (A superuser is a member of every role: only granted roles count.
-- Since PostgreSQL 16 the creator of a role may grant it; the owner doesn't use that.)
WITH RECURSIVE given (role, member) AS (
  SELECT roleid, member FROM pg_auth_members
  WHERE NOT (admin_option AND member = (SELECT nspowner FROM pg_namespace WHERE nspname = :schema)
             AND NOT pg_has_role(member, roleid, 'USAGE'))
),
granted (role, member) AS (
  SELECT role, member FROM given
  UNION
  SELECT g.role, m.member FROM granted AS g JOIN given AS m ON m.role = g.member
)
SELECT DISTINCT r.rolname, CASE WHEN r.rolsuper THEN 'is a superuser' WHEN r.rolbypassrls THEN 'may bypass row security'
                                WHEN o.rolname = :worker THEN 'is a worker too'
                                ELSE 'owns the tables, or is a member of who does' END
FROM granted AS g JOIN pg_roles AS r ON r.oid IN (g.member, g.role)
     LEFT JOIN granted AS more ON more.member = r.oid
     LEFT JOIN pg_roles AS o ON o.oid IN (more.role, r.oid)
         AND (o.rolname = :worker OR o.oid IN (SELECT relowner FROM pg_class WHERE relnamespace = to_regnamespace(:schema)))
WHERE g.role = CAST(to_regrole(:rep) AS OID) AND (r.rolsuper OR r.rolbypassrls OR o.rolname IS NOT NULL)
ORDER BY 1, 2;

-- name: schema
-- The definition of the office: tables with their columns, privileges and row security, indexes, constraints, policies,
-- functions, sequences. The owner's own privileges are ignored, since owners differ.
WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = :schema),
described (kind, name, told) AS (
  SELECT 'column', c.relname || '.' || a.attname,
         concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END, l.collname,
         (SELECT string_agg(told, ', ' ORDER BY told)
          FROM (SELECT pg_get_userbyid(grantee) || ' ' || privilege_type AS told FROM aclexplode(a.attacl) WHERE grantee <> c.relowner) AS x))
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
  WHERE c.relnamespace = (SELECT oid FROM here) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' ELSE 'view' END, c.relname,
         concat_ws(' ', c.relrowsecurity, c.relforcerowsecurity,
                   
         (SELECT string_agg(told, ', ' ORDER BY told)
          FROM (SELECT pg_get_userbyid(grantee) || ' ' || privilege_type AS told FROM aclexplode(c.relacl) WHERE grantee <> c.relowner) AS x))
  FROM pg_class AS c WHERE c.relnamespace = (SELECT oid FROM here) AND c.relkind IN ('r', 'S', 'v', 'm')
  UNION ALL
  SELECT 'index', c.relname, pg_get_indexdef(c.oid)
  FROM pg_class AS c WHERE c.relnamespace = (SELECT oid FROM here) AND c.relkind = 'i'
  UNION ALL
  SELECT 'constraint', r.relname || '.' || c.conname, pg_get_constraintdef(c.oid)
  FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid WHERE c.connamespace = (SELECT oid FROM here)
  UNION ALL
  SELECT 'policy', tablename || '.' || policyname, concat_ws(' ', permissive, cmd, roles, qual, with_check)
  FROM pg_policies WHERE schemaname = :schema
  UNION ALL
  SELECT 'function', p.proname, concat_ws(' ', pg_get_functiondef(p.oid), (SELECT string_agg(told, ', ' ORDER BY told)
          FROM (SELECT pg_get_userbyid(grantee) || ' ' || privilege_type AS told FROM aclexplode(p.proacl) WHERE grantee <> p.proowner) AS x))
  FROM pg_proc AS p WHERE p.pronamespace = (SELECT oid FROM here)
  UNION ALL
  SELECT 'trigger', r.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
  FROM pg_trigger AS t JOIN pg_class AS r ON r.oid = t.tgrelid
  WHERE r.relnamespace = (SELECT oid FROM here) AND NOT t.tgisinternal
)
SELECT kind, name, told FROM described ORDER BY kind, name;
