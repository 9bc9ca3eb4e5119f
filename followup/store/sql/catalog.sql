-- name: opening
-- What every command begins with: the version in force, and the documents in force of the kinds of which it needs all.
SELECT 'version' AS kind, '' AS id, CAST(coalesce(max(number), 0) AS TEXT) AS document FROM catalog_version
UNION ALL
SELECT kind, id, document FROM catalog_item
WHERE until IS NULL AND kind IN ('action_type', 'moved', 'office', 'property', 'role', 'user')
ORDER BY kind, id;

-- name: version
-- The version in force; 0 where nothing has been applied.
SELECT coalesce(max(number), 0) FROM catalog_version;

-- name: versions
-- Every version: its git commit, when, by whom and as which change, the version that this took back, and how many items
-- differ from the version before.
SELECT v.number, v.git, c.at, c.by, c.id, (SELECT back.number FROM catalog_version AS back WHERE back.change = c.undoes),
       (SELECT count(*) FROM (SELECT kind, id FROM catalog_item WHERE since = v.number
                              UNION SELECT kind, id FROM catalog_item WHERE until = v.number) AS differing)
FROM catalog_version AS v JOIN change AS c ON c.id = v.change ORDER BY v.number;

-- name: item
-- One document in force.
SELECT document FROM catalog_item WHERE kind = :kind AND id = :id AND until IS NULL;

-- name: items
-- Every document of a kind in force.
SELECT id, document FROM catalog_item WHERE kind = :kind AND until IS NULL ORDER BY id;

-- name: made_by
-- The version that a change put in force.
SELECT number FROM catalog_version WHERE change = :change;

-- name: the_version
SELECT digest, git FROM catalog_version WHERE number = :number;

-- name: items_of
-- Every document that a version had; null for an item that it had not, so that every kind and id is there.
SELECT kind, id, max(CASE WHEN since <= :number AND (until IS NULL OR until > :number) THEN document END)
FROM catalog_item GROUP BY kind, id ORDER BY kind, id;

-- name: in_force
-- Every document in force.
SELECT kind, id, document FROM catalog_item WHERE until IS NULL;

-- name: end_item
-- A document is in force no more from a version on.
UPDATE catalog_item SET until = ? WHERE kind = ? AND id = ? AND until IS NULL;

-- name: processes
-- The cycles and plans that anybody is on, under the ids that they had when it began.
SELECT DISTINCT kind, process FROM enrolment WHERE ended IS NULL ORDER BY kind, process;

-- name: in_flight
-- A stretch of those who are on a cycle or a plan, in the order of their ids. (A contact is on a plan once for each event.)
SELECT DISTINCT contact FROM enrolment
WHERE process = :id AND kind = :kind AND ended IS NULL AND contact > :after
ORDER BY contact LIMIT :many;

-- name: reasons
-- Why the steps of these contacts' open enrolments were due when they were: a JSON list of contacts.
-- Ids are counted up, so that an enrolment's actions have higher ones than it has.
SELECT h.action, json_extract(h.data, '$.why')
FROM json_each(:ids) AS wanted
     CROSS JOIN enrolment AS e
     CROSS JOIN history AS h
WHERE e.contact = wanted.value AND e.ended IS NULL
  AND h.subject = 'contact:' || wanted.value AND h.kind = 'scheduled' AND h.action > e.id;

-- name: held
-- The contacts with open actions of any of :owners, a JSON list, or of nobody.
SELECT DISTINCT a.contact FROM action AS a
WHERE a.status = 'scheduled' AND a.contact IS NOT NULL
  AND (a.owner IN (SELECT value FROM json_each(:owners)) OR (a.owner IS NULL AND :unowned))
ORDER BY a.contact;

-- name: holding
-- Contacts that are still followed up, and open actions, of a user.
SELECT (SELECT count(*) FROM contact WHERE owner = :user AND gone IS NULL AND stage NOT IN ('won', 'lost')),
       (SELECT count(*) FROM action WHERE owner = :user AND status = 'scheduled');
