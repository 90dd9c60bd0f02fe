-- Samples in few bytes, and later in this file what is kept of them for longer.

DROP VIEW v_container;
DROP VIEW v_machine;
DROP VIEW v_stop;
ALTER TABLE sample RENAME TO sample_v1;

-- One container's figures over one tick, as far as they are not what was to be
-- expected: of most containers nothing happens in most ticks. The view `sample`
-- has all figures by name.
CREATE TABLE sample_row (
	id		INTEGER PRIMARY KEY,	-- tick << 32 | container
	base_age	INTEGER NOT NULL,	-- its base is of so many ticks before
	cpu_usage_us	INTEGER,
	cpu_user_us	INTEGER,
	cpu_system_us	INTEGER,
	-- A JSON object of integers, by the keys in src/lib/metric.h: counters
	-- that are known and not 0, gauges less what their base says where that
	-- is not 0. NULL: there are none.
	more		TEXT
) STRICT;

-- What a container's samples from this tick on go by. The writer makes a new one
-- when another figure is known, when the gauges have stood still elsewhere for
-- some ticks, and after 4096 ticks in any case: older ones are in no use.
CREATE TABLE sample_base (
	tick		INTEGER NOT NULL REFERENCES tick (id),
	container	INTEGER NOT NULL REFERENCES container (id),
	known		INTEGER NOT NULL,	-- bits: which counters are known
	mem_bytes		INTEGER,
	mem_limit_bytes		INTEGER,
	mem_peak_bytes		INTEGER,
	swap_bytes		INTEGER,
	pids			INTEGER,
	mem_working_set_bytes	INTEGER,
	mem_anon_bytes		INTEGER,
	mem_file_bytes		INTEGER,
	mem_high_bytes		INTEGER,
	swap_limit_bytes	INTEGER,
	cpu_quota_us		INTEGER,
	cpu_period_us		INTEGER,
	pids_limit		INTEGER,
	PRIMARY KEY (tick, container)
) STRICT, WITHOUT ROWID;

-- All of a sample, as it was measured: NULL is unknown, or no limit. It is found
-- by its id, those of a tick by the range of their ids; not by tick or container.
CREATE VIEW sample AS
SELECT	r.id,
	r.id >> 32 AS tick,
	r.id & 4294967295 AS container,
	r.cpu_usage_us,
	r.cpu_user_us,
	r.cpu_system_us,
	b.mem_bytes + ifnull(r.more ->> 'm', 0) AS mem_bytes,
	b.mem_limit_bytes + ifnull(r.more ->> 'ml', 0) AS mem_limit_bytes,
	b.mem_peak_bytes + ifnull(r.more ->> 'mp', 0) AS mem_peak_bytes,
	b.swap_bytes + ifnull(r.more ->> 's', 0) AS swap_bytes,
	iif(b.known >> 7 & 1, ifnull(r.more ->> 'ok', 0), NULL) AS oom_kills,
	iif(b.known >> 8 & 1, ifnull(r.more ->> 'rb', 0), NULL) AS io_read_bytes,
	iif(b.known >> 9 & 1, ifnull(r.more ->> 'wb', 0), NULL) AS io_write_bytes,
	iif(b.known >> 10 & 1, ifnull(r.more ->> 'ro', 0), NULL) AS io_read_ops,
	iif(b.known >> 11 & 1, ifnull(r.more ->> 'wo', 0), NULL) AS io_write_ops,
	b.pids + ifnull(r.more ->> 'p', 0) AS pids,
	b.mem_working_set_bytes + ifnull(r.more ->> 'w', 0) AS mem_working_set_bytes,
	b.mem_anon_bytes + ifnull(r.more ->> 'a', 0) AS mem_anon_bytes,
	b.mem_file_bytes + ifnull(r.more ->> 'f', 0) AS mem_file_bytes,
	b.mem_high_bytes + ifnull(r.more ->> 'mh', 0) AS mem_high_bytes,
	b.swap_limit_bytes + ifnull(r.more ->> 'sl', 0) AS swap_limit_bytes,
	iif(b.known >> 18 & 1, ifnull(r.more ->> 'el', 0), NULL) AS mem_events_low,
	iif(b.known >> 19 & 1, ifnull(r.more ->> 'eh', 0), NULL) AS mem_events_high,
	iif(b.known >> 20 & 1, ifnull(r.more ->> 'em', 0), NULL) AS mem_events_max,
	iif(b.known >> 21 & 1, ifnull(r.more ->> 'eo', 0), NULL) AS mem_events_oom,
	iif(b.known >> 22 & 1, ifnull(r.more ->> 'db', 0), NULL) AS io_discard_bytes,
	iif(b.known >> 23 & 1, ifnull(r.more ->> 'do', 0), NULL) AS io_discard_ops,
	iif(b.known >> 24 & 1, ifnull(r.more ->> 'cp', 0), NULL) AS cpu_periods,
	iif(b.known >> 25 & 1, ifnull(r.more ->> 'ct', 0), NULL) AS cpu_throttled_periods,
	iif(b.known >> 26 & 1, ifnull(r.more ->> 'cu', 0), NULL) AS cpu_throttled_us,
	b.cpu_quota_us + ifnull(r.more ->> 'q', 0) AS cpu_quota_us,
	b.cpu_period_us + ifnull(r.more ->> 'qp', 0) AS cpu_period_us,
	b.pids_limit + ifnull(r.more ->> 'pl', 0) AS pids_limit,
	iif(b.known >> 30 & 1, ifnull(r.more ->> 'ph', 0), NULL) AS pids_max_hits,
	iif(b.known >> 31 & 1, ifnull(r.more ->> 'c', 0), NULL) AS psi_cpu_some_us,
	iif(b.known >> 32 & 1, ifnull(r.more ->> 'cf', 0), NULL) AS psi_cpu_full_us,
	iif(b.known >> 33 & 1, ifnull(r.more ->> 'y', 0), NULL) AS psi_mem_some_us,
	iif(b.known >> 34 & 1, ifnull(r.more ->> 'yf', 0), NULL) AS psi_mem_full_us,
	iif(b.known >> 35 & 1, ifnull(r.more ->> 'i', 0), NULL) AS psi_io_some_us,
	iif(b.known >> 36 & 1, ifnull(r.more ->> 'if', 0), NULL) AS psi_io_full_us,
	iif(b.known >> 37 & 1, ifnull(r.more ->> 'rx', 0), NULL) AS net_rx_bytes,
	iif(b.known >> 38 & 1, ifnull(r.more ->> 'rp', 0), NULL) AS net_rx_packets,
	iif(b.known >> 39 & 1, ifnull(r.more ->> 'rd', 0), NULL) AS net_rx_drops,
	iif(b.known >> 40 & 1, ifnull(r.more ->> 're', 0), NULL) AS net_rx_errors,
	iif(b.known >> 41 & 1, ifnull(r.more ->> 'tx', 0), NULL) AS net_tx_bytes,
	iif(b.known >> 42 & 1, ifnull(r.more ->> 'tp', 0), NULL) AS net_tx_packets,
	iif(b.known >> 43 & 1, ifnull(r.more ->> 'td', 0), NULL) AS net_tx_drops,
	iif(b.known >> 44 & 1, ifnull(r.more ->> 'te', 0), NULL) AS net_tx_errors
FROM	sample_row AS r
LEFT JOIN sample_base AS b ON b.tick = (r.id >> 32) - r.base_age
	AND b.container = r.id & 4294967295;

-- Takes whole samples, each with a base of its own. The daemon's writer puts
-- them more sparingly.
CREATE TRIGGER sample_insert INSTEAD OF INSERT ON sample BEGIN
	INSERT INTO sample_base VALUES (NEW.tick, NEW.container,
		((NEW.oom_kills IS NOT NULL) << 7)
		| ((NEW.io_read_bytes IS NOT NULL) << 8)
		| ((NEW.io_write_bytes IS NOT NULL) << 9)
		| ((NEW.io_read_ops IS NOT NULL) << 10)
		| ((NEW.io_write_ops IS NOT NULL) << 11)
		| ((NEW.mem_events_low IS NOT NULL) << 18)
		| ((NEW.mem_events_high IS NOT NULL) << 19)
		| ((NEW.mem_events_max IS NOT NULL) << 20)
		| ((NEW.mem_events_oom IS NOT NULL) << 21)
		| ((NEW.io_discard_bytes IS NOT NULL) << 22)
		| ((NEW.io_discard_ops IS NOT NULL) << 23)
		| ((NEW.cpu_periods IS NOT NULL) << 24)
		| ((NEW.cpu_throttled_periods IS NOT NULL) << 25)
		| ((NEW.cpu_throttled_us IS NOT NULL) << 26)
		| ((NEW.pids_max_hits IS NOT NULL) << 30)
		| ((NEW.psi_cpu_some_us IS NOT NULL) << 31)
		| ((NEW.psi_cpu_full_us IS NOT NULL) << 32)
		| ((NEW.psi_mem_some_us IS NOT NULL) << 33)
		| ((NEW.psi_mem_full_us IS NOT NULL) << 34)
		| ((NEW.psi_io_some_us IS NOT NULL) << 35)
		| ((NEW.psi_io_full_us IS NOT NULL) << 36)
		| ((NEW.net_rx_bytes IS NOT NULL) << 37)
		| ((NEW.net_rx_packets IS NOT NULL) << 38)
		| ((NEW.net_rx_drops IS NOT NULL) << 39)
		| ((NEW.net_rx_errors IS NOT NULL) << 40)
		| ((NEW.net_tx_bytes IS NOT NULL) << 41)
		| ((NEW.net_tx_packets IS NOT NULL) << 42)
		| ((NEW.net_tx_drops IS NOT NULL) << 43)
		| ((NEW.net_tx_errors IS NOT NULL) << 44),
		NEW.mem_bytes,
		NEW.mem_limit_bytes,
		NEW.mem_peak_bytes,
		NEW.swap_bytes,
		NEW.pids,
		NEW.mem_working_set_bytes,
		NEW.mem_anon_bytes,
		NEW.mem_file_bytes,
		NEW.mem_high_bytes,
		NEW.swap_limit_bytes,
		NEW.cpu_quota_us,
		NEW.cpu_period_us,
		NEW.pids_limit);
	INSERT INTO sample_row VALUES (NEW.tick << 32 | NEW.container, 0,
		NEW.cpu_usage_us, NEW.cpu_user_us, NEW.cpu_system_us,
		-- A patch leaves out what is NULL.
		nullif(json_patch('{}', json_object(
		'ok', nullif(NEW.oom_kills, 0),
		'rb', nullif(NEW.io_read_bytes, 0),
		'wb', nullif(NEW.io_write_bytes, 0),
		'ro', nullif(NEW.io_read_ops, 0),
		'wo', nullif(NEW.io_write_ops, 0),
		'el', nullif(NEW.mem_events_low, 0),
		'eh', nullif(NEW.mem_events_high, 0),
		'em', nullif(NEW.mem_events_max, 0),
		'eo', nullif(NEW.mem_events_oom, 0),
		'db', nullif(NEW.io_discard_bytes, 0),
		'do', nullif(NEW.io_discard_ops, 0),
		'cp', nullif(NEW.cpu_periods, 0),
		'ct', nullif(NEW.cpu_throttled_periods, 0),
		'cu', nullif(NEW.cpu_throttled_us, 0),
		'ph', nullif(NEW.pids_max_hits, 0),
		'c', nullif(NEW.psi_cpu_some_us, 0),
		'cf', nullif(NEW.psi_cpu_full_us, 0),
		'y', nullif(NEW.psi_mem_some_us, 0),
		'yf', nullif(NEW.psi_mem_full_us, 0),
		'i', nullif(NEW.psi_io_some_us, 0),
		'if', nullif(NEW.psi_io_full_us, 0),
		'rx', nullif(NEW.net_rx_bytes, 0),
		'rp', nullif(NEW.net_rx_packets, 0),
		'rd', nullif(NEW.net_rx_drops, 0),
		're', nullif(NEW.net_rx_errors, 0),
		'tx', nullif(NEW.net_tx_bytes, 0),
		'tp', nullif(NEW.net_tx_packets, 0),
		'td', nullif(NEW.net_tx_drops, 0),
		'te', nullif(NEW.net_tx_errors, 0))), '{}'));
END;

INSERT INTO sample SELECT NULL, * FROM sample_v1;
DROP TABLE sample_v1;

-- The machine over a minute, from the rows of `tick` whose time is in it. Where the clock
-- was set back there are several of the same minute.
CREATE TABLE tick_1m (
	id		INTEGER PRIMARY KEY,
	ts_ns		INTEGER NOT NULL,	-- when the minute began
	first		INTEGER NOT NULL,	-- row of `tick`, as the next
	last		INTEGER NOT NULL,	-- all up to it are in tick_1m
	ticks		INTEGER NOT NULL,	-- how many, of the sampler's
	span_us		INTEGER,		-- the time that they cover; NULL unknown
	cpu_min		INTEGER,		-- lowest and highest CPU use in a tick,
	cpu_max		INTEGER,		-- in microseconds a second
	cpus				INTEGER,
	cpus_min			INTEGER,
	cpus_max			INTEGER,
	cpu_user_us			INTEGER,
	cpu_nice_us			INTEGER,
	cpu_system_us			INTEGER,
	cpu_idle_us			INTEGER,
	cpu_iowait_us			INTEGER,
	cpu_irq_us			INTEGER,
	cpu_softirq_us			INTEGER,
	cpu_steal_us			INTEGER,
	mem_total_bytes			INTEGER,
	mem_total_bytes_min		INTEGER,
	mem_total_bytes_max		INTEGER,
	mem_free_bytes			INTEGER,
	mem_free_bytes_min		INTEGER,
	mem_free_bytes_max		INTEGER,
	mem_available_bytes		INTEGER,
	mem_available_bytes_min		INTEGER,
	mem_available_bytes_max		INTEGER,
	mem_cached_bytes		INTEGER,
	mem_cached_bytes_min		INTEGER,
	mem_cached_bytes_max		INTEGER,
	mem_buffers_bytes		INTEGER,
	mem_buffers_bytes_min		INTEGER,
	mem_buffers_bytes_max		INTEGER,
	swap_total_bytes		INTEGER,
	swap_total_bytes_min		INTEGER,
	swap_total_bytes_max		INTEGER,
	swap_free_bytes			INTEGER,
	swap_free_bytes_min		INTEGER,
	swap_free_bytes_max		INTEGER,
	load1_milli			INTEGER,
	load1_milli_min			INTEGER,
	load1_milli_max			INTEGER,
	load5_milli			INTEGER,
	load5_milli_min			INTEGER,
	load5_milli_max			INTEGER,
	load15_milli			INTEGER,
	load15_milli_min		INTEGER,
	load15_milli_max		INTEGER,
	mem_anon_bytes			INTEGER,
	mem_anon_bytes_min		INTEGER,
	mem_anon_bytes_max		INTEGER,
	mem_shmem_bytes			INTEGER,
	mem_shmem_bytes_min		INTEGER,
	mem_shmem_bytes_max		INTEGER,
	mem_active_bytes		INTEGER,
	mem_active_bytes_min		INTEGER,
	mem_active_bytes_max		INTEGER,
	mem_inactive_bytes		INTEGER,
	mem_inactive_bytes_min		INTEGER,
	mem_inactive_bytes_max		INTEGER,
	mem_dirty_bytes			INTEGER,
	mem_dirty_bytes_min		INTEGER,
	mem_dirty_bytes_max		INTEGER,
	mem_writeback_bytes		INTEGER,
	mem_writeback_bytes_min		INTEGER,
	mem_writeback_bytes_max		INTEGER,
	mem_slab_reclaimable_bytes	INTEGER,
	mem_slab_reclaimable_bytes_min	INTEGER,
	mem_slab_reclaimable_bytes_max	INTEGER,
	mem_slab_unreclaimable_bytes	INTEGER,
	mem_slab_unreclaimable_bytes_min	INTEGER,
	mem_slab_unreclaimable_bytes_max	INTEGER,
	mem_page_tables_bytes		INTEGER,
	mem_page_tables_bytes_min	INTEGER,
	mem_page_tables_bytes_max	INTEGER,
	psi_cpu_some_us			INTEGER,
	psi_cpu_full_us			INTEGER,
	psi_mem_some_us			INTEGER,
	psi_mem_full_us			INTEGER,
	psi_io_some_us			INTEGER,
	psi_io_full_us			INTEGER
) STRICT;
CREATE INDEX tick_1m_ts ON tick_1m (ts_ns);
CREATE INDEX tick_1m_time ON tick_1m (ts_ns / 1e9);

-- A container over a minute, as in sample_row and sample_base: counters are added up,
-- gauges are averages. A gauge that was not the same all the time has in `more`
-- how far its lowest value was below the average, and its highest above, under
-- its key with a - or a + behind it.
CREATE TABLE sample_1m_row (
	tick		INTEGER NOT NULL REFERENCES tick_1m (id),
	container	INTEGER NOT NULL REFERENCES container (id),
	base_age	INTEGER NOT NULL,
	ticks		INTEGER NOT NULL,	-- with a sample of it
	span_us		INTEGER,		-- over which counters were known
	cpu_min		INTEGER,		-- as in tick_1m
	cpu_max		INTEGER,
	cpu_usage_us	INTEGER,
	cpu_user_us	INTEGER,
	cpu_system_us	INTEGER,
	more		TEXT,
	PRIMARY KEY (tick, container)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_1m_base (
	tick		INTEGER NOT NULL REFERENCES tick_1m (id),
	container	INTEGER NOT NULL REFERENCES container (id),
	known		INTEGER NOT NULL,
	mem_bytes		INTEGER,
	mem_limit_bytes		INTEGER,
	mem_peak_bytes		INTEGER,
	swap_bytes		INTEGER,
	pids			INTEGER,
	mem_working_set_bytes	INTEGER,
	mem_anon_bytes		INTEGER,
	mem_file_bytes		INTEGER,
	mem_high_bytes		INTEGER,
	swap_limit_bytes	INTEGER,
	cpu_quota_us		INTEGER,
	cpu_period_us		INTEGER,
	pids_limit		INTEGER,
	PRIMARY KEY (tick, container)
) STRICT, WITHOUT ROWID;

CREATE VIEW sample_1m AS
SELECT	r.tick,
	r.container,
	r.ticks,
	r.span_us,
	r.cpu_min,
	r.cpu_max,
	r.cpu_usage_us,
	r.cpu_user_us,
	r.cpu_system_us,
	b.mem_bytes + ifnull(r.more ->> 'm', 0) AS mem_bytes,
	b.mem_bytes + ifnull(r.more ->> 'm', 0) - ifnull(r.more ->> 'm-', 0)
		AS mem_bytes_min,
	b.mem_bytes + ifnull(r.more ->> 'm', 0) + ifnull(r.more ->> 'm+', 0)
		AS mem_bytes_max,
	b.mem_limit_bytes + ifnull(r.more ->> 'ml', 0) AS mem_limit_bytes,
	b.mem_limit_bytes + ifnull(r.more ->> 'ml', 0) - ifnull(r.more ->> 'ml-', 0)
		AS mem_limit_bytes_min,
	b.mem_limit_bytes + ifnull(r.more ->> 'ml', 0) + ifnull(r.more ->> 'ml+', 0)
		AS mem_limit_bytes_max,
	b.mem_peak_bytes + ifnull(r.more ->> 'mp', 0) AS mem_peak_bytes,
	b.mem_peak_bytes + ifnull(r.more ->> 'mp', 0) - ifnull(r.more ->> 'mp-', 0)
		AS mem_peak_bytes_min,
	b.mem_peak_bytes + ifnull(r.more ->> 'mp', 0) + ifnull(r.more ->> 'mp+', 0)
		AS mem_peak_bytes_max,
	b.swap_bytes + ifnull(r.more ->> 's', 0) AS swap_bytes,
	b.swap_bytes + ifnull(r.more ->> 's', 0) - ifnull(r.more ->> 's-', 0)
		AS swap_bytes_min,
	b.swap_bytes + ifnull(r.more ->> 's', 0) + ifnull(r.more ->> 's+', 0)
		AS swap_bytes_max,
	iif(b.known >> 7 & 1, ifnull(r.more ->> 'ok', 0), NULL) AS oom_kills,
	iif(b.known >> 8 & 1, ifnull(r.more ->> 'rb', 0), NULL) AS io_read_bytes,
	iif(b.known >> 9 & 1, ifnull(r.more ->> 'wb', 0), NULL) AS io_write_bytes,
	iif(b.known >> 10 & 1, ifnull(r.more ->> 'ro', 0), NULL) AS io_read_ops,
	iif(b.known >> 11 & 1, ifnull(r.more ->> 'wo', 0), NULL) AS io_write_ops,
	b.pids + ifnull(r.more ->> 'p', 0) AS pids,
	b.pids + ifnull(r.more ->> 'p', 0) - ifnull(r.more ->> 'p-', 0)
		AS pids_min,
	b.pids + ifnull(r.more ->> 'p', 0) + ifnull(r.more ->> 'p+', 0)
		AS pids_max,
	b.mem_working_set_bytes + ifnull(r.more ->> 'w', 0) AS mem_working_set_bytes,
	b.mem_working_set_bytes + ifnull(r.more ->> 'w', 0) - ifnull(r.more ->> 'w-', 0)
		AS mem_working_set_bytes_min,
	b.mem_working_set_bytes + ifnull(r.more ->> 'w', 0) + ifnull(r.more ->> 'w+', 0)
		AS mem_working_set_bytes_max,
	b.mem_anon_bytes + ifnull(r.more ->> 'a', 0) AS mem_anon_bytes,
	b.mem_anon_bytes + ifnull(r.more ->> 'a', 0) - ifnull(r.more ->> 'a-', 0)
		AS mem_anon_bytes_min,
	b.mem_anon_bytes + ifnull(r.more ->> 'a', 0) + ifnull(r.more ->> 'a+', 0)
		AS mem_anon_bytes_max,
	b.mem_file_bytes + ifnull(r.more ->> 'f', 0) AS mem_file_bytes,
	b.mem_file_bytes + ifnull(r.more ->> 'f', 0) - ifnull(r.more ->> 'f-', 0)
		AS mem_file_bytes_min,
	b.mem_file_bytes + ifnull(r.more ->> 'f', 0) + ifnull(r.more ->> 'f+', 0)
		AS mem_file_bytes_max,
	b.mem_high_bytes + ifnull(r.more ->> 'mh', 0) AS mem_high_bytes,
	b.mem_high_bytes + ifnull(r.more ->> 'mh', 0) - ifnull(r.more ->> 'mh-', 0)
		AS mem_high_bytes_min,
	b.mem_high_bytes + ifnull(r.more ->> 'mh', 0) + ifnull(r.more ->> 'mh+', 0)
		AS mem_high_bytes_max,
	b.swap_limit_bytes + ifnull(r.more ->> 'sl', 0) AS swap_limit_bytes,
	b.swap_limit_bytes + ifnull(r.more ->> 'sl', 0) - ifnull(r.more ->> 'sl-', 0)
		AS swap_limit_bytes_min,
	b.swap_limit_bytes + ifnull(r.more ->> 'sl', 0) + ifnull(r.more ->> 'sl+', 0)
		AS swap_limit_bytes_max,
	iif(b.known >> 18 & 1, ifnull(r.more ->> 'el', 0), NULL) AS mem_events_low,
	iif(b.known >> 19 & 1, ifnull(r.more ->> 'eh', 0), NULL) AS mem_events_high,
	iif(b.known >> 20 & 1, ifnull(r.more ->> 'em', 0), NULL) AS mem_events_max,
	iif(b.known >> 21 & 1, ifnull(r.more ->> 'eo', 0), NULL) AS mem_events_oom,
	iif(b.known >> 22 & 1, ifnull(r.more ->> 'db', 0), NULL) AS io_discard_bytes,
	iif(b.known >> 23 & 1, ifnull(r.more ->> 'do', 0), NULL) AS io_discard_ops,
	iif(b.known >> 24 & 1, ifnull(r.more ->> 'cp', 0), NULL) AS cpu_periods,
	iif(b.known >> 25 & 1, ifnull(r.more ->> 'ct', 0), NULL) AS cpu_throttled_periods,
	iif(b.known >> 26 & 1, ifnull(r.more ->> 'cu', 0), NULL) AS cpu_throttled_us,
	b.cpu_quota_us + ifnull(r.more ->> 'q', 0) AS cpu_quota_us,
	b.cpu_quota_us + ifnull(r.more ->> 'q', 0) - ifnull(r.more ->> 'q-', 0)
		AS cpu_quota_us_min,
	b.cpu_quota_us + ifnull(r.more ->> 'q', 0) + ifnull(r.more ->> 'q+', 0)
		AS cpu_quota_us_max,
	b.cpu_period_us + ifnull(r.more ->> 'qp', 0) AS cpu_period_us,
	b.cpu_period_us + ifnull(r.more ->> 'qp', 0) - ifnull(r.more ->> 'qp-', 0)
		AS cpu_period_us_min,
	b.cpu_period_us + ifnull(r.more ->> 'qp', 0) + ifnull(r.more ->> 'qp+', 0)
		AS cpu_period_us_max,
	b.pids_limit + ifnull(r.more ->> 'pl', 0) AS pids_limit,
	b.pids_limit + ifnull(r.more ->> 'pl', 0) - ifnull(r.more ->> 'pl-', 0)
		AS pids_limit_min,
	b.pids_limit + ifnull(r.more ->> 'pl', 0) + ifnull(r.more ->> 'pl+', 0)
		AS pids_limit_max,
	iif(b.known >> 30 & 1, ifnull(r.more ->> 'ph', 0), NULL) AS pids_max_hits,
	iif(b.known >> 31 & 1, ifnull(r.more ->> 'c', 0), NULL) AS psi_cpu_some_us,
	iif(b.known >> 32 & 1, ifnull(r.more ->> 'cf', 0), NULL) AS psi_cpu_full_us,
	iif(b.known >> 33 & 1, ifnull(r.more ->> 'y', 0), NULL) AS psi_mem_some_us,
	iif(b.known >> 34 & 1, ifnull(r.more ->> 'yf', 0), NULL) AS psi_mem_full_us,
	iif(b.known >> 35 & 1, ifnull(r.more ->> 'i', 0), NULL) AS psi_io_some_us,
	iif(b.known >> 36 & 1, ifnull(r.more ->> 'if', 0), NULL) AS psi_io_full_us,
	iif(b.known >> 37 & 1, ifnull(r.more ->> 'rx', 0), NULL) AS net_rx_bytes,
	iif(b.known >> 38 & 1, ifnull(r.more ->> 'rp', 0), NULL) AS net_rx_packets,
	iif(b.known >> 39 & 1, ifnull(r.more ->> 'rd', 0), NULL) AS net_rx_drops,
	iif(b.known >> 40 & 1, ifnull(r.more ->> 're', 0), NULL) AS net_rx_errors,
	iif(b.known >> 41 & 1, ifnull(r.more ->> 'tx', 0), NULL) AS net_tx_bytes,
	iif(b.known >> 42 & 1, ifnull(r.more ->> 'tp', 0), NULL) AS net_tx_packets,
	iif(b.known >> 43 & 1, ifnull(r.more ->> 'td', 0), NULL) AS net_tx_drops,
	iif(b.known >> 44 & 1, ifnull(r.more ->> 'te', 0), NULL) AS net_tx_errors
FROM	sample_1m_row AS r
LEFT JOIN sample_1m_base AS b ON b.tick = r.tick - r.base_age AND b.container = r.container;

-- The machine over an hour, from the rows of `tick_1m` whose time is in it. Where the clock
-- was set back there are several of the same hour.
CREATE TABLE tick_1h (
	id		INTEGER PRIMARY KEY,
	ts_ns		INTEGER NOT NULL,	-- when the hour began
	first		INTEGER NOT NULL,	-- row of `tick_1m`, as the next
	last		INTEGER NOT NULL,	-- all up to it are in tick_1h
	ticks		INTEGER NOT NULL,	-- how many, of the sampler's
	span_us		INTEGER,		-- the time that they cover; NULL unknown
	cpu_min		INTEGER,		-- lowest and highest CPU use in a tick,
	cpu_max		INTEGER,		-- in microseconds a second
	cpus				INTEGER,
	cpus_min			INTEGER,
	cpus_max			INTEGER,
	cpu_user_us			INTEGER,
	cpu_nice_us			INTEGER,
	cpu_system_us			INTEGER,
	cpu_idle_us			INTEGER,
	cpu_iowait_us			INTEGER,
	cpu_irq_us			INTEGER,
	cpu_softirq_us			INTEGER,
	cpu_steal_us			INTEGER,
	mem_total_bytes			INTEGER,
	mem_total_bytes_min		INTEGER,
	mem_total_bytes_max		INTEGER,
	mem_free_bytes			INTEGER,
	mem_free_bytes_min		INTEGER,
	mem_free_bytes_max		INTEGER,
	mem_available_bytes		INTEGER,
	mem_available_bytes_min		INTEGER,
	mem_available_bytes_max		INTEGER,
	mem_cached_bytes		INTEGER,
	mem_cached_bytes_min		INTEGER,
	mem_cached_bytes_max		INTEGER,
	mem_buffers_bytes		INTEGER,
	mem_buffers_bytes_min		INTEGER,
	mem_buffers_bytes_max		INTEGER,
	swap_total_bytes		INTEGER,
	swap_total_bytes_min		INTEGER,
	swap_total_bytes_max		INTEGER,
	swap_free_bytes			INTEGER,
	swap_free_bytes_min		INTEGER,
	swap_free_bytes_max		INTEGER,
	load1_milli			INTEGER,
	load1_milli_min			INTEGER,
	load1_milli_max			INTEGER,
	load5_milli			INTEGER,
	load5_milli_min			INTEGER,
	load5_milli_max			INTEGER,
	load15_milli			INTEGER,
	load15_milli_min		INTEGER,
	load15_milli_max		INTEGER,
	mem_anon_bytes			INTEGER,
	mem_anon_bytes_min		INTEGER,
	mem_anon_bytes_max		INTEGER,
	mem_shmem_bytes			INTEGER,
	mem_shmem_bytes_min		INTEGER,
	mem_shmem_bytes_max		INTEGER,
	mem_active_bytes		INTEGER,
	mem_active_bytes_min		INTEGER,
	mem_active_bytes_max		INTEGER,
	mem_inactive_bytes		INTEGER,
	mem_inactive_bytes_min		INTEGER,
	mem_inactive_bytes_max		INTEGER,
	mem_dirty_bytes			INTEGER,
	mem_dirty_bytes_min		INTEGER,
	mem_dirty_bytes_max		INTEGER,
	mem_writeback_bytes		INTEGER,
	mem_writeback_bytes_min		INTEGER,
	mem_writeback_bytes_max		INTEGER,
	mem_slab_reclaimable_bytes	INTEGER,
	mem_slab_reclaimable_bytes_min	INTEGER,
	mem_slab_reclaimable_bytes_max	INTEGER,
	mem_slab_unreclaimable_bytes	INTEGER,
	mem_slab_unreclaimable_bytes_min	INTEGER,
	mem_slab_unreclaimable_bytes_max	INTEGER,
	mem_page_tables_bytes		INTEGER,
	mem_page_tables_bytes_min	INTEGER,
	mem_page_tables_bytes_max	INTEGER,
	psi_cpu_some_us			INTEGER,
	psi_cpu_full_us			INTEGER,
	psi_mem_some_us			INTEGER,
	psi_mem_full_us			INTEGER,
	psi_io_some_us			INTEGER,
	psi_io_full_us			INTEGER
) STRICT;
CREATE INDEX tick_1h_ts ON tick_1h (ts_ns);
CREATE INDEX tick_1h_time ON tick_1h (ts_ns / 1e9);

-- A container over an hour, as in sample_row and sample_base: counters are added up,
-- gauges are averages. A gauge that was not the same all the time has in `more`
-- how far its lowest value was below the average, and its highest above, under
-- its key with a - or a + behind it.
CREATE TABLE sample_1h_row (
	tick		INTEGER NOT NULL REFERENCES tick_1h (id),
	container	INTEGER NOT NULL REFERENCES container (id),
	base_age	INTEGER NOT NULL,
	ticks		INTEGER NOT NULL,	-- with a sample of it
	span_us		INTEGER,		-- over which counters were known
	cpu_min		INTEGER,		-- as in tick_1h
	cpu_max		INTEGER,
	cpu_usage_us	INTEGER,
	cpu_user_us	INTEGER,
	cpu_system_us	INTEGER,
	more		TEXT,
	PRIMARY KEY (tick, container)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_1h_base (
	tick		INTEGER NOT NULL REFERENCES tick_1h (id),
	container	INTEGER NOT NULL REFERENCES container (id),
	known		INTEGER NOT NULL,
	mem_bytes		INTEGER,
	mem_limit_bytes		INTEGER,
	mem_peak_bytes		INTEGER,
	swap_bytes		INTEGER,
	pids			INTEGER,
	mem_working_set_bytes	INTEGER,
	mem_anon_bytes		INTEGER,
	mem_file_bytes		INTEGER,
	mem_high_bytes		INTEGER,
	swap_limit_bytes	INTEGER,
	cpu_quota_us		INTEGER,
	cpu_period_us		INTEGER,
	pids_limit		INTEGER,
	PRIMARY KEY (tick, container)
) STRICT, WITHOUT ROWID;

CREATE VIEW sample_1h AS
SELECT	r.tick,
	r.container,
	r.ticks,
	r.span_us,
	r.cpu_min,
	r.cpu_max,
	r.cpu_usage_us,
	r.cpu_user_us,
	r.cpu_system_us,
	b.mem_bytes + ifnull(r.more ->> 'm', 0) AS mem_bytes,
	b.mem_bytes + ifnull(r.more ->> 'm', 0) - ifnull(r.more ->> 'm-', 0)
		AS mem_bytes_min,
	b.mem_bytes + ifnull(r.more ->> 'm', 0) + ifnull(r.more ->> 'm+', 0)
		AS mem_bytes_max,
	b.mem_limit_bytes + ifnull(r.more ->> 'ml', 0) AS mem_limit_bytes,
	b.mem_limit_bytes + ifnull(r.more ->> 'ml', 0) - ifnull(r.more ->> 'ml-', 0)
		AS mem_limit_bytes_min,
	b.mem_limit_bytes + ifnull(r.more ->> 'ml', 0) + ifnull(r.more ->> 'ml+', 0)
		AS mem_limit_bytes_max,
	b.mem_peak_bytes + ifnull(r.more ->> 'mp', 0) AS mem_peak_bytes,
	b.mem_peak_bytes + ifnull(r.more ->> 'mp', 0) - ifnull(r.more ->> 'mp-', 0)
		AS mem_peak_bytes_min,
	b.mem_peak_bytes + ifnull(r.more ->> 'mp', 0) + ifnull(r.more ->> 'mp+', 0)
		AS mem_peak_bytes_max,
	b.swap_bytes + ifnull(r.more ->> 's', 0) AS swap_bytes,
	b.swap_bytes + ifnull(r.more ->> 's', 0) - ifnull(r.more ->> 's-', 0)
		AS swap_bytes_min,
	b.swap_bytes + ifnull(r.more ->> 's', 0) + ifnull(r.more ->> 's+', 0)
		AS swap_bytes_max,
	iif(b.known >> 7 & 1, ifnull(r.more ->> 'ok', 0), NULL) AS oom_kills,
	iif(b.known >> 8 & 1, ifnull(r.more ->> 'rb', 0), NULL) AS io_read_bytes,
	iif(b.known >> 9 & 1, ifnull(r.more ->> 'wb', 0), NULL) AS io_write_bytes,
	iif(b.known >> 10 & 1, ifnull(r.more ->> 'ro', 0), NULL) AS io_read_ops,
	iif(b.known >> 11 & 1, ifnull(r.more ->> 'wo', 0), NULL) AS io_write_ops,
	b.pids + ifnull(r.more ->> 'p', 0) AS pids,
	b.pids + ifnull(r.more ->> 'p', 0) - ifnull(r.more ->> 'p-', 0)
		AS pids_min,
	b.pids + ifnull(r.more ->> 'p', 0) + ifnull(r.more ->> 'p+', 0)
		AS pids_max,
	b.mem_working_set_bytes + ifnull(r.more ->> 'w', 0) AS mem_working_set_bytes,
	b.mem_working_set_bytes + ifnull(r.more ->> 'w', 0) - ifnull(r.more ->> 'w-', 0)
		AS mem_working_set_bytes_min,
	b.mem_working_set_bytes + ifnull(r.more ->> 'w', 0) + ifnull(r.more ->> 'w+', 0)
		AS mem_working_set_bytes_max,
	b.mem_anon_bytes + ifnull(r.more ->> 'a', 0) AS mem_anon_bytes,
	b.mem_anon_bytes + ifnull(r.more ->> 'a', 0) - ifnull(r.more ->> 'a-', 0)
		AS mem_anon_bytes_min,
	b.mem_anon_bytes + ifnull(r.more ->> 'a', 0) + ifnull(r.more ->> 'a+', 0)
		AS mem_anon_bytes_max,
	b.mem_file_bytes + ifnull(r.more ->> 'f', 0) AS mem_file_bytes,
	b.mem_file_bytes + ifnull(r.more ->> 'f', 0) - ifnull(r.more ->> 'f-', 0)
		AS mem_file_bytes_min,
	b.mem_file_bytes + ifnull(r.more ->> 'f', 0) + ifnull(r.more ->> 'f+', 0)
		AS mem_file_bytes_max,
	b.mem_high_bytes + ifnull(r.more ->> 'mh', 0) AS mem_high_bytes,
	b.mem_high_bytes + ifnull(r.more ->> 'mh', 0) - ifnull(r.more ->> 'mh-', 0)
		AS mem_high_bytes_min,
	b.mem_high_bytes + ifnull(r.more ->> 'mh', 0) + ifnull(r.more ->> 'mh+', 0)
		AS mem_high_bytes_max,
	b.swap_limit_bytes + ifnull(r.more ->> 'sl', 0) AS swap_limit_bytes,
	b.swap_limit_bytes + ifnull(r.more ->> 'sl', 0) - ifnull(r.more ->> 'sl-', 0)
		AS swap_limit_bytes_min,
	b.swap_limit_bytes + ifnull(r.more ->> 'sl', 0) + ifnull(r.more ->> 'sl+', 0)
		AS swap_limit_bytes_max,
	iif(b.known >> 18 & 1, ifnull(r.more ->> 'el', 0), NULL) AS mem_events_low,
	iif(b.known >> 19 & 1, ifnull(r.more ->> 'eh', 0), NULL) AS mem_events_high,
	iif(b.known >> 20 & 1, ifnull(r.more ->> 'em', 0), NULL) AS mem_events_max,
	iif(b.known >> 21 & 1, ifnull(r.more ->> 'eo', 0), NULL) AS mem_events_oom,
	iif(b.known >> 22 & 1, ifnull(r.more ->> 'db', 0), NULL) AS io_discard_bytes,
	iif(b.known >> 23 & 1, ifnull(r.more ->> 'do', 0), NULL) AS io_discard_ops,
	iif(b.known >> 24 & 1, ifnull(r.more ->> 'cp', 0), NULL) AS cpu_periods,
	iif(b.known >> 25 & 1, ifnull(r.more ->> 'ct', 0), NULL) AS cpu_throttled_periods,
	iif(b.known >> 26 & 1, ifnull(r.more ->> 'cu', 0), NULL) AS cpu_throttled_us,
	b.cpu_quota_us + ifnull(r.more ->> 'q', 0) AS cpu_quota_us,
	b.cpu_quota_us + ifnull(r.more ->> 'q', 0) - ifnull(r.more ->> 'q-', 0)
		AS cpu_quota_us_min,
	b.cpu_quota_us + ifnull(r.more ->> 'q', 0) + ifnull(r.more ->> 'q+', 0)
		AS cpu_quota_us_max,
	b.cpu_period_us + ifnull(r.more ->> 'qp', 0) AS cpu_period_us,
	b.cpu_period_us + ifnull(r.more ->> 'qp', 0) - ifnull(r.more ->> 'qp-', 0)
		AS cpu_period_us_min,
	b.cpu_period_us + ifnull(r.more ->> 'qp', 0) + ifnull(r.more ->> 'qp+', 0)
		AS cpu_period_us_max,
	b.pids_limit + ifnull(r.more ->> 'pl', 0) AS pids_limit,
	b.pids_limit + ifnull(r.more ->> 'pl', 0) - ifnull(r.more ->> 'pl-', 0)
		AS pids_limit_min,
	b.pids_limit + ifnull(r.more ->> 'pl', 0) + ifnull(r.more ->> 'pl+', 0)
		AS pids_limit_max,
	iif(b.known >> 30 & 1, ifnull(r.more ->> 'ph', 0), NULL) AS pids_max_hits,
	iif(b.known >> 31 & 1, ifnull(r.more ->> 'c', 0), NULL) AS psi_cpu_some_us,
	iif(b.known >> 32 & 1, ifnull(r.more ->> 'cf', 0), NULL) AS psi_cpu_full_us,
	iif(b.known >> 33 & 1, ifnull(r.more ->> 'y', 0), NULL) AS psi_mem_some_us,
	iif(b.known >> 34 & 1, ifnull(r.more ->> 'yf', 0), NULL) AS psi_mem_full_us,
	iif(b.known >> 35 & 1, ifnull(r.more ->> 'i', 0), NULL) AS psi_io_some_us,
	iif(b.known >> 36 & 1, ifnull(r.more ->> 'if', 0), NULL) AS psi_io_full_us,
	iif(b.known >> 37 & 1, ifnull(r.more ->> 'rx', 0), NULL) AS net_rx_bytes,
	iif(b.known >> 38 & 1, ifnull(r.more ->> 'rp', 0), NULL) AS net_rx_packets,
	iif(b.known >> 39 & 1, ifnull(r.more ->> 'rd', 0), NULL) AS net_rx_drops,
	iif(b.known >> 40 & 1, ifnull(r.more ->> 're', 0), NULL) AS net_rx_errors,
	iif(b.known >> 41 & 1, ifnull(r.more ->> 'tx', 0), NULL) AS net_tx_bytes,
	iif(b.known >> 42 & 1, ifnull(r.more ->> 'tp', 0), NULL) AS net_tx_packets,
	iif(b.known >> 43 & 1, ifnull(r.more ->> 'td', 0), NULL) AS net_tx_drops,
	iif(b.known >> 44 & 1, ifnull(r.more ->> 'te', 0), NULL) AS net_tx_errors
FROM	sample_1h_row AS r
LEFT JOIN sample_1h_base AS b ON b.tick = r.tick - r.base_age AND b.container = r.container;

-- Dashboards read the views. They are searched by `time`, and in its order.
CREATE INDEX stop_time ON stop (stopped_ns / 1e9);
CREATE INDEX event_time ON event (ts_ns / 1e9);
CREATE INDEX gap_time ON gap (coalesce(from_ns, to_ns) / 1e9);

CREATE VIEW v_machine AS
-- The machine, one row a tick, by time.
--   time        unix seconds
--   *_pct       percent of one CPU; psi_: percent of the time in which some, or
--               all, tasks waited for it
--   load*       load averages; walk_us microseconds of the kernel's walk
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
	CAST(load1_milli / 1000.0 AS REAL) AS load1,
	CAST(load5_milli / 1000.0 AS REAL) AS load5,
	CAST(load15_milli / 1000.0 AS REAL) AS load15,
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

CREATE VIEW v_machine_1m AS
-- The machine, one row a minute, by time.
--   time        unix seconds, when the minute began
--   *_pct       percent of one CPU; psi_: percent of the time in which some, or
--               all, tasks waited for it
--   *_bytes     averages; _min, _max the lowest and highest of a tick, of CPU too
--   load*       load averages;
--   span_s      seconds that it covers; ticks how many
SELECT	ts_ns / 1e9 AS time,
	ticks,
	CAST(span_us / 1e6 AS REAL) AS span_s,
	cpus,
	CAST((cpu_user_us + cpu_nice_us + cpu_system_us + cpu_irq_us
	      + cpu_softirq_us + cpu_steal_us) * 100.0 / span_us AS REAL) AS cpu_pct,
	CAST(cpu_min / 1e4 AS REAL) AS cpu_pct_min,
	CAST(cpu_max / 1e4 AS REAL) AS cpu_pct_max,
	CAST((cpu_user_us + cpu_nice_us) * 100.0 / span_us AS REAL) AS cpu_user_pct,
	CAST((cpu_system_us + cpu_irq_us + cpu_softirq_us) * 100.0 / span_us AS REAL)
		AS cpu_system_pct,
	CAST(cpu_iowait_us * 100.0 / span_us AS REAL) AS cpu_iowait_pct,
	CAST(cpu_steal_us * 100.0 / span_us AS REAL) AS cpu_steal_pct,
	mem_total_bytes,
	mem_total_bytes - mem_available_bytes AS mem_used_bytes,
	mem_available_bytes,
	mem_available_bytes_min,
	mem_available_bytes_max,
	swap_total_bytes - swap_free_bytes AS swap_used_bytes,
	CAST(load1_milli / 1000.0 AS REAL) AS load1,
	CAST(load5_milli / 1000.0 AS REAL) AS load5,
	CAST(load15_milli / 1000.0 AS REAL) AS load15,
	CAST(load1_milli_max / 1000.0 AS REAL) AS load1_max,
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
FROM	tick_1m;

CREATE VIEW v_machine_1h AS
-- The machine, one row an hour, by time.
--   time        unix seconds, when the hour began
--   *_pct       percent of one CPU; psi_: percent of the time in which some, or
--               all, tasks waited for it
--   *_bytes     averages; _min, _max the lowest and highest of a tick, of CPU too
--   load*       load averages;
--   span_s      seconds that it covers; ticks how many
SELECT	ts_ns / 1e9 AS time,
	ticks,
	CAST(span_us / 1e6 AS REAL) AS span_s,
	cpus,
	CAST((cpu_user_us + cpu_nice_us + cpu_system_us + cpu_irq_us
	      + cpu_softirq_us + cpu_steal_us) * 100.0 / span_us AS REAL) AS cpu_pct,
	CAST(cpu_min / 1e4 AS REAL) AS cpu_pct_min,
	CAST(cpu_max / 1e4 AS REAL) AS cpu_pct_max,
	CAST((cpu_user_us + cpu_nice_us) * 100.0 / span_us AS REAL) AS cpu_user_pct,
	CAST((cpu_system_us + cpu_irq_us + cpu_softirq_us) * 100.0 / span_us AS REAL)
		AS cpu_system_pct,
	CAST(cpu_iowait_us * 100.0 / span_us AS REAL) AS cpu_iowait_pct,
	CAST(cpu_steal_us * 100.0 / span_us AS REAL) AS cpu_steal_pct,
	mem_total_bytes,
	mem_total_bytes - mem_available_bytes AS mem_used_bytes,
	mem_available_bytes,
	mem_available_bytes_min,
	mem_available_bytes_max,
	swap_total_bytes - swap_free_bytes AS swap_used_bytes,
	CAST(load1_milli / 1000.0 AS REAL) AS load1,
	CAST(load5_milli / 1000.0 AS REAL) AS load5,
	CAST(load15_milli / 1000.0 AS REAL) AS load15,
	CAST(load1_milli_max / 1000.0 AS REAL) AS load1_max,
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
FROM	tick_1h;

CREATE VIEW v_container AS
-- Containers, one row a tick and container, by time.
--   time        unix seconds
--   container   name, or the key where no engine tells one
--   cpu_pct     percent of one CPU, as cpu_limit_pct, what the quota allows
--   mem_pct     percent of the limit; throttled_pct and psi_*_pct of the time
--   *_bps       bytes a second; *_iops operations, *_pps packets a second
--   oom_kills, net_drops, net_errors   how many in that time
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
	CAST(s.cpu_throttled_us * 100.0 / t.span_us AS REAL) AS throttled_pct,
	CAST(s.cpu_quota_us * 100.0 / s.cpu_period_us AS REAL) AS cpu_limit_pct,
	s.pids_limit,
	CAST(s.net_rx_bytes * 1e6 / t.span_us AS REAL) AS net_rx_bps,
	CAST(s.net_tx_bytes * 1e6 / t.span_us AS REAL) AS net_tx_bps,
	CAST(s.net_rx_packets * 1e6 / t.span_us AS REAL) AS net_rx_pps,
	CAST(s.net_tx_packets * 1e6 / t.span_us AS REAL) AS net_tx_pps,
	s.net_rx_drops + s.net_tx_drops AS net_drops,
	s.net_rx_errors + s.net_tx_errors AS net_errors,
	CAST(s.psi_cpu_some_us * 100.0 / t.span_us AS REAL) AS psi_cpu_some_pct,
	CAST(s.psi_mem_some_us * 100.0 / t.span_us AS REAL) AS psi_mem_some_pct,
	CAST(s.psi_mem_full_us * 100.0 / t.span_us AS REAL) AS psi_mem_full_pct,
	CAST(s.psi_io_some_us * 100.0 / t.span_us AS REAL) AS psi_io_some_pct,
	CAST(s.psi_io_full_us * 100.0 / t.span_us AS REAL) AS psi_io_full_pct
FROM	tick AS t
JOIN	sample AS s ON s.id BETWEEN t.id << 32 AND (t.id << 32) + 4294967295
JOIN	container AS c ON c.id = s.container;

CREATE VIEW v_container_1m AS
-- Containers, one row a minute and container, by time.
--   time        unix seconds, when the minute began
--   container   name, or the key where no engine tells one
--   cpu_pct     percent of one CPU, as cpu_limit_pct, what the quota allows
--   mem_pct     percent of the limit; throttled_pct and psi_*_pct of the time
--   *_bps       bytes a second; *_iops operations, *_pps packets a second
--   oom_kills, net_drops, net_errors   how many in that time
--   *_bytes, pids   averages; _min, _max the lowest and highest of a tick, of CPU
--               too; span_s seconds that it covers, ticks how many
SELECT	t.ts_ns / 1e9 AS time,
	coalesce(c.name, c.key) AS container,
	c.image,
	s.ticks,
	CAST(s.span_us / 1e6 AS REAL) AS span_s,
	CAST(s.cpu_usage_us * 100.0 / s.span_us AS REAL) AS cpu_pct,
	CAST(s.cpu_min / 1e4 AS REAL) AS cpu_pct_min,
	CAST(s.cpu_max / 1e4 AS REAL) AS cpu_pct_max,
	s.mem_bytes,
	s.mem_bytes_min,
	s.mem_bytes_max,
	s.mem_limit_bytes,
	CAST(s.mem_bytes * 100.0 / s.mem_limit_bytes AS REAL) AS mem_pct,
	s.swap_bytes,
	CAST(s.io_read_bytes * 1e6 / s.span_us AS REAL) AS io_read_bps,
	CAST(s.io_write_bytes * 1e6 / s.span_us AS REAL) AS io_write_bps,
	CAST(s.io_read_ops * 1e6 / s.span_us AS REAL) AS io_read_iops,
	CAST(s.io_write_ops * 1e6 / s.span_us AS REAL) AS io_write_iops,
	s.pids,
	s.pids_min,
	s.pids_max,
	s.oom_kills,
	s.mem_working_set_bytes,
	s.mem_working_set_bytes_min,
	s.mem_working_set_bytes_max,
	s.mem_anon_bytes,
	s.mem_file_bytes,
	s.swap_limit_bytes,
	CAST(s.cpu_throttled_us * 100.0 / s.span_us AS REAL) AS throttled_pct,
	CAST(s.cpu_quota_us * 100.0 / s.cpu_period_us AS REAL) AS cpu_limit_pct,
	s.pids_limit,
	CAST(s.net_rx_bytes * 1e6 / s.span_us AS REAL) AS net_rx_bps,
	CAST(s.net_tx_bytes * 1e6 / s.span_us AS REAL) AS net_tx_bps,
	CAST(s.net_rx_packets * 1e6 / s.span_us AS REAL) AS net_rx_pps,
	CAST(s.net_tx_packets * 1e6 / s.span_us AS REAL) AS net_tx_pps,
	s.net_rx_drops + s.net_tx_drops AS net_drops,
	s.net_rx_errors + s.net_tx_errors AS net_errors,
	CAST(s.psi_cpu_some_us * 100.0 / s.span_us AS REAL) AS psi_cpu_some_pct,
	CAST(s.psi_mem_some_us * 100.0 / s.span_us AS REAL) AS psi_mem_some_pct,
	CAST(s.psi_mem_full_us * 100.0 / s.span_us AS REAL) AS psi_mem_full_pct,
	CAST(s.psi_io_some_us * 100.0 / s.span_us AS REAL) AS psi_io_some_pct,
	CAST(s.psi_io_full_us * 100.0 / s.span_us AS REAL) AS psi_io_full_pct
FROM	tick_1m AS t
JOIN	sample_1m AS s ON s.tick = t.id
JOIN	container AS c ON c.id = s.container;

CREATE VIEW v_container_1h AS
-- Containers, one row an hour and container, by time.
--   time        unix seconds, when the hour began
--   container   name, or the key where no engine tells one
--   cpu_pct     percent of one CPU, as cpu_limit_pct, what the quota allows
--   mem_pct     percent of the limit; throttled_pct and psi_*_pct of the time
--   *_bps       bytes a second; *_iops operations, *_pps packets a second
--   oom_kills, net_drops, net_errors   how many in that time
--   *_bytes, pids   averages; _min, _max the lowest and highest of a tick, of CPU
--               too; span_s seconds that it covers, ticks how many
SELECT	t.ts_ns / 1e9 AS time,
	coalesce(c.name, c.key) AS container,
	c.image,
	s.ticks,
	CAST(s.span_us / 1e6 AS REAL) AS span_s,
	CAST(s.cpu_usage_us * 100.0 / s.span_us AS REAL) AS cpu_pct,
	CAST(s.cpu_min / 1e4 AS REAL) AS cpu_pct_min,
	CAST(s.cpu_max / 1e4 AS REAL) AS cpu_pct_max,
	s.mem_bytes,
	s.mem_bytes_min,
	s.mem_bytes_max,
	s.mem_limit_bytes,
	CAST(s.mem_bytes * 100.0 / s.mem_limit_bytes AS REAL) AS mem_pct,
	s.swap_bytes,
	CAST(s.io_read_bytes * 1e6 / s.span_us AS REAL) AS io_read_bps,
	CAST(s.io_write_bytes * 1e6 / s.span_us AS REAL) AS io_write_bps,
	CAST(s.io_read_ops * 1e6 / s.span_us AS REAL) AS io_read_iops,
	CAST(s.io_write_ops * 1e6 / s.span_us AS REAL) AS io_write_iops,
	s.pids,
	s.pids_min,
	s.pids_max,
	s.oom_kills,
	s.mem_working_set_bytes,
	s.mem_working_set_bytes_min,
	s.mem_working_set_bytes_max,
	s.mem_anon_bytes,
	s.mem_file_bytes,
	s.swap_limit_bytes,
	CAST(s.cpu_throttled_us * 100.0 / s.span_us AS REAL) AS throttled_pct,
	CAST(s.cpu_quota_us * 100.0 / s.cpu_period_us AS REAL) AS cpu_limit_pct,
	s.pids_limit,
	CAST(s.net_rx_bytes * 1e6 / s.span_us AS REAL) AS net_rx_bps,
	CAST(s.net_tx_bytes * 1e6 / s.span_us AS REAL) AS net_tx_bps,
	CAST(s.net_rx_packets * 1e6 / s.span_us AS REAL) AS net_rx_pps,
	CAST(s.net_tx_packets * 1e6 / s.span_us AS REAL) AS net_tx_pps,
	s.net_rx_drops + s.net_tx_drops AS net_drops,
	s.net_rx_errors + s.net_tx_errors AS net_errors,
	CAST(s.psi_cpu_some_us * 100.0 / s.span_us AS REAL) AS psi_cpu_some_pct,
	CAST(s.psi_mem_some_us * 100.0 / s.span_us AS REAL) AS psi_mem_some_pct,
	CAST(s.psi_mem_full_us * 100.0 / s.span_us AS REAL) AS psi_mem_full_pct,
	CAST(s.psi_io_some_us * 100.0 / s.span_us AS REAL) AS psi_io_some_pct,
	CAST(s.psi_io_full_us * 100.0 / s.span_us AS REAL) AS psi_io_full_pct
FROM	tick_1h AS t
JOIN	sample_1h AS s ON s.tick = t.id
JOIN	container AS c ON c.id = s.container;

CREATE VIEW v_stop AS
-- Stops of containers, one row a stop, by time.
--   time, started   unix seconds; duration_s seconds
--   reason      policy, oom, signal or exit; rule the policy's
--   cpu_seconds seconds of CPU over its life; *_bytes totals, or the highest
--   killer_*    who sent the last signal from outside; oom_* what was killed for
--               lack of memory
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

CREATE VIEW v_event AS
-- Lifecycle events, one row an event, by time.
--   time        unix seconds; sender_time too
--   type        start, stop, oom, ... as the kernel module tells them
--   exec_delay_s    seconds from the first process to the first program
--   count, limit_value  of limits that were met: how often, and bytes or processes
--   comm        of the process that it speaks of; sender_comm of who sent a signal
SELECT	e.ts_ns / 1e9 AS time,
	e.type,
	coalesce(c.name, c.key) AS container,
	c.image,
	CAST(e.exec_delay_us / 1e6 AS REAL) AS exec_delay_s,
	e.exit_code,
	e.exit_signal,
	e.sender_signal,
	CAST(e.sender_ns / 1e9 AS REAL) AS sender_time,
	e.count,
	e.limit_value,
	p.comm,
	k.comm AS sender_comm,
	k.parent_comm AS sender_parent_comm
FROM	event AS e
LEFT JOIN container AS c ON c.id = e.container
LEFT JOIN event_process AS p ON p.session = e.session AND p.seq = e.seq AND p.role = 'subject'
LEFT JOIN event_process AS k ON k.session = e.session AND k.seq = e.seq AND k.role = 'sender';

CREATE VIEW v_gap AS
-- What is missing, one row a gap, by time.
--   time        unix seconds, the last that is there before it, or the first
--               behind it; NULL where neither is known
--   until       unix seconds, the first that is there behind it
--   kind        tick or event; count how many of them; reason why
SELECT	coalesce(from_ns, to_ns) / 1e9 AS time,
	CAST(to_ns / 1e9 AS REAL) AS until,
	kind,
	first,
	count,
	reason
FROM	gap;
