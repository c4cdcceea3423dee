-- Messages that a router says it held back or lost by itself.

ALTER TABLE devices ADD COLUMN rate_limited INTEGER NOT NULL DEFAULT 0;
