-- name: version
-- The version in force; 0 where nothing has been applied.
SELECT coalesce(max(number), 0) FROM catalog_version;

-- name: digest
-- What the version in force was made from.
SELECT digest FROM catalog_version ORDER BY number DESC LIMIT 1;

-- name: versions
SELECT v.number, v.digest, v.git, c.at, c.by FROM catalog_version AS v JOIN change AS c ON c.id = v.change ORDER BY v.number;

-- name: item
-- One document in force.
SELECT document FROM catalog_item WHERE kind = :kind AND id = :id AND until IS NULL;

-- name: items
-- Every document of a kind in force.
SELECT id, document FROM catalog_item WHERE kind = :kind AND until IS NULL ORDER BY id;

-- name: login
-- The user whose login is the system account.
SELECT id FROM catalog_item
WHERE kind = 'user' AND until IS NULL AND json_extract(document, '$.login') = :login;

-- name: insert_version
INSERT INTO catalog_version (number, digest, git, change) VALUES (?, ?, ?, ?);

-- name: close_item
UPDATE catalog_item SET until = ? WHERE kind = ? AND id = ? AND until IS NULL;

-- name: insert_item
INSERT INTO catalog_item (kind, id, since, document) VALUES (?, ?, ?, ?);

-- name: processes
-- The cycles that anybody is on, under the ids that they had when it began.
SELECT DISTINCT process FROM enrolment WHERE ended IS NULL AND kind = 'cycle' ORDER BY process;

-- name: standing
-- Who stands where on a cycle, with what is open there: what an edit could touch.
SELECT e.contact, a.step
FROM enrolment AS e LEFT JOIN action AS a ON a.contact = e.contact AND a.enrolment = e.id AND a.status = 'scheduled'
WHERE e.process = :process AND e.ended IS NULL
ORDER BY e.contact, a.id;

-- name: held
-- The contacts with open actions of any of :owners, a JSON list, or of nobody.
SELECT DISTINCT contact FROM action
WHERE status = 'scheduled' AND contact IS NOT NULL
  AND (owner IN (SELECT value FROM json_each(:owners)) OR (owner IS NULL AND :unowned))
ORDER BY contact;

-- name: holding
-- Contacts that are still followed up, and open actions, of a user.
SELECT (SELECT count(*) FROM contact WHERE owner = :user AND gone IS NULL AND stage NOT IN ('won', 'lost')),
       (SELECT count(*) FROM action WHERE owner = :user AND status = 'scheduled');
