-- The first schema. Migrations are append-only: never edit one that a release
-- has shipped, add the next number instead.
--
-- Times are integers in unix nanoseconds (column ..._ns), sizes bytes, CPU
-- time microseconds. NULL is unknown, never a made-up 0. Counters are stored
-- as differences to the sample before; `tick.span_us` says over which time.

-- One boot of the machine, by /proc/sys/kernel/random/boot_id.
CREATE TABLE boot (
	id		INTEGER PRIMARY KEY,
	uuid		TEXT NOT NULL UNIQUE
) STRICT;

-- One load of the kernel module in a boot. Tick numbers and event sequence
-- numbers start anew with each.
CREATE TABLE session (
	id		INTEGER PRIMARY KEY,
	boot		INTEGER NOT NULL REFERENCES boot (id),
	instance	INTEGER NOT NULL,	-- CLOCK_BOOTTIME of the load, ns
	opened_ns	INTEGER NOT NULL,	-- when the daemon met it
	last_tick	INTEGER,		-- newest tick stored or in a gap
	last_seq	INTEGER NOT NULL DEFAULT 0, -- newest event stored or in a gap
	UNIQUE (boot, instance)
) STRICT;

-- One tick of the sampler, with the machine's figures over it. Ids grow with
-- the order of arrival, also when the clock is set back.
CREATE TABLE tick (
	id		INTEGER PRIMARY KEY,
	session		INTEGER NOT NULL REFERENCES session (id),
	number		INTEGER NOT NULL,	-- the module's
	ts_ns		INTEGER NOT NULL,
	boottime_ns	INTEGER NOT NULL,
	span_us		INTEGER,		-- since the tick before; NULL at first
	interval_us	INTEGER NOT NULL,
	walk_us		INTEGER NOT NULL,	-- how long the kernel's walk took
	containers	INTEGER NOT NULL,
	cpus		INTEGER,
	cpu_user_us	INTEGER,
	cpu_nice_us	INTEGER,
	cpu_system_us	INTEGER,
	cpu_idle_us	INTEGER,
	cpu_iowait_us	INTEGER,
	cpu_irq_us	INTEGER,
	cpu_softirq_us	INTEGER,
	cpu_steal_us	INTEGER,
	mem_total_bytes	INTEGER,
	mem_free_bytes	INTEGER,
	mem_available_bytes INTEGER,
	mem_cached_bytes INTEGER,
	mem_buffers_bytes INTEGER,
	swap_total_bytes INTEGER,
	swap_free_bytes	INTEGER,
	load1_milli	INTEGER,
	load5_milli	INTEGER,
	load15_milli	INTEGER,
	UNIQUE (session, number)
) STRICT;
CREATE INDEX tick_ts ON tick (ts_ns);
CREATE INDEX tick_time ON tick (ts_ns / 1e9); -- the views' time

-- One life of a container's cgroup, from its first process to its last. A
-- container that is started again has a new row with the same key, mostly
-- with a new cgroup as well.
CREATE TABLE container (
	id		INTEGER PRIMARY KEY,
	boot		INTEGER NOT NULL REFERENCES boot (id),
	cgroup_id	INTEGER NOT NULL,	-- the 64-bit number's bit pattern
	key		TEXT NOT NULL,		-- 64 hex digits, or the cgroup's name
	path		TEXT,			-- from the root of the hierarchy
	runtime		TEXT,			-- docker, podman, ...; NULL unknown
	parent		INTEGER REFERENCES container (id),
	name		TEXT,			-- from the engine, as the next three
	image		TEXT,
	command		TEXT,
	labels		TEXT,			-- a JSON object
	first_seen_ns	INTEGER NOT NULL,
	started_ns	INTEGER,		-- NULL when older than the module
	stopped_ns	INTEGER			-- NULL while it runs
) STRICT;
CREATE INDEX container_key ON container (key);
CREATE INDEX container_name ON container (name);
CREATE INDEX container_running ON container (stopped_ns) WHERE stopped_ns IS NULL;

-- One container's figures over one tick.
CREATE TABLE sample (
	tick		INTEGER NOT NULL REFERENCES tick (id),
	container	INTEGER NOT NULL REFERENCES container (id),
	cpu_usage_us	INTEGER,
	cpu_user_us	INTEGER,
	cpu_system_us	INTEGER,
	mem_bytes	INTEGER,
	mem_limit_bytes	INTEGER,		-- NULL is no limit
	mem_peak_bytes	INTEGER,
	swap_bytes	INTEGER,
	oom_kills	INTEGER,
	io_read_bytes	INTEGER,
	io_write_bytes	INTEGER,
	io_read_ops	INTEGER,
	io_write_ops	INTEGER,
	pids		INTEGER,
	PRIMARY KEY (tick, container)
) STRICT, WITHOUT ROWID;

-- One lifecycle event, as the kernel numbered it.
CREATE TABLE event (
	session		INTEGER NOT NULL REFERENCES session (id),
	seq		INTEGER NOT NULL,
	ts_ns		INTEGER NOT NULL,
	boottime_ns	INTEGER NOT NULL,
	type		TEXT NOT NULL,		-- start, stop
	container	INTEGER REFERENCES container (id),
	PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_ts ON event (ts_ns);

-- One thing a policy rule decided to do, and what came of it.
CREATE TABLE action (
	id		INTEGER PRIMARY KEY,
	rule		TEXT NOT NULL,
	container	INTEGER NOT NULL REFERENCES container (id),
	group_key	TEXT,			-- the captured group, such as --cpu
	verb		TEXT NOT NULL,		-- stop
	dry_run		INTEGER NOT NULL,
	decided_ns	INTEGER NOT NULL,
	requested_ns	INTEGER,		-- sent to the engine
	answered_ns	INTEGER,		-- the engine's answer
	confirmed_ns	INTEGER,		-- the kernel's stop event
	http_status	INTEGER,
	error		TEXT
) STRICT;
CREATE INDEX action_container ON action (container);

-- One stop of a container.
CREATE TABLE stop (
	id		INTEGER PRIMARY KEY,
	container	INTEGER NOT NULL REFERENCES container (id),
	session		INTEGER REFERENCES session (id),
	seq		INTEGER,		-- its event; NULL when that was missed
	stopped_ns	INTEGER NOT NULL,
	reason		TEXT,			-- policy, oom, signal, exit
	exit_code	INTEGER,
	signal		INTEGER,
	action		INTEGER REFERENCES action (id),
	final_cpu_us	INTEGER,		-- totals over the container's life
	final_mem_peak_bytes INTEGER,
	final_io_read_bytes INTEGER,
	final_io_write_bytes INTEGER,
	UNIQUE (session, seq)
) STRICT;
CREATE INDEX stop_ts ON stop (stopped_ns);
CREATE INDEX stop_container ON stop (container);

-- What is missing, and why. Ticks and events are each either stored or here.
CREATE TABLE gap (
	id		INTEGER PRIMARY KEY,
	session		INTEGER REFERENCES session (id),
	kind		TEXT NOT NULL,		-- tick, event
	first		INTEGER NOT NULL,	-- first missing number
	count		INTEGER NOT NULL,
	from_ns		INTEGER,		-- the times around it, where known
	to_ns		INTEGER,
	reason		TEXT NOT NULL
) STRICT;

-- The scheduled and start-up jobs, with how they went.
CREATE TABLE job (
	name		TEXT PRIMARY KEY,
	kind		TEXT NOT NULL,		-- schedule, startup
	command		TEXT NOT NULL,
	every_s		INTEGER,
	runs		INTEGER NOT NULL DEFAULT 0,
	failures	INTEGER NOT NULL DEFAULT 0,
	skipped		INTEGER NOT NULL DEFAULT 0, -- still running when due
	started_ns	INTEGER,		-- of the last run
	ended_ns	INTEGER,		-- NULL while it runs
	exit_code	INTEGER,		-- this and the next: of the last run that ended
	signal		INTEGER,
	error		TEXT			-- such as: timed out after 30 s
) STRICT;

-- What the daemon says of itself; src/collectord/status.h lists the keys.
CREATE TABLE status (
	key		TEXT PRIMARY KEY,
	value		ANY
) STRICT, WITHOUT ROWID;

-- Dashboards read the views: `time` is unix seconds, rates are per second,
-- CPU is in percent of one CPU.

-- The machine: one row a tick.
CREATE VIEW v_machine AS
SELECT	ts_ns / 1e9 AS time,
	cpus,
	CAST((cpu_user_us + cpu_nice_us + cpu_system_us + cpu_irq_us
	      + cpu_softirq_us + cpu_steal_us) * 100.0 / span_us AS REAL) AS cpu_pct,
	CAST((cpu_user_us + cpu_nice_us) * 100.0 / span_us AS REAL) AS cpu_user_pct,
	CAST((cpu_system_us + cpu_irq_us + cpu_softirq_us) * 100.0 / span_us AS REAL)
		AS cpu_system_pct,
	CAST(cpu_iowait_us * 100.0 / span_us AS REAL) AS cpu_iowait_pct,
	CAST(cpu_steal_us * 100.0 / span_us AS REAL) AS cpu_steal_pct,
	mem_total_bytes,
	mem_total_bytes - mem_available_bytes AS mem_used_bytes,
	mem_available_bytes,
	swap_total_bytes - swap_free_bytes AS swap_used_bytes,
	load1_milli / 1000.0 AS load1,
	load5_milli / 1000.0 AS load5,
	load15_milli / 1000.0 AS load15,
	walk_us,
	containers
FROM	tick;

-- Containers: one row a tick and container.
CREATE VIEW v_container AS
SELECT	t.ts_ns / 1e9 AS time,
	coalesce(c.name, c.key) AS container,
	c.image,
	CAST(s.cpu_usage_us * 100.0 / t.span_us AS REAL) AS cpu_pct,
	s.mem_bytes,
	s.mem_limit_bytes,
	CAST(s.mem_bytes * 100.0 / s.mem_limit_bytes AS REAL) AS mem_pct,
	s.swap_bytes,
	CAST(s.io_read_bytes * 1e6 / t.span_us AS REAL) AS io_read_bps,
	CAST(s.io_write_bytes * 1e6 / t.span_us AS REAL) AS io_write_bps,
	CAST(s.io_read_ops * 1e6 / t.span_us AS REAL) AS io_read_iops,
	CAST(s.io_write_ops * 1e6 / t.span_us AS REAL) AS io_write_iops,
	s.pids,
	s.oom_kills
FROM	tick AS t
JOIN	sample AS s ON s.tick = t.id
JOIN	container AS c ON c.id = s.container;

-- Stops: one row a stop.
CREATE VIEW v_stop AS
SELECT	p.stopped_ns / 1e9 AS time,
	coalesce(c.name, c.key) AS container,
	c.image, c.command, c.runtime,
	c.started_ns / 1e9 AS started,
	CAST((p.stopped_ns - c.started_ns) / 1e9 AS REAL) AS duration_s,
	p.reason, a.rule, p.exit_code, p.signal,
	CAST(p.final_cpu_us / 1e6 AS REAL) AS cpu_seconds,
	p.final_mem_peak_bytes AS mem_peak_bytes
FROM	stop AS p
JOIN	container AS c ON c.id = p.container
LEFT JOIN action AS a ON a.id = p.action;
