-- What came of an action, attempt by attempt; and alarms.

-- state: waiting (decided, the engine is not there), requested, answered,
-- confirmed, refused, unconfirmed (by the kernel, in time), given-up (after as
-- many attempts as the rule allows), moot (the container or the reason went
-- before), dry-run, logged. verb: stop, kill, pause, restart, exec, log.
-- confirmed_ns is when the kernel saw the container end, freeze, or begin anew
-- after a restart; of a command, when it ended with exit code 0.
ALTER TABLE action ADD COLUMN state TEXT;
ALTER TABLE action ADD COLUMN attempt INTEGER;		-- from 1; NULL: none was made
ALTER TABLE action ADD COLUMN exit_code INTEGER;	-- of a command

UPDATE action SET attempt = iif(requested_ns IS NULL, NULL, 1),
	state = CASE
		WHEN dry_run THEN 'dry-run'
		WHEN confirmed_ns IS NOT NULL THEN 'confirmed'
		WHEN error IS NOT NULL THEN 'refused'
		ELSE 'unconfirmed' END;

CREATE INDEX action_pending ON action (state)
	WHERE state IN ('waiting', 'requested', 'answered');

-- What an administrator should look at.
CREATE TABLE alarm (
	id		INTEGER PRIMARY KEY,
	ts_ns		INTEGER NOT NULL,
	action		INTEGER REFERENCES action (id),
	rule		TEXT,
	container	INTEGER REFERENCES container (id),
	reason		TEXT NOT NULL,		-- refused, unconfirmed, given-up
	detail		TEXT
) STRICT;
CREATE INDEX alarm_ts ON alarm (ts_ns);
