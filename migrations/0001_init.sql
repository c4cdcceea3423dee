-- The first schema: devices, detection state, alerts with their evidence and history, the outbox, operator acts.
-- Times are milliseconds since 1970-01-01T00:00:00Z; log lines are BLOBs, byte for byte as they arrived.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  key        TEXT PRIMARY KEY,      -- the name, ASCII case folded
  name       TEXT NOT NULL,
  address    TEXT,
  dialect    TEXT NOT NULL,
  os         TEXT NOT NULL,
  release    TEXT,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL,
  messages   INTEGER NOT NULL,
  lost       INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  resets     INTEGER NOT NULL,
  clock      TEXT NOT NULL,
  clock_back INTEGER NOT NULL,
  severities TEXT NOT NULL,         -- JSON: messages by severity 0..7
  aliases    TEXT NOT NULL,         -- JSON: other names
  exposures  TEXT NOT NULL,         -- JSON: advisory -> exposure state
  data       TEXT NOT NULL          -- JSON: private to the engine
) STRICT;
CREATE INDEX devices_newest ON devices(last_seen, key);

-- What operators did on a device, and its boots; a bounded number a device.
CREATE TABLE device_events (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  device TEXT NOT NULL,             -- devices.key
  at     INTEGER NOT NULL,
  kind   TEXT NOT NULL CHECK (kind IN ('operator', 'boot', 'release', 'gap')),
  line   BLOB,
  note   TEXT
) STRICT;
CREATE INDEX device_events_device ON device_events(device, id);

-- Detection state and timers, one row a group of a rule.
CREATE TABLE state (
  grp     TEXT PRIMARY KEY,
  rule    TEXT NOT NULL,
  version TEXT NOT NULL,
  data    TEXT NOT NULL,
  due     INTEGER
) STRICT;

-- Narrow on purpose: lists read only this table and its indexes.
CREATE TABLE alerts (
  id              TEXT PRIMARY KEY,
  rule            TEXT NOT NULL,
  advisory        TEXT NOT NULL,
  level           TEXT NOT NULL CHECK (level IN ('informational', 'low', 'medium', 'high', 'critical')),
  confidence      TEXT NOT NULL CHECK (confidence IN ('low', 'medium', 'high')),
  verdict         TEXT NOT NULL,
  device          TEXT NOT NULL,    -- as shown
  device_key      TEXT NOT NULL,
  node            TEXT,
  address         TEXT,
  status          TEXT NOT NULL CHECK (status IN ('open', 'recovering', 'resolved', 'recurring', 'closed')),
  count           INTEGER NOT NULL,
  first_seen      INTEGER NOT NULL,
  last_seen       INTEGER NOT NULL,
  title_en        TEXT NOT NULL,
  exposure_state  TEXT NOT NULL CHECK (exposure_state IN ('vulnerable', 'fixed', 'not-affected', 'unknown')),
  disposition     TEXT CHECK (disposition IN ('confirmed', 'false-alarm')),
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  grp             TEXT NOT NULL     -- state.grp
) STRICT;
-- first_seen is at the end so that a list up to some time is decided within the index.
CREATE INDEX alerts_newest ON alerts(last_seen, id, first_seen);
CREATE INDEX alerts_oldest ON alerts(first_seen, id);
CREATE INDEX alerts_device ON alerts(device_key, last_seen, id);
CREATE INDEX alerts_rule ON alerts(rule, last_seen, id, first_seen);
CREATE INDEX alerts_advisory ON alerts(advisory, last_seen, id, first_seen);
CREATE INDEX alerts_level ON alerts(level, last_seen, id, first_seen);
CREATE INDEX alerts_status ON alerts(status, last_seen, id, first_seen);

CREATE TABLE alert_bodies (
  alert_id TEXT PRIMARY KEY REFERENCES alerts(id) ON DELETE CASCADE,
  body     TEXT NOT NULL            -- JSON: what neither the narrow row nor the tables below hold
) STRICT;

CREATE TABLE alert_evidence (
  alert_id TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
  seq      INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  line     BLOB NOT NULL,
  PRIMARY KEY (alert_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_context (
  alert_id TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
  seq      INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  line     BLOB NOT NULL,
  PRIMARY KEY (alert_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_notes (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
  at       INTEGER NOT NULL,
  by       TEXT NOT NULL,
  text     TEXT NOT NULL
) STRICT;
CREATE INDEX alert_notes_alert ON alert_notes(alert_id, id);

CREATE TABLE alert_history (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
  at       INTEGER NOT NULL,
  change   TEXT NOT NULL,           -- opened | raised | status, or the kind of an operator's act
  status   TEXT NOT NULL,
  level    TEXT NOT NULL,
  verdict  TEXT NOT NULL,
  note     TEXT,
  by       TEXT                     -- null: the engine
) STRICT;
CREATE INDEX alert_history_alert ON alert_history(alert_id, id);

-- What is still to be told to whom; a row is written in the transaction that changes its alert.
CREATE TABLE outbox (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  output       TEXT NOT NULL,
  alert_id     TEXT NOT NULL REFERENCES alerts(id),
  change       TEXT NOT NULL,
  at           INTEGER NOT NULL,
  body         TEXT NOT NULL,       -- JSON: the alert as it was at that moment
  attempts     INTEGER NOT NULL DEFAULT 0,
  next_at      INTEGER,             -- null: given up, shown as dead
  delivered_at INTEGER,
  error        TEXT
) STRICT;
CREATE INDEX outbox_pending ON outbox(output, id) WHERE delivered_at IS NULL AND next_at IS NOT NULL;
CREATE INDEX outbox_delivered ON outbox(delivered_at, id) WHERE delivered_at IS NOT NULL;
CREATE INDEX outbox_alert ON outbox(alert_id);

-- Operator acts from the command line; a running engine picks up the ids above its last.
CREATE TABLE acts (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  at          INTEGER NOT NULL,
  by          TEXT NOT NULL,
  alert_id    TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
  kind        TEXT NOT NULL CHECK (kind IN ('ack', 'done', 'close', 'note')),
  step        TEXT,
  disposition TEXT,
  note        TEXT
) STRICT;
CREATE INDEX acts_alert ON acts(alert_id);

CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A ring: the writer deletes what is older than the newest thousand.
CREATE TABLE unparsed (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,
  source TEXT NOT NULL,
  line   BLOB NOT NULL
) STRICT;

-- How many alerts there are by each value of a field. Triggers keep it, so no writer can forget to.
CREATE TABLE totals (
  kind  TEXT NOT NULL,              -- level | status | rule | advisory | device
  name  TEXT NOT NULL,
  value INTEGER NOT NULL CHECK (value >= 0),
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX totals_largest ON totals(kind, value DESC, name);

CREATE TRIGGER alerts_counted AFTER INSERT ON alerts BEGIN
  INSERT INTO totals(kind, name, value) VALUES
    ('level', new.level, 1), ('status', new.status, 1), ('rule', new.rule, 1),
    ('advisory', new.advisory, 1), ('device', new.device_key, 1)
  ON CONFLICT(kind, name) DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER alerts_recounted AFTER UPDATE OF level, status, rule, advisory, device_key ON alerts
WHEN (old.level, old.status, old.rule, old.advisory, old.device_key)
  IS NOT (new.level, new.status, new.rule, new.advisory, new.device_key)
BEGIN
  UPDATE totals SET value = value - 1 WHERE (kind, name) IN (VALUES
    ('level', old.level), ('status', old.status), ('rule', old.rule),
    ('advisory', old.advisory), ('device', old.device_key));
  INSERT INTO totals(kind, name, value) VALUES
    ('level', new.level, 1), ('status', new.status, 1), ('rule', new.rule, 1),
    ('advisory', new.advisory, 1), ('device', new.device_key, 1)
  ON CONFLICT(kind, name) DO UPDATE SET value = value + 1;
  DELETE FROM totals WHERE value = 0 AND (kind, name) IN (VALUES
    ('level', old.level), ('status', old.status), ('rule', old.rule),
    ('advisory', old.advisory), ('device', old.device_key));
END;

CREATE TRIGGER alerts_uncounted AFTER DELETE ON alerts BEGIN
  UPDATE totals SET value = value - 1 WHERE (kind, name) IN (VALUES
    ('level', old.level), ('status', old.status), ('rule', old.rule),
    ('advisory', old.advisory), ('device', old.device_key));
  DELETE FROM totals WHERE value = 0 AND (kind, name) IN (VALUES
    ('level', old.level), ('status', old.status), ('rule', old.rule),
    ('advisory', old.advisory), ('device', old.device_key));
END;
