-- The outputs as the listener last knew them, and what became of their entries; in the outbox, whose turn is when.

CREATE TABLE outputs (
  name         TEXT PRIMARY KEY,
  type         TEXT NOT NULL,
  target       TEXT NOT NULL,            -- where it sends to, without any secret
  route        TEXT NOT NULL,            -- JSON: which changes of which alerts it is told
  max_pending  INTEGER NOT NULL,
  active       INTEGER NOT NULL CHECK (active IN (0, 1)),  -- 0: no longer configured
  pending      INTEGER NOT NULL DEFAULT 0 CHECK (pending >= 0),
  dead         INTEGER NOT NULL DEFAULT 0 CHECK (dead >= 0),
  delivered    INTEGER NOT NULL DEFAULT 0,
  failed       INTEGER NOT NULL DEFAULT 0,  -- attempts
  shed         INTEGER NOT NULL DEFAULT 0,  -- given up for want of room
  dropped      INTEGER NOT NULL DEFAULT 0,  -- dead and removed
  delivered_at INTEGER,
  failed_at    INTEGER,
  error        TEXT                      -- of the last failed attempt
) STRICT;

ALTER TABLE outbox ADD COLUMN level INTEGER NOT NULL DEFAULT 0;      -- 0 informational .. 4 critical
ALTER TABLE outbox ADD COLUMN device_key TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN strikes INTEGER NOT NULL DEFAULT 0;    -- failed attempts that only this entry had
UPDATE outbox SET (level, device_key) = (
  SELECT CASE level WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END, device_key
  FROM alerts WHERE id = alert_id);
-- From now on: 0 is due at once, a later time is a wait after a failed attempt.
UPDATE outbox SET next_at = 0 WHERE next_at IS NOT NULL;

CREATE INDEX outbox_lowest ON outbox(output, level, id) WHERE delivered_at IS NULL AND next_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox(output, level, id) WHERE delivered_at IS NULL AND next_at IS NULL;
CREATE INDEX outbox_waiting ON outbox(output, next_at) WHERE delivered_at IS NULL AND next_at > 0;

INSERT INTO outputs(name, type, target, route, max_pending, active, pending, dead, delivered)
  SELECT output, output, '', '{}', 100000, 1,
    sum(delivered_at IS NULL AND next_at IS NOT NULL), sum(delivered_at IS NULL AND next_at IS NULL),
    max(sum(delivered_at IS NOT NULL), coalesce((SELECT value FROM counters WHERE name = 'deliveries.' || output), 0))
  FROM outbox GROUP BY output;
DELETE FROM counters WHERE name LIKE 'deliveries.%';
DELETE FROM meta WHERE name = 'outputs';

-- Triggers keep the counts, so no writer can forget to.
CREATE TRIGGER outbox_counted AFTER INSERT ON outbox BEGIN
  UPDATE outputs SET
    pending = pending + (new.delivered_at IS NULL AND new.next_at IS NOT NULL),
    dead = dead + (new.delivered_at IS NULL AND new.next_at IS NULL)
  WHERE name = new.output;
END;

CREATE TRIGGER outbox_recounted AFTER UPDATE OF delivered_at, next_at ON outbox
WHEN (old.delivered_at IS NULL, old.next_at IS NULL) IS NOT (new.delivered_at IS NULL, new.next_at IS NULL)
BEGIN
  UPDATE outputs SET
    pending = pending + (new.delivered_at IS NULL AND new.next_at IS NOT NULL)
      - (old.delivered_at IS NULL AND old.next_at IS NOT NULL),
    dead = dead + (new.delivered_at IS NULL AND new.next_at IS NULL)
      - (old.delivered_at IS NULL AND old.next_at IS NULL)
  WHERE name = new.output;
END;

CREATE TRIGGER outbox_uncounted AFTER DELETE ON outbox WHEN old.delivered_at IS NULL BEGIN
  UPDATE outputs SET pending = pending - (old.next_at IS NOT NULL), dead = dead - (old.next_at IS NULL)
  WHERE name = old.output;
END;
