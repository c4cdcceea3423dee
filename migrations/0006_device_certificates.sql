-- Certificates that prove a sender to be the device: names of the subject, or sha256: and the fingerprint.

ALTER TABLE device_settings ADD COLUMN certificates TEXT NOT NULL DEFAULT '[]';
