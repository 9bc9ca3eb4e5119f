-- name: contacts
-- The contacts of a batch; :keys is a JSON list of ids in lower case.
SELECT {c.contact} FROM {of_keys} ORDER BY c.id;

-- name: enrolments
-- Their open enrolments, oldest first.
SELECT {e.enrolment}
FROM json_each(:ids) AS wanted CROSS JOIN enrolment AS e
WHERE e.contact = wanted.value AND e.ended IS NULL
ORDER BY e.id;

-- name: actions
-- Their open actions; for open enrolments also each step's latest, open or closed, and the undone ones,
-- which never happened, but whose trials stay used.
SELECT {a.action}
FROM json_each(:ids) AS wanted CROSS JOIN action AS a
WHERE a.contact = wanted.value
  AND (a.status = 'scheduled'
       OR (a.step IS NOT NULL
           AND (SELECT e.ended FROM enrolment AS e WHERE e.id = a.enrolment) IS NULL
           AND (a.reason = 'undone'
                OR a.id = (SELECT b.id FROM action AS b
                           WHERE b.contact = a.contact AND b.enrolment = a.enrolment AND b.step = a.step
                             AND coalesce(b.reason, '') <> 'undone'
                           ORDER BY b.round DESC, b.trial DESC LIMIT 1))))
ORDER BY a.id;

-- name: tasks
-- A user's own open tasks, without a contact.
SELECT {a.action}
FROM action AS a
WHERE a.owner = :user AND a.contact IS NULL AND a.status = 'scheduled'
ORDER BY a.id;

-- name: one_action
-- Any action by its id: its owner and status.
SELECT {a.action}
FROM action AS a WHERE a.id = :id;

-- name: last_seq
-- The number of a subject's last event, for subjects without a row in another table.
SELECT coalesce(max(seq), 0) FROM history WHERE subject = :subject;
