-- name: folded
fold(c.name)

-- name: limit
-- -1: all.
LIMIT CASE WHEN :limit >= 0 THEN :limit END

-- name: touched
-- The subjects that a change touched, seen or not if it is one's own.
SELECT subject COLLATE "C" FROM (SELECT subject FROM history WHERE change = :change
                                 UNION SELECT told_by_me(:change)) AS touched ORDER BY 1;

-- name: typed_so
c.id IN (SELECT unfinished_changes(:typed))

-- name: keyed
-- The contacts with the external keys of :keys, a JSON list; no id: the user may not see it (F20). Keys are looked up as
-- an array, as in dossiers.hold.
SELECT external, id FROM contact WHERE external = ANY (ARRAY(SELECT value FROM json_each(:keys)))
UNION ALL
SELECT wanted.value, NULL FROM json_each(:keys) AS wanted
WHERE NOT EXISTS (SELECT 1 FROM contact WHERE external = wanted.value) AND is_known_key(wanted.value);

-- name: taken
-- Which of :ids, a JSON list, a contact has or had, seen or not.
SELECT wanted.value FROM json_each(:ids) AS wanted WHERE NOT is_new_contact(wanted.value);
