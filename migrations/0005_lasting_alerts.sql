-- The few alerts that took longer than a day from their first report to their last: a list up to some time looks for them
-- here, and need not pass all that came later.

CREATE INDEX alerts_lasting ON alerts(last_seen, id, first_seen) WHERE last_seen - first_seen > 86400000;
