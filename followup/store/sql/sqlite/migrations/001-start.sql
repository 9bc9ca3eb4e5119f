-- Every write belongs to a change: who did what, when, under which catalog version. `at` is UTC seconds.
CREATE TABLE change (
  id              INTEGER PRIMARY KEY,
  at              INTEGER NOT NULL,
  by              TEXT NOT NULL,
  command         TEXT NOT NULL,
  catalog_version INTEGER NOT NULL,
  undoes          INTEGER REFERENCES change
) STRICT;

-- a change can be undone only once
CREATE UNIQUE INDEX change_undoes ON change (undoes) WHERE undoes IS NOT NULL;

-- The source of truth. A subject's events are stored together, so that a contact's page is one read.
CREATE TABLE history (
  subject TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  change  INTEGER NOT NULL REFERENCES change,
  kind    TEXT NOT NULL,
  action  INTEGER,
  data    TEXT NOT NULL,
  PRIMARY KEY (subject, seq) -- a second writer of a subject is told who was first
) STRICT, WITHOUT ROWID;

-- the events of a change, for undo; new changes go to the right edge, so this costs little
CREATE INDEX history_change ON history (change);

CREATE TABLE contact (
  id             TEXT PRIMARY KEY,
  name           TEXT NOT NULL,
  first_name     TEXT,
  last_name      TEXT,
  email          TEXT,
  phone          TEXT,
  owner          TEXT,
  property       TEXT,
  source         TEXT,
  type           TEXT,
  sales_cycle    TEXT,
  stage          TEXT NOT NULL CHECK (stage IN ('prospect', 'lead', 'won', 'lost')),
  groups         TEXT NOT NULL,
  do_not_contact TEXT NOT NULL,
  follow_up      TEXT,
  details        TEXT,
  created_at     TEXT NOT NULL,
  updated_at     TEXT NOT NULL,
  gone           TEXT,
  seq            INTEGER NOT NULL, -- of the contact's last event
  next_action    TEXT              -- due of its oldest open action (C2)
) STRICT;

-- lists of one rep's contacts, by next action
CREATE INDEX contact_owner ON contact (owner, next_action) WHERE gone IS NULL;

CREATE TABLE enrolment (
  id           INTEGER PRIMARY KEY,
  contact      TEXT NOT NULL REFERENCES contact,
  kind         TEXT NOT NULL CHECK (kind IN ('cycle', 'plan')),
  process      TEXT NOT NULL,
  alias        TEXT,
  version      INTEGER NOT NULL,
  start        TEXT NOT NULL,
  start_at     INTEGER NOT NULL,
  round        INTEGER NOT NULL,
  round_start  TEXT NOT NULL,
  round_at     INTEGER NOT NULL,
  paused_until TEXT,
  ended        TEXT,
  reason       TEXT,
  CHECK ((ended IS NULL) = (reason IS NULL)) -- what has ended says why
) STRICT;

CREATE INDEX enrolment_contact ON enrolment (contact);

-- a contact is on at most one cycle, whatever runs at the same time (F6)
CREATE UNIQUE INDEX enrolment_one_cycle ON enrolment (contact) WHERE kind = 'cycle' AND ended IS NULL;

-- the contacts on a cycle, for apply and diff
CREATE INDEX enrolment_process ON enrolment (process) WHERE ended IS NULL;

CREATE TABLE action (
  id           INTEGER PRIMARY KEY,
  contact      TEXT REFERENCES contact,
  owner        TEXT,
  type         TEXT NOT NULL,
  title        TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('scheduled', 'completed', 'cancelled', 'skipped', 'no-show', 'failed')),
  due          TEXT NOT NULL,
  nominal      TEXT NOT NULL,
  at           INTEGER NOT NULL,
  enrolment    INTEGER REFERENCES enrolment,
  step         TEXT,
  round        INTEGER NOT NULL,
  trial        INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  channel      TEXT,
  category     TEXT,
  action_name  TEXT,
  moved        INTEGER NOT NULL,
  attempts     INTEGER NOT NULL,
  outcome      TEXT,
  notes        TEXT,
  listing      INTEGER,
  completed_on TEXT,
  completed_by TEXT,
  reason       TEXT,
  CHECK ((status = 'scheduled') = (completed_on IS NULL))
) STRICT;

-- one action per trial of a step in a round of an enrolment (P1); also lists a contact's actions
CREATE UNIQUE INDEX action_contact ON action (contact, enrolment, step, round, trial);

-- at most one of those trials is open (P1)
CREATE UNIQUE INDEX action_one_try ON action (enrolment, step, round) WHERE status = 'scheduled';

-- the due list, in its order: as fast with ten million actions as with a thousand
CREATE INDEX action_due ON action (owner, due, position, id) WHERE status = 'scheduled';

-- Catalog versions; each item is a separate document, so that `complete` reads one cycle instead of the catalog.
CREATE TABLE catalog_version (
  number  INTEGER PRIMARY KEY,
  digest  TEXT NOT NULL,
  git     TEXT,
  change  INTEGER NOT NULL REFERENCES change
) STRICT;

CREATE TABLE catalog_item (
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  since    INTEGER NOT NULL REFERENCES catalog_version,
  until    INTEGER REFERENCES catalog_version, -- the version that changed or removed it
  document TEXT NOT NULL,
  PRIMARY KEY (kind, id, since)
) STRICT, WITHOUT ROWID;

-- an item has one live document
CREATE UNIQUE INDEX catalog_item_applied ON catalog_item (kind, id) WHERE until IS NULL;

-- Next unused numbers. Ids are never reused, so they are counted here instead of computed from the rows.
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- actions and enrolments share one counter
INSERT INTO counter VALUES ('change', 1), ('action', 1);

-- Identifies this office's store; a copy elsewhere must not send messages as if it were this one.
CREATE TABLE instance (
  id         TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
