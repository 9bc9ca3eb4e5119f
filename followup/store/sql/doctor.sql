-- name: begun
-- Whether the store has any data yet.
SELECT EXISTS (SELECT 1 FROM change);

-- name: changes_empty
-- Empty changes are never saved.
SELECT c.id, c.command, c.by
FROM change AS c LEFT JOIN (SELECT DISTINCT change FROM history) AS h ON h.change = c.id
WHERE h.change IS NULL ORDER BY c.id;

-- name: undoes_unknown
-- A change can only undo an earlier one.
SELECT c.id, c.undoes FROM change AS c LEFT JOIN change AS u ON u.id = c.undoes
WHERE c.undoes IS NOT NULL AND (u.id IS NULL OR u.id >= c.id) ORDER BY c.id;

-- name: undone_twice
SELECT undoes, {ids} FROM change WHERE undoes IS NOT NULL GROUP BY undoes HAVING count(*) > 1;

-- name: changes_of_no_version
-- 0 means before the first version.
SELECT c.catalog_version, count(*), min(c.id)
FROM change AS c LEFT JOIN catalog_version AS v ON v.number = c.catalog_version
WHERE c.catalog_version <> 0 AND v.number IS NULL GROUP BY c.catalog_version;

-- name: changes_too_early
SELECT c.id, c.catalog_version FROM change AS c JOIN catalog_version AS v ON v.number = c.catalog_version
WHERE v.change >= c.id ORDER BY c.id;

-- name: changes_by_nobody
-- Former users are in the catalog's old documents; the first version may be applied by the office itself.
SELECT c.by, count(*), min(c.id) FROM change AS c
WHERE c.by <> 'office' AND c.by NOT IN (SELECT id FROM catalog_item WHERE kind = 'user') GROUP BY c.by;

-- name: changes_at_no_time
-- Before 1900 or after 2999 (store/row_values.py).
SELECT id, at FROM change WHERE at NOT BETWEEN -2208988800 AND 32503679999 ORDER BY id;

-- name: enrolments_of_no_contact
SELECT e.id, e.contact FROM enrolment AS e LEFT JOIN contact AS c ON c.id = e.contact WHERE c.id IS NULL;

-- name: actions_of_no_contact
SELECT a.id, a.contact FROM action AS a LEFT JOIN contact AS c ON c.id = a.contact
WHERE a.contact IS NOT NULL AND c.id IS NULL;

-- name: actions_of_no_enrolment
-- It doesn't exist, or belongs to another contact.
SELECT a.id, a.enrolment, a.contact FROM action AS a LEFT JOIN enrolment AS e ON e.id = a.enrolment
WHERE a.enrolment IS NOT NULL AND (e.contact IS NULL OR e.contact <> coalesce(a.contact, ''));

-- name: open_twice
-- Normally prevented by the index action_one_try.
SELECT enrolment, step, round, {ids} FROM action
WHERE status = 'scheduled' AND enrolment IS NOT NULL GROUP BY enrolment, step, round HAVING count(*) > 1;

-- name: tried_twice
-- Normally prevented by the index action_contact.
SELECT enrolment, step, round, trial, {ids} FROM action
WHERE enrolment IS NOT NULL GROUP BY contact, enrolment, step, round, trial HAVING count(*) > 1;

-- name: two_cycles
-- Normally prevented by the index enrolment_one_cycle (F6).
SELECT contact, {ids} FROM enrolment
WHERE kind = 'cycle' AND ended IS NULL GROUP BY contact HAVING count(*) > 1;

-- name: open_of_ended
SELECT a.id, a.enrolment FROM action AS a JOIN enrolment AS e ON e.id = a.enrolment
WHERE a.status = 'scheduled' AND e.ended IS NOT NULL;

-- name: open_of_gone
SELECT a.id, a.contact, c.gone FROM action AS a JOIN contact AS c ON c.id = a.contact
WHERE a.status = 'scheduled' AND c.gone IS NOT NULL;

-- name: versions
SELECT number, digest, git, change FROM catalog_version ORDER BY number;

-- name: applied
-- The same, from the office's history; invalid JSON is found when it is replayed.
SELECT CAST(json_extract(data, '$.version') AS BIGINT), json_extract(data, '$.digest'), json_extract(data, '$.commit'), change
FROM history WHERE subject = 'office' AND kind = 'applied' AND json_valid(data) ORDER BY seq;

-- name: documents
-- Every document ever stored.
SELECT kind, id, since, document FROM catalog_item ORDER BY kind, id, since;

-- name: documents_of
-- The documents of a version.
SELECT kind, id, document FROM catalog_item WHERE since <= :version AND (until IS NULL OR until > :version);

-- name: items_of_no_version
SELECT i.version, count(*), min(i.kind || ' ' || i.id)
FROM (SELECT since AS version, kind, id FROM catalog_item
      UNION ALL
      SELECT until, kind, id FROM catalog_item WHERE until IS NOT NULL) AS i
     LEFT JOIN catalog_version AS v ON v.number = i.version
WHERE v.number IS NULL GROUP BY i.version;

-- name: items_backwards
SELECT kind, id, since, until FROM catalog_item WHERE until <= since;

-- name: items_twice
-- An item has only one document at a time.
SELECT kind, id, following
FROM (SELECT kind, id, until, lead(since) OVER (PARTITION BY kind, id ORDER BY since) AS following FROM catalog_item) AS item
WHERE following IS NOT NULL AND (until IS NULL OR until > following);

-- name: cycles
-- The cycles and plans that contacts are on: how many, and one of them.
SELECT kind, process, count(*), min(contact) FROM enrolment WHERE ended IS NULL GROUP BY kind, process;

-- name: owners
-- Owners of contacts or open actions: how many, and one of them.
SELECT owner, count(*), min(held)
FROM (SELECT owner, 'contact ' || id AS held FROM contact WHERE gone IS NULL AND owner IS NOT NULL
      UNION ALL
      SELECT owner, 'action ' || id FROM action WHERE status = 'scheduled' AND owner IS NOT NULL)
GROUP BY owner;

-- name: instances
SELECT found FROM (SELECT count(*) AS found FROM instance) AS counted WHERE found <> 1;

-- name: stretch
-- The subject before which a range with a given number of events or contacts after :since ends; null: the last one.
SELECT min(subject)
FROM (SELECT min('contact:' || id) AS subject FROM contact
      WHERE id > (SELECT max(id) FROM (SELECT id FROM contact WHERE id >= {since} ORDER BY id LIMIT :many) AS next)
      UNION ALL
      SELECT min(subject) FROM history
      WHERE subject < 'contact;'
        AND subject > (SELECT max(subject)
                       FROM (SELECT subject FROM history
                             WHERE subject >= 'contact:' || {since} AND subject < 'contact;'
                             ORDER BY subject LIMIT :many) AS next)) AS ends;

-- name: events
-- Undoing an apply creates another version, which contacts were migrated to as well.
SELECT h.subject, h.seq, h.change, g.at, g.by, g.undoes,
       g.undoes IS NOT NULL AND EXISTS (SELECT 1 FROM catalog_version AS v WHERE v.change = g.id), h.kind, h.action, h.data
FROM history AS h LEFT JOIN change AS g ON g.id = h.change

-- name: history
-- The events of the contacts in a range.
{events}
WHERE h.subject >= 'contact:' || {since} AND h.subject < coalesce('contact:' || {before}, 'contact;')
ORDER BY h.subject, h.seq;

-- name: contacts
SELECT 'contact:' || c.id, {c.contact}
FROM contact AS c WHERE c.id >= {since} AND c.id < coalesce({before}, {last}) ORDER BY c.id;

-- name: enrolments
SELECT 'contact:' || e.contact, {e.enrolment}
FROM enrolment AS e WHERE e.contact >= {since} AND e.contact < coalesce({before}, {last})
ORDER BY e.contact;

-- name: actions
SELECT 'contact:' || a.contact, {a.action}
FROM action AS a WHERE a.contact >= {since} AND a.contact < coalesce({before}, {last})
ORDER BY a.contact;

-- name: actions_by_id
-- :ids is a JSON list.
SELECT {a.action} FROM json_each(:ids) AS wanted CROSS JOIN action AS a WHERE a.id = CAST(wanted.value AS BIGINT);

-- name: others_history
-- The events of subjects that aren't contacts: the tasks of users, and the office.
{events}
WHERE h.subject < 'contact:' OR h.subject >= 'contact;'
ORDER BY h.subject, h.seq;

-- name: tasks
-- An action without a contact belongs to its owner.
SELECT 'user:' || coalesce(a.owner, ''), {a.action} FROM action AS a WHERE a.contact IS NULL ORDER BY 1;

-- name: size
-- Shown before one store replaces another.
SELECT (SELECT count(*) FROM contact WHERE gone IS NULL), (SELECT coalesce(max(at), 0) FROM change);
-- name: ids_in_several_cases
SELECT {ids} FROM contact WHERE gone IS NULL GROUP BY lower(id) HAVING count(*) > 1 ORDER BY lower(id);
