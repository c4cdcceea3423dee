-- A device's history also tells of conflicting claims to its name, changed settings, and what the engine observed.

CREATE TABLE device_events_wider (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  device TEXT NOT NULL,             -- devices.key
  at     INTEGER NOT NULL,
  kind   TEXT NOT NULL CHECK (kind IN ('operator', 'boot', 'release', 'gap', 'conflict', 'settings', 'observation')),
  line   BLOB,
  note   TEXT
) STRICT;
INSERT INTO device_events_wider(id, device, at, kind, line, note)
  SELECT id, device, at, kind, line, note FROM device_events;
DROP TABLE device_events;
ALTER TABLE device_events_wider RENAME TO device_events;
CREATE INDEX device_events_device ON device_events(device, id);
