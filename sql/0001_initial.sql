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
	mem_anon_bytes	INTEGER,
	mem_shmem_bytes	INTEGER,
	mem_active_bytes INTEGER,
	mem_inactive_bytes INTEGER,
	mem_dirty_bytes	INTEGER,
	mem_writeback_bytes INTEGER,
	mem_slab_reclaimable_bytes INTEGER,
	mem_slab_unreclaimable_bytes INTEGER,
	mem_page_tables_bytes INTEGER,
	psi_cpu_some_us	INTEGER,		-- some, all tasks waited for it
	psi_cpu_full_us	INTEGER,
	psi_mem_some_us	INTEGER,
	psi_mem_full_us	INTEGER,
	psi_io_some_us	INTEGER,
	psi_io_full_us	INTEGER,
	UNIQUE (session, number)
) STRICT;
CREATE INDEX tick_ts ON tick (ts_ns);
CREATE INDEX tick_time ON tick (ts_ns / 1e9); -- the views' time

-- One CPU's times over one tick.
CREATE TABLE cpu (
	tick		INTEGER NOT NULL REFERENCES tick (id),
	number		INTEGER NOT NULL,
	user_us		INTEGER,
	nice_us		INTEGER,
	system_us	INTEGER,
	idle_us		INTEGER,
	iowait_us	INTEGER,
	irq_us		INTEGER,
	softirq_us	INTEGER,
	steal_us	INTEGER,
	PRIMARY KEY (tick, number)
) STRICT, WITHOUT ROWID;

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
	mem_working_set_bytes INTEGER,		-- mem_bytes less inactive file pages
	mem_anon_bytes	INTEGER,
	mem_file_bytes	INTEGER,
	mem_high_bytes	INTEGER,		-- NULL is none
	swap_limit_bytes INTEGER,		-- NULL is no limit
	mem_events_low	INTEGER,
	mem_events_high	INTEGER,
	mem_events_max	INTEGER,
	mem_events_oom	INTEGER,
	io_discard_bytes INTEGER,
	io_discard_ops	INTEGER,
	cpu_periods	INTEGER,
	cpu_throttled_periods INTEGER,
	cpu_throttled_us INTEGER,
	cpu_quota_us	INTEGER,		-- NULL is no limit
	cpu_period_us	INTEGER,
	pids_limit	INTEGER,		-- NULL is no limit
	pids_max_hits	INTEGER,
	psi_cpu_some_us	INTEGER,
	psi_cpu_full_us	INTEGER,
	psi_mem_some_us	INTEGER,
	psi_mem_full_us	INTEGER,
	psi_io_some_us	INTEGER,
	psi_io_full_us	INTEGER,
	net_rx_bytes	INTEGER,		-- NULL on the host's network
	net_rx_packets	INTEGER,
	net_rx_drops	INTEGER,
	net_rx_errors	INTEGER,
	net_tx_bytes	INTEGER,
	net_tx_packets	INTEGER,
	net_tx_drops	INTEGER,
	net_tx_errors	INTEGER,
	PRIMARY KEY (tick, container)
) STRICT, WITHOUT ROWID;

-- What one container did on one block device over one tick, where that is
-- known and not nothing.
CREATE TABLE io_device (
	tick		INTEGER NOT NULL REFERENCES tick (id),
	container	INTEGER NOT NULL REFERENCES container (id),
	major		INTEGER NOT NULL,
	minor		INTEGER NOT NULL,
	read_bytes	INTEGER,
	write_bytes	INTEGER,
	read_ops	INTEGER,
	write_ops	INTEGER,
	discard_bytes	INTEGER,
	discard_ops	INTEGER,
	PRIMARY KEY (tick, container, major, minor)
) STRICT, WITHOUT ROWID;

-- One lifecycle event, as the kernel numbered it.
CREATE TABLE event (
	session		INTEGER NOT NULL REFERENCES session (id),
	seq		INTEGER NOT NULL,
	ts_ns		INTEGER NOT NULL,
	boottime_ns	INTEGER NOT NULL,
	type		TEXT NOT NULL,		-- start, stop, oom, ...; or a newer one's number
	container	INTEGER REFERENCES container (id),
	exec_delay_us	INTEGER,		-- start: from the first process to the first program
	exit_code	INTEGER,		-- stop: of the first program
	exit_signal	INTEGER,		-- stop: that ended it
	sender_signal	INTEGER,		-- stop: the last one from outside
	sender_ns	INTEGER,		-- when it was sent
	count		INTEGER,		-- limits: times since the tick before
	limit_value	INTEGER,		-- bytes, or processes
	PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_ts ON event (ts_ns);

-- A process that an event speaks of: what started, what is killed for lack of
-- memory, who sent a signal. Texts are of any bytes.
CREATE TABLE event_process (
	session		INTEGER NOT NULL,
	seq		INTEGER NOT NULL,
	role		TEXT NOT NULL,		-- subject, sender
	pid		INTEGER,		-- on the host, as the next
	uid		INTEGER,
	comm		TEXT,
	argv		BLOB,			-- each argument with a 0 behind it
	argv_bytes	INTEGER,		-- their whole length, when cut
	parent_comm	TEXT,
	cgroup		TEXT,
	container	INTEGER REFERENCES container (id), -- that it is in
	rss_bytes	INTEGER,
	PRIMARY KEY (session, seq, role),
	FOREIGN KEY (session, seq) REFERENCES event (session, seq)
) STRICT, WITHOUT ROWID;

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
	final_net_rx_bytes INTEGER,
	final_net_tx_bytes INTEGER,
	killer_signal	INTEGER,		-- the last one from outside
	killer_ns	INTEGER,		-- when it was sent
	killer_pid	INTEGER,
	killer_uid	INTEGER,
	killer_comm	TEXT,
	killer_parent_comm TEXT,
	killer_cgroup	TEXT,
	killer_container INTEGER REFERENCES container (id),
	oom_pid		INTEGER,		-- what was killed for lack of memory
	oom_comm	TEXT,
	oom_rss_bytes	INTEGER,
	oom_limit_bytes	INTEGER,		-- NULL is none
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
	containers,
	mem_free_bytes,
	mem_cached_bytes,
	mem_buffers_bytes,
	mem_anon_bytes,
	mem_shmem_bytes,
	mem_dirty_bytes + mem_writeback_bytes AS mem_dirty_bytes,
	mem_slab_reclaimable_bytes + mem_slab_unreclaimable_bytes AS mem_slab_bytes,
	mem_page_tables_bytes,
	CAST(psi_cpu_some_us * 100.0 / span_us AS REAL) AS psi_cpu_some_pct,
	CAST(psi_mem_some_us * 100.0 / span_us AS REAL) AS psi_mem_some_pct,
	CAST(psi_mem_full_us * 100.0 / span_us AS REAL) AS psi_mem_full_pct,
	CAST(psi_io_some_us * 100.0 / span_us AS REAL) AS psi_io_some_pct,
	CAST(psi_io_full_us * 100.0 / span_us AS REAL) AS psi_io_full_pct
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
	s.oom_kills,
	s.mem_working_set_bytes,
	s.mem_anon_bytes,
	s.mem_file_bytes,
	s.swap_limit_bytes,
	-- Share of the time that the quota held it back; what the quota allows.
	CAST(s.cpu_throttled_us * 100.0 / t.span_us AS REAL) AS throttled_pct,
	CAST(s.cpu_quota_us * 100.0 / s.cpu_period_us AS REAL) AS cpu_limit_pct,
	s.pids_limit,
	-- Bytes, and packets, a second.
	CAST(s.net_rx_bytes * 1e6 / t.span_us AS REAL) AS net_rx_bps,
	CAST(s.net_tx_bytes * 1e6 / t.span_us AS REAL) AS net_tx_bps,
	CAST(s.net_rx_packets * 1e6 / t.span_us AS REAL) AS net_rx_pps,
	CAST(s.net_tx_packets * 1e6 / t.span_us AS REAL) AS net_tx_pps,
	s.net_rx_drops + s.net_tx_drops AS net_drops,
	s.net_rx_errors + s.net_tx_errors AS net_errors,
	-- Share of the time in which some, or all, of its tasks waited.
	CAST(s.psi_cpu_some_us * 100.0 / t.span_us AS REAL) AS psi_cpu_some_pct,
	CAST(s.psi_mem_some_us * 100.0 / t.span_us AS REAL) AS psi_mem_some_pct,
	CAST(s.psi_mem_full_us * 100.0 / t.span_us AS REAL) AS psi_mem_full_pct,
	CAST(s.psi_io_some_us * 100.0 / t.span_us AS REAL) AS psi_io_some_pct,
	CAST(s.psi_io_full_us * 100.0 / t.span_us AS REAL) AS psi_io_full_pct
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
	p.final_mem_peak_bytes AS mem_peak_bytes,
	p.final_net_rx_bytes AS net_rx_bytes,
	p.final_net_tx_bytes AS net_tx_bytes,
	p.killer_signal, p.killer_comm, p.killer_parent_comm, p.killer_uid,
	p.oom_comm, p.oom_rss_bytes
FROM	stop AS p
JOIN	container AS c ON c.id = p.container
LEFT JOIN action AS a ON a.id = p.action;
