-- name: columns
-- A row of every list of actions.
a.id, a.type, a.channel, a.title, a.status, a.due, a.nominal, a.at, a.owner, c.id, c.name, c.phone, a.enrolment,
       CASE WHEN e.kind = 'cycle' THEN e.process END, CASE WHEN e.kind = 'plan' THEN e.process END, a.step,
       CASE WHEN a.status = 'scheduled' THEN e.alias ELSE a.alias END, a.round, a.category, a.action_name, a.moved,
       a.attempts, a.outcome, a.notes, a.completed_on, a.completed_by,
       a.reason, c.do_not_contact

-- name: tables
-- With contacts whom one sees without asking: an owner's, by their open actions.
action AS a LEFT JOIN contact AS c ON c.id = a.contact LEFT JOIN enrolment AS e ON e.id = a.enrolment

-- name: seen_tables
-- With the contact of an action only where one sees it.
action AS a LEFT JOIN contact AS c ON c.id = a.contact AND {sees_contact} LEFT JOIN enrolment AS e ON e.id = a.enrolment

-- name: sees_task
-- A task without a contact is of no property.
(a.contact IS NULL AND (:everything OR :property IS NOT NULL OR a.owner IN (SELECT value FROM json_each(:team))))

-- name: due
-- A user's open actions before a local day, in list order; one range of the index action_due.
SELECT {columns} FROM {tables} WHERE a.owner = :owner AND {due_filter}
ORDER BY a.due, a.position, a.id;

-- name: due_of_another
-- The same of a user of the property, whose contacts need not all be of it.
SELECT {columns} FROM {seen_tables} WHERE a.owner = :owner AND (c.id IS NOT NULL OR {sees_task}) AND {due_filter}
ORDER BY a.due, a.position, a.id;

-- name: due_of_nobody
-- The same, of what nobody owns.
SELECT {columns} FROM {seen_tables} WHERE a.owner IS NULL AND (c.id IS NOT NULL OR {sees_task}) AND {due_filter}
ORDER BY a.due, a.position, a.id;

-- name: due_filter
-- :cycle is a JSON list of ids, or null for any.
a.status = 'scheduled' AND a.due < :before AND a.due >= :since
  AND (:type IS NULL OR a.type = :type) AND (:category IS NULL OR a.category = :category)
  AND (:cycle IS NULL OR e.kind = 'cycle' AND e.process IN (SELECT value FROM json_each(:cycle)))

-- name: action
SELECT {columns} FROM {seen_tables} WHERE a.id = :id AND (c.id IS NOT NULL OR {sees_task});

-- name: of_contact
-- A contact's actions, open ones first in the order of T8, then the closed ones, latest first.
SELECT {columns} FROM {seen_tables} WHERE a.contact = :contact AND c.id IS NOT NULL
ORDER BY a.status <> 'scheduled', CASE WHEN a.status = 'scheduled' THEN a.at END, a.completed_on DESC, a.position, a.id;

-- name: sees_contact
-- F20, the same rule as core/reach. :team is a JSON list of users. (tests/store/test_who_sees_what.py)
(:everything OR c.owner IN (SELECT value FROM json_each(:team)) OR coalesce(c.property, :property) = :property
   OR EXISTS (SELECT 1 FROM action AS held WHERE held.contact = c.id AND held.status = 'scheduled'
              AND held.owner IN (SELECT value FROM json_each(:team))))

-- name: search_filter
-- What was written down at attempts is in the history alone; it is looked at where there were any (P7).
(c.id IS NOT NULL OR {sees_task} OR a.owner IN (SELECT value FROM json_each(:team)))
  AND (:contact IS NULL OR a.contact = :contact) AND (:type IS NULL OR a.type = :type)
  AND (:status IS NULL OR a.status = :status) AND (:owner IS NULL OR a.owner = :owner)
  AND (:since IS NULL OR a.due >= :since) AND (:before IS NULL OR a.due < :before)
  AND (:cycle IS NULL OR e.kind = 'cycle' AND e.process IN (SELECT value FROM json_each(:cycle)))
  AND (:step IS NULL OR a.step = :step AND {step_now} NOT IN (SELECT value FROM json_each(:left))
       OR {step_now} IN (SELECT value FROM json_each(:come)))
  AND (:category IS NULL OR a.category = :category)
  AND (:text IS NULL OR instr(fold(a.title || ' ' || coalesce(a.notes, '') || ' ' || coalesce(c.name, '')), :text) > 0
       OR a.attempts > 0 AND EXISTS (
         SELECT 1 FROM history AS h
         WHERE h.subject = coalesce('contact:' || a.contact, 'user:' || a.owner) AND h.kind = 'attempted'
           AND h.action = a.id AND instr(fold(coalesce(json_extract(h.data, '$.notes'), '')), :text) > 0))

-- name: step_now
coalesce(e.process, '') || '/' || coalesce(a.step, '')

-- name: search
-- Action search (F18).
SELECT {columns} FROM {seen_tables} WHERE {search_filter}
ORDER BY a.at, a.position, a.id
{limit};

-- name: search_count
-- How many a search finds, where it was cut.
SELECT count(*) FROM {seen_tables} WHERE {search_filter};

-- name: fulfilment
-- How many actions of each of :types, a JSON list, are due before a day and waiting to be generated (F16, F21).
SELECT a.type, count(*)
FROM action AS a LEFT JOIN contact AS c ON c.id = a.contact
WHERE a.status = 'scheduled' AND a.due < :before AND a.type IN (SELECT value FROM json_each(:types)) AND {sees_contact}
GROUP BY a.type ORDER BY a.type;

-- name: contact_columns
c.id, c.name, c.email, c.phone, c.owner, c.property, c.source, c.type, c.sales_cycle, c.stage, c.groups,
       e.process, e.alias, substr(e.start, 1, 10), e.paused_until, c.follow_up, c.do_not_contact, c.next_action,
       c.updated_at, c.emails, c.phones, c.first_name, c.last_name, c.created_at, c.details

-- name: contact_filter
c.gone IS NULL
  AND {sees_contact}
  AND (:owner IS NULL OR c.owner = :owner) AND (:stage IS NULL OR c.stage = :stage)
  AND (:cycle IS NULL OR e.process IN (SELECT value FROM json_each(:cycle))) AND (:source IS NULL OR c.source = :source)
  AND (:site IS NULL OR c.property = :site)
  AND (:closed OR c.stage NOT IN ('won', 'lost'))
  AND (:text IS NULL OR instr(fold(c.name || ' ' || coalesce(c.email, '') || ' ' || coalesce(c.phone, '')), :text) > 0
       OR (c.emails <> '' OR c.phones <> '') AND instr(fold(c.emails || ' ' || c.phones), :text) > 0
       OR c.details IS NOT NULL AND instr(fold(c.details), :text) > 0)

-- name: contact_tables
contact AS c LEFT JOIN enrolment AS e ON e.contact = c.id AND e.kind = 'cycle' AND e.ended IS NULL

-- name: contact
-- One contact, by its key.
SELECT {contact_columns} FROM {contact_tables} WHERE c.id = :id AND c.gone IS NULL AND {sees_contact};

-- name: contacts
-- Contacts, by next action date (C3).
SELECT {contact_columns} FROM {contact_tables} WHERE {contact_filter}
ORDER BY coalesce(c.next_action, substr(c.updated_at, 1, 10)), c.id
{limit};

-- name: contacts_count
-- The total number of contacts, if the list was limited.
SELECT count(*) FROM {contact_tables} WHERE {contact_filter};

-- name: contacts_by_id
-- The same, ordered by id, one page at a time: a row that changes meanwhile appears once or not at all.
SELECT {contact_columns} FROM {contact_tables} WHERE c.id > :after AND {contact_filter}
ORDER BY c.id
{limit};

-- name: named
-- Contacts of that name; case and accents do not matter.
SELECT c.id, c.name FROM contact AS c WHERE c.gone IS NULL AND fold(c.name) = :name AND {sees_contact} ORDER BY c.id LIMIT 6;

-- name: named_any
-- Contacts with any of these names, a JSON list, each with its matching name.
SELECT c.id, {folded} FROM contact AS c
WHERE c.gone IS NULL AND {folded} IN (SELECT value FROM json_each(:names)) AND {sees_contact} ORDER BY c.id;

-- name: sources
-- What a filter may mean beside what is declared.
SELECT DISTINCT c.source FROM contact AS c WHERE c.gone IS NULL AND c.source IS NOT NULL AND {sees_contact} ORDER BY 1;

-- name: digits
replace(replace(replace(replace(replace(replace(c.phone, ' ', ''), '-', ''), '(', ''), ')', ''), '.', ''), '+', '')

-- name: twins
-- Possible duplicates: contacts with this folded name, lower-case e-mail, or digits; and which of them match.
SELECT id, name, named, mailed, called
FROM (SELECT c.id, c.name, {folded} = :name AS named, coalesce(lower(c.email) = :email, false) AS mailed,
             coalesce({digits} = :phone, false) AS called
      FROM contact AS c WHERE c.gone IS NULL AND {sees_contact}) AS alike
WHERE mailed OR called OR named
ORDER BY id LIMIT 3;

-- name: keyed
-- Who is known by each of :keys, a JSON list; no id: a contact that the user may not see.
SELECT c.external, CASE WHEN {sees_contact} THEN c.id END FROM contact AS c
WHERE c.external IN (SELECT value FROM json_each(:keys));

-- name: like
-- Names to offer where there is none.
SELECT c.id, c.name FROM contact AS c
WHERE c.gone IS NULL AND (fold(c.name) LIKE :pattern OR lower(c.id) LIKE :pattern) AND {sees_contact} ORDER BY c.id LIMIT 3;

-- name: told
-- The part of the history that a user can see (tests/store/test_who_sees_what.py). :first and :last limit the changes,
-- since a range can use the index, but = OR NULL can't.
SELECT h.subject, h.seq, h.change, g.at, g.by, h.kind, h.action, h.data
FROM history AS h JOIN change AS g ON g.id = h.change
     LEFT JOIN contact AS c ON c.id = substr(h.subject, 9) AND substr(h.subject, 1, 8) = 'contact:'
WHERE h.change BETWEEN :first AND :last
  AND (:everything OR h.subject = 'office' OR {sees_contact}
       OR substr(h.subject, 6) IN (SELECT value FROM json_each(:team)) AND substr(h.subject, 1, 5) = 'user:')

-- name: history
-- All events, oldest first.
{told}
ORDER BY h.change, h.subject, h.seq;

-- name: latest
-- The latest events, newest first.
{told}
ORDER BY h.change DESC, h.subject DESC, h.seq DESC
{limit};

-- name: history_of
-- One contact's latest events, newest first: one range of the primary key, however long the full history is.
SELECT h.subject, h.seq, h.change, g.at, g.by, h.kind, h.action, h.data
FROM history AS h JOIN change AS g ON g.id = h.change
     LEFT JOIN contact AS c ON c.id = substr(:subject, 9)
WHERE h.subject = :subject AND (:change IS NULL OR h.change = :change) AND {sees_contact}
ORDER BY h.seq DESC
{limit};

-- name: entries
-- A subject's history, to replay.
SELECT h.subject, h.seq, h.change, g.at, g.by, h.kind, h.action, h.data
FROM history AS h JOIN change AS g ON g.id = h.change
WHERE h.subject = :subject
ORDER BY h.seq;

-- name: last_change_of
-- The user's latest change that wasn't undone and isn't an undo itself.
SELECT max(id)
FROM (SELECT c.id FROM change AS c
      WHERE c.by = :by AND c.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM change AS u WHERE u.undoes = c.id)
      ORDER BY c.id DESC LIMIT 1) AS latest;

-- name: unfinished
-- Changes that the user left unfinished with the same command, latest first, except undone ones.
SELECT c.id, c.at FROM change AS c
WHERE c.by = :by AND {typed_so} AND c.catalog_version = :version
  AND c.id NOT IN (SELECT undoes FROM change WHERE undoes IS NOT NULL)
ORDER BY c.id DESC;

-- name: the_change
SELECT id, at, by, command, catalog_version, undoes FROM change WHERE id = :id;

-- name: touched
-- The subjects of a change.
SELECT DISTINCT subject FROM history WHERE change = :change ORDER BY subject;

-- name: stranded
-- F12: contacts on no cycle, or on one with nothing scheduled and no exception; or whose open actions belong to none of
-- :workers. :holds and :workers are JSON lists of cycles and of users.
WITH seen AS (
  SELECT c.id, c.name, c.owner, c.created_at, e.id AS cycle,
         e.paused_until IS NOT NULL OR e.process IN (SELECT value FROM json_each(:holds)) AS rests,
         EXISTS (SELECT 1 FROM action AS a WHERE a.contact = c.id AND a.status = 'scheduled'
                 AND (a.enrolment IS NOT NULL OR a.type IN ('tour', 'sale'))) AS goes_on,
         EXISTS (SELECT 1 FROM action AS a WHERE a.contact = c.id AND a.status = 'scheduled'
                 AND a.owner IN (SELECT value FROM json_each(:workers))) AS is_held
  FROM contact AS c LEFT JOIN enrolment AS e ON e.contact = c.id AND e.kind = 'cycle' AND e.ended IS NULL
  WHERE c.gone IS NULL AND c.stage = 'lead' AND {sees_contact}
)
SELECT c.id, c.name, c.owner, c.created_at, c.goes_on, l.process, l.alias, l.ended, l.reason,
       coalesce(l.ended, (SELECT max(a.completed_on) FROM action AS a WHERE a.enrolment = l.id), l.start)
FROM seen AS c
     LEFT JOIN enrolment AS l ON l.id = (SELECT max(x.id) FROM enrolment AS x
                                         WHERE x.contact = c.id AND x.kind = 'cycle' AND coalesce(x.reason, '') <> 'undone')
WHERE (c.goes_on AND NOT c.is_held) OR (NOT c.goes_on AND NOT coalesce(c.rests, false))
ORDER BY c.id;

-- name: standing
-- The number of visible contacts at each step of each cycle, and how many of them are late. A contact is at its first
-- open step; on hold, at none.
WITH at AS (
    SELECT e.process, a.step, a.due,
           row_number() OVER (PARTITION BY e.id ORDER BY a.round, a.position, a.id) AS place
    FROM enrolment AS e JOIN contact AS c ON c.id = e.contact
         LEFT JOIN action AS a ON a.enrolment = e.id AND a.status = 'scheduled'
    WHERE e.ended IS NULL AND e.kind = 'cycle' AND {sees_contact}
)
SELECT process, step, count(*), count(CASE WHEN due < :today THEN 1 END)
FROM at WHERE place = 1 GROUP BY process, step ORDER BY process, step;
