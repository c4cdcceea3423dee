-- What an operator says of a device, or a capture of it shows; it outranks what the log teaches.

CREATE TABLE device_settings (
  key       TEXT PRIMARY KEY,       -- the name, ASCII case folded
  seq       INTEGER NOT NULL,       -- grows with every change of any row, so that a running engine can follow
  name      TEXT NOT NULL,          -- as shown
  aliases   TEXT NOT NULL,          -- JSON: other names under which it logs
  addresses TEXT NOT NULL,          -- JSON: addresses and networks that it sends from; empty: any
  os        TEXT,
  release   TEXT,
  platform  TEXT,
  smus      TEXT NOT NULL,          -- JSON: bug ids
  processes TEXT,                   -- JSON: what a capture looked for and found; null: no such capture
  source    TEXT NOT NULL,          -- "operator" or the capture's file name
  at        INTEGER NOT NULL,
  by        TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX device_settings_seq ON device_settings(seq);
