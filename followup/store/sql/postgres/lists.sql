-- name: folded
fold(c.name)

-- name: limit
-- -1: all.
LIMIT CASE WHEN :limit >= 0 THEN :limit END

-- name: touched
-- The subjects of a change; of the user's own, even those now hidden.
SELECT subject COLLATE "C" FROM (SELECT subject FROM history WHERE change = :change
                                 UNION SELECT told_by_me(:change)) AS touched ORDER BY 1;

-- name: typed_so
c.id IN (SELECT unfinished_changes(:typed))

-- name: keyed
-- The contacts with the external keys of :keys, a JSON list; no id: the user may not see it (F20). Keys are looked up as
-- an array, as in dossiers.hold.
SELECT c.external, CASE WHEN {sees_contact} THEN c.id END FROM contact AS c
WHERE c.external = ANY (ARRAY(SELECT value FROM json_each(:keys)))
UNION ALL
SELECT wanted.value, NULL FROM json_each(:keys) AS wanted
WHERE NOT EXISTS (SELECT 1 FROM contact WHERE external = wanted.value) AND is_known_key(wanted.value);

-- name: taken
-- Which of :keys, a JSON list, are somebody's, or were, seen or not.
SELECT lower(id) FROM spelled(:keys) AS id;
