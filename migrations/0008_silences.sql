-- Times in which alerts are recorded and nobody is told. Rows are never removed or changed but for their early end.

CREATE TABLE silences (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  devices    TEXT NOT NULL,          -- JSON: folded names; empty: every device
  rules      TEXT NOT NULL,          -- JSON: ids of rules; empty: every rule
  from_at    INTEGER NOT NULL,
  until_at   INTEGER NOT NULL CHECK (until_at > from_at),
  comment    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expired_at INTEGER,                -- ended by hand, before its time
  expired_by TEXT
) STRICT;
CREATE INDEX silences_until ON silences(until_at);

-- What nobody was told, and because of which silence.
CREATE TABLE silenced (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id   TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
  silence_id INTEGER NOT NULL REFERENCES silences(id),
  at         INTEGER NOT NULL,
  change     TEXT NOT NULL,
  ended_at   INTEGER,                -- when the silences were over and what was left to tell was told
  told       TEXT                    -- the change that was told then; null: nothing was left to tell
) STRICT;
CREATE INDEX silenced_alert ON silenced(alert_id, id);
CREATE INDEX silenced_waiting ON silenced(alert_id) WHERE ended_at IS NULL;
