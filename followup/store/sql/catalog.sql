-- name: opening
-- What every command reads first: the live version, and the live documents of the kinds that it needs completely.
SELECT 'version' AS kind, '' AS id, CAST(coalesce(max(number), 0) AS TEXT) AS document FROM catalog_version
UNION ALL
SELECT kind, id, document FROM catalog_item
WHERE until IS NULL AND kind IN ('action_type', 'moved', 'office', 'property', 'role', 'user')
ORDER BY kind, id;

-- name: version
-- The live version; 0 if none is applied.
SELECT coalesce(max(number), 0) FROM catalog_version;

-- name: versions
-- Every version: its git commit, when, which user, which change, the version that it undid, and how many items differ
-- from the previous version.
SELECT v.number, v.git, c.at, c.by, c.id, (SELECT back.number FROM catalog_version AS back WHERE back.change = c.undoes),
       (SELECT count(*) FROM (SELECT kind, id FROM catalog_item WHERE since = v.number
                              UNION SELECT kind, id FROM catalog_item WHERE until = v.number) AS differing)
FROM catalog_version AS v JOIN change AS c ON c.id = v.change ORDER BY v.number;

-- name: item
-- One live document.
SELECT document FROM catalog_item WHERE kind = :kind AND id = :id AND until IS NULL;

-- name: items
-- Every live document of a kind.
SELECT id, document FROM catalog_item WHERE kind = :kind AND until IS NULL ORDER BY id;

-- name: made_by
-- The version that a change applied.
SELECT number FROM catalog_version WHERE change = :change;

-- name: the_version
SELECT digest, git FROM catalog_version WHERE number = :number;

-- name: items_of
-- Every document of a version; null for an item that it doesn't have, so that every kind and id is included.
SELECT kind, id, max(CASE WHEN since <= :number AND (until IS NULL OR until > :number) THEN document END)
FROM catalog_item GROUP BY kind, id ORDER BY kind, id;

-- name: in_force
-- Every live document.
SELECT kind, id, document FROM catalog_item WHERE until IS NULL;

-- name: end_item
-- A document ends with a version: it isn't part of that version.
UPDATE catalog_item SET until = ? WHERE kind = ? AND id = ? AND until IS NULL;

-- name: processes
-- The cycles and plans that contacts are on, under the ids they had when the enrolment started.
SELECT DISTINCT kind, process FROM enrolment WHERE ended IS NULL ORDER BY kind, process;

-- name: in_flight
-- A batch of the contacts on a cycle or a plan, by id. (A contact can be on a plan several times, once per event.)
SELECT DISTINCT contact FROM enrolment
WHERE process = :id AND kind = :kind AND ended IS NULL AND contact > :after
ORDER BY contact LIMIT :many;

-- name: reasons
-- Why the steps of these contacts' open enrolments are due when they are; the contacts are a JSON list.
-- Ids only increase, so an enrolment's actions have higher ids than the enrolment.
SELECT h.action, json_extract(h.data, '$.why')
FROM json_each(:ids) AS wanted
     CROSS JOIN enrolment AS e
     CROSS JOIN history AS h
WHERE e.contact = wanted.value AND e.ended IS NULL
  AND h.subject = 'contact:' || wanted.value AND h.kind = 'scheduled' AND h.action > e.id;

-- name: held
-- The contacts with open actions of any of :owners, a JSON list, or without an owner.
SELECT DISTINCT a.contact FROM action AS a
WHERE a.status = 'scheduled' AND a.contact IS NOT NULL
  AND (a.owner IN (SELECT value FROM json_each(:owners)) OR (a.owner IS NULL AND :unowned))
ORDER BY a.contact;

-- name: holding
-- The number of a user's contacts in follow-up, and of their open actions.
SELECT (SELECT count(*) FROM contact WHERE owner = :user AND gone IS NULL AND stage NOT IN ('won', 'lost')),
       (SELECT count(*) FROM action WHERE owner = :user AND status = 'scheduled');

-- name: contacts_with
-- The number of contacts that have an item of the catalog, and of their open actions.
SELECT count(DISTINCT c.id), count(a.id)
FROM contact AS c LEFT JOIN action AS a ON a.contact = c.id AND a.status = 'scheduled'
WHERE c.gone IS NULL
  AND CASE :kind WHEN 'property' THEN c.property = :item
                 WHEN 'source' THEN c.source = :item
                 WHEN 'contact_type' THEN c.type = :item
                 WHEN 'sales_cycle' THEN c.sales_cycle = :item
                 WHEN 'group' THEN ' ' || c.groups || ' ' LIKE '% ' || :item || ' %'
                 WHEN 'alias' THEN c.follow_up = :item END;

-- name: actions_with
-- The number of actions, open or closed, that have an item of the catalog.
SELECT count(*) FROM action AS a
WHERE CASE :kind WHEN 'action_type' THEN a.type = :item
                 WHEN 'category' THEN a.category = :item
                 WHEN 'action_name' THEN a.action_name = :item
                 WHEN 'outcome' THEN a.outcome = :item
                 WHEN 'no_show_reason' THEN a.status = 'no-show' AND a.reason = :item END;
