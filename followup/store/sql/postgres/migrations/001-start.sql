-- The tables of one office, which has its own schema. Text sorts by its bytes (COLLATE "C"), as in every store.
-- SQLite's migrations describe the purpose of each table and index.
CREATE TABLE migration (number INTEGER PRIMARY KEY);

CREATE TABLE change (
  id              BIGINT PRIMARY KEY,
  at              BIGINT NOT NULL,
  by              TEXT COLLATE "C" NOT NULL,
  command         TEXT COLLATE "C" NOT NULL,
  catalog_version BIGINT NOT NULL,
  undoes          BIGINT,
  unfinished      TEXT COLLATE "C"
);
CREATE UNIQUE INDEX change_undoes ON change (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX change_unfinished ON change (by, unfinished) WHERE unfinished IS NOT NULL;

-- a user's latest change, for undo
CREATE INDEX change_by ON change (by, id);

CREATE TABLE history (
  subject TEXT COLLATE "C" NOT NULL,
  seq     BIGINT NOT NULL,
  change  BIGINT NOT NULL,
  kind    TEXT COLLATE "C" NOT NULL,
  action  BIGINT,
  data    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (subject, seq) -- a second writer of a subject gets a conflict
);
CREATE INDEX history_change ON history (change);

CREATE TABLE contact (
  id             TEXT COLLATE "C" PRIMARY KEY,
  name           TEXT COLLATE "C" NOT NULL,
  first_name     TEXT COLLATE "C",
  last_name      TEXT COLLATE "C",
  email          TEXT COLLATE "C",
  phone          TEXT COLLATE "C",
  owner          TEXT COLLATE "C",
  property       TEXT COLLATE "C",
  source         TEXT COLLATE "C",
  type           TEXT COLLATE "C",
  sales_cycle    TEXT COLLATE "C",
  stage          TEXT COLLATE "C" NOT NULL CHECK (stage IN ('prospect', 'lead', 'won', 'lost')),
  groups         TEXT COLLATE "C" NOT NULL,
  do_not_contact TEXT COLLATE "C" NOT NULL,
  follow_up      TEXT COLLATE "C",
  details        TEXT COLLATE "C",
  created_at     TEXT COLLATE "C" NOT NULL,
  updated_at     TEXT COLLATE "C" NOT NULL,
  gone           TEXT COLLATE "C",
  seq            BIGINT NOT NULL,
  next_action    TEXT COLLATE "C"
);
CREATE INDEX contact_owner ON contact (owner, next_action) WHERE gone IS NULL;

CREATE TABLE enrolment (
  id           BIGINT PRIMARY KEY,
  contact      TEXT COLLATE "C" NOT NULL,
  kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('cycle', 'plan')),
  process      TEXT COLLATE "C" NOT NULL,
  alias        TEXT COLLATE "C",
  version      BIGINT NOT NULL,
  start        TEXT COLLATE "C" NOT NULL,
  start_at     BIGINT NOT NULL,
  round        BIGINT NOT NULL,
  round_start  TEXT COLLATE "C" NOT NULL,
  round_at     BIGINT NOT NULL,
  paused_until TEXT COLLATE "C",
  ended        TEXT COLLATE "C",
  reason       TEXT COLLATE "C",
  CHECK ((ended IS NULL) = (reason IS NULL))
);
CREATE INDEX enrolment_contact ON enrolment (contact);
CREATE UNIQUE INDEX enrolment_one_cycle ON enrolment (contact) WHERE kind = 'cycle' AND ended IS NULL;
CREATE INDEX enrolment_process ON enrolment (process, contact) WHERE ended IS NULL;

CREATE TABLE action (
  id           BIGINT PRIMARY KEY,
  contact      TEXT COLLATE "C",
  owner        TEXT COLLATE "C",
  type         TEXT COLLATE "C" NOT NULL,
  title        TEXT COLLATE "C" NOT NULL,
  status       TEXT COLLATE "C" NOT NULL
               CHECK (status IN ('scheduled', 'completed', 'cancelled', 'skipped', 'no-show', 'failed')),
  due          TEXT COLLATE "C" NOT NULL,
  nominal      TEXT COLLATE "C" NOT NULL,
  at           BIGINT NOT NULL,
  enrolment    BIGINT,
  step         TEXT COLLATE "C",
  round        BIGINT NOT NULL,
  trial        BIGINT NOT NULL,
  position     BIGINT NOT NULL,
  channel      TEXT COLLATE "C",
  category     TEXT COLLATE "C",
  action_name  TEXT COLLATE "C",
  moved        BIGINT NOT NULL,
  attempts     BIGINT NOT NULL,
  outcome      TEXT COLLATE "C",
  notes        TEXT COLLATE "C",
  listing      BIGINT,
  completed_on TEXT COLLATE "C",
  completed_by TEXT COLLATE "C",
  reason       TEXT COLLATE "C",
  CHECK ((status = 'scheduled') = (completed_on IS NULL))
);
CREATE UNIQUE INDEX action_contact ON action (contact, enrolment, step, round, trial);
CREATE UNIQUE INDEX action_one_try ON action (enrolment, step, round) WHERE status = 'scheduled';
CREATE INDEX action_due ON action (owner, due, position, id) WHERE status = 'scheduled';

CREATE TABLE catalog_version (
  number BIGINT PRIMARY KEY,
  digest TEXT COLLATE "C" NOT NULL,
  git    TEXT COLLATE "C",
  change BIGINT NOT NULL
);

CREATE TABLE catalog_item (
  kind     TEXT COLLATE "C" NOT NULL,
  id       TEXT COLLATE "C" NOT NULL,
  since    BIGINT NOT NULL,
  until    BIGINT,
  document TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, id, since)
);
CREATE UNIQUE INDEX catalog_item_applied ON catalog_item (kind, id) WHERE until IS NULL;

-- The logins with access to this server, and what they can see (F20): written by every apply.
CREATE TABLE person (
  login      TEXT COLLATE "C" PRIMARY KEY,
  id         TEXT COLLATE "C" NOT NULL,
  everything BOOLEAN NOT NULL,
  team       TEXT[] COLLATE "C" NOT NULL,
  property   TEXT COLLATE "C"
);

-- Unused numbers. Concurrent writers must not wait for each other here, so numbers used by a change that is rolled back
-- are lost. Actions and enrolments share one sequence.
CREATE SEQUENCE change_number AS BIGINT;
CREATE SEQUENCE action_number AS BIGINT;

CREATE TABLE instance (
  id         TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL
);

-- A row that identifies this store among its copies.
INSERT INTO instance (id, created_at) VALUES (replace(gen_random_uuid()::TEXT, '-', ''), 0);
