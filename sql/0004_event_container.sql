-- What happened to one container, newest first, is read without a scan.
CREATE INDEX event_container ON event (container, ts_ns);
