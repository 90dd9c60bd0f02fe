-- A small record for the tests of sysmonctl; the schema is in sql/. It ends at
-- 2025-01-15 12:00:09 UTC (unix 1736942409), one tick a second.

INSERT INTO boot (id, uuid) VALUES
	(1, '11111111-1111-4111-8111-111111111111'),
	(2, '22222222-2222-4222-8222-222222222222');

INSERT INTO session (id, boot, instance, opened_ns, last_tick, last_seq) VALUES
	(1, 1, 5000000000, 1736850000000000000, 0, 2),
	(2, 2, 7000000000, 1736942399000000000, 10, 21);

-- Ticks 1 to 10 at 12:00:00 to 12:00:09; over which time the first one counts
-- is unknown.
INSERT INTO tick (id, session, number, ts_ns, boottime_ns, span_us,
	interval_us, walk_us, containers, cpus, cpu_user_us, cpu_nice_us,
	cpu_system_us, cpu_idle_us, cpu_iowait_us, cpu_irq_us, cpu_softirq_us,
	cpu_steal_us, mem_total_bytes, mem_free_bytes, mem_available_bytes,
	mem_cached_bytes, mem_buffers_bytes, swap_total_bytes, swap_free_bytes,
	load1_milli, load5_milli, load15_milli)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
SELECT	i, 2, i, 1736942399000000000 + i * 1000000000, 7000000000 + i * 1000000000,
	iif(i = 1, NULL, 1000000), 1000000, 250, 6, 4,
	iif(i = 1, NULL, 1000000 + i * 10000), iif(i = 1, NULL, 0),
	iif(i = 1, NULL, 500000), iif(i = 1, NULL, 2300000),
	iif(i = 1, NULL, 30000), iif(i = 1, NULL, 2000),
	iif(i = 1, NULL, 8000), iif(i = 1, NULL, 0),
	4294967296, 1073741824, 2147483648 + i * 1048576, 536870912, 67108864,
	1073741824, 1073741824 - i * 1048576, 420 + i, 300, 200
FROM	n;

-- The ticks of two minutes and an hour before have been removed.
INSERT INTO tick_1m (id, ts_ns, first, last, ticks, span_us, cpu_min, cpu_max,
	cpu_user_us, cpu_nice_us, cpu_system_us, cpu_iowait_us, cpu_irq_us,
	cpu_softirq_us, cpu_steal_us, mem_total_bytes, mem_available_bytes,
	swap_total_bytes, swap_free_bytes, load1_milli) VALUES
	(1, 1736942280000000000, -120, -61, 60, 60000000, 200000, 900000, 12000000,
	 0, 6000000, 600000, 0, 0, 0, 4294967296, 2147483648, 1073741824, 1073741824, 500),
	(2, 1736942340000000000, -60, 0, 60, 60000000, 300000, 800000, 24000000,
	 0, 6000000, 1200000, 0, 0, 0, 4294967296, 1073741824, 1073741824, 536870912, 1500);
INSERT INTO tick_1h (id, ts_ns, first, last, ticks, span_us, cpu_user_us,
	cpu_nice_us, cpu_system_us, cpu_irq_us, cpu_softirq_us, cpu_steal_us) VALUES
	(1, 1736935200000000000, -60, 0, 3600, 3600000000, 360000000, 0, 0, 0, 0, 0);

INSERT INTO container (id, boot, cgroup_id, key, path, runtime, parent, name,
	image, command, labels, first_seen_ns, started_ns, stopped_ns) VALUES
	-- From the boot before: nobody saw it end.
	(1, 1, 900, 'aaaa000000000000000000000000000000000000000000000000000000000001',
	 '/system.slice/docker-aaaa000000000000000000000000000000000000000000000000000000000001.scope',
	 'docker', NULL, 'web', 'nginx:1.25', 'nginx -g daemon off;', '{}',
	 1736850000000000000, 1736850000000000000, NULL),
	-- Its replacement of the same name, running.
	(2, 2, 1000, 'bbbb000000000000000000000000000000000000000000000000000000000002',
	 '/system.slice/docker-bbbb000000000000000000000000000000000000000000000000000000000002.scope',
	 'docker', NULL, 'web', 'nginx:1.27', 'nginx -g daemon off;', '{}',
	 1736942399500000000, 1736942399500000000, NULL),
	(3, 2, 1001, 'bbcc000000000000000000000000000000000000000000000000000000000003',
	 '/machine.slice/libpod-bbcc000000000000000000000000000000000000000000000000000000000003.scope',
	 'podman', NULL, 'db', 'postgres:16', 'postgres -c fsync=on', '{}',
	 1736942400000000000, NULL, NULL),
	-- A container in the one before.
	(4, 2, 1002, 'cccc000000000000000000000000000000000000000000000000000000000004',
	 '/machine.slice/libpod-bbcc000000000000000000000000000000000000000000000000000000000003.scope/cccc000000000000000000000000000000000000000000000000000000000004',
	 NULL, 3, NULL, NULL, NULL, NULL, 1736942400000000000, 1736942400250000000, NULL),
	-- A name and a command that mean harm: escapes, a newline, a quote, a
	-- carriage return, C1, a turn of direction, invalid UTF-8.
	(5, 2, 1003, 'dddd000000000000000000000000000000000000000000000000000000000005',
	 '/system.slice/docker-dddd000000000000000000000000000000000000000000000000000000000005.scope',
	 'docker', NULL,
	 CAST(x'1b5d303b6f776e656407' || x'6576696c' || x'0a' || x'22712c22' || x'0d' || x'c29b' || x'e280ae' || x'fffe' AS TEXT),
	 '=cmd|'' /C calc''!A0', CAST(x'1b5b324a' || 'rm -rf' || x'09' || x'7f' || x'c3' AS TEXT), '{}',
	 1736942400000000000, 1736942400500000000, NULL),
	(6, 2, 1004, 'eeee000000000000000000000000000000000000000000000000000000000006',
	 '/system.slice/docker-eeee000000000000000000000000000000000000000000000000000000000006.scope',
	 'docker', NULL, '日本語コンテナ', 'registry.example/team/a-rather-long-image-name:2025.01.15',
	 'sleep infinity', '{}', 1736942400000000000, 1736942400500000000, NULL),
	(7, 2, 1005, 'machine-guest.scope', '/machine.slice/machine-guest.scope',
	 'match', NULL, NULL, NULL, NULL, NULL, 1736942400000000000, NULL, NULL),
	-- Stopped ones: by the policy, by a signal, by the OOM killer, and by
	-- itself after a life too short for a sample.
	(8, 2, 1006, 'f808000000000000000000000000000000000000000000000000000000000008',
	 '/system.slice/docker-f808000000000000000000000000000000000000000000000000000000000008.scope',
	 'docker', NULL, 'stress_2', 'alpine-stress', 'stress --cpu 1', '{}',
	 1736942401000000000, 1736942401000000000, 1736942405500000000),
	(9, 2, 1007, 'f919000000000000000000000000000000000000000000000000000000000009',
	 '/system.slice/docker-f919000000000000000000000000000000000000000000000000000000000009.scope',
	 'docker', NULL, 'stress_3', 'alpine-stress', 'stress --vm 2', '{}',
	 1736942401000000000, 1736942401000000000, 1736942406000000000),
	(10, 2, 1008, 'fa2a00000000000000000000000000000000000000000000000000000000000a',
	 '/system.slice/docker-fa2a00000000000000000000000000000000000000000000000000000000000a.scope',
	 'docker', NULL, 'leaky', 'alpine-stress', 'stress --vm 8', '{}',
	 1736942401000000000, 1736942401000000000, 1736942407000000000),
	(11, 2, 1009, 'fb3b00000000000000000000000000000000000000000000000000000000000b',
	 '/system.slice/docker-fb3b00000000000000000000000000000000000000000000000000000000000b.scope',
	 'docker', NULL, 'brief', 'alpine-stress', 'true', '{}',
	 1736942408000000000, 1736942408000000000, 1736942408200000000);

-- Samples are written whole, and put where they belong at the end.
CREATE TEMP TABLE whole AS SELECT * FROM sample;

-- web: a CPU time of i * 10 ms in tick i.
INSERT INTO whole (tick, container, cpu_usage_us, cpu_user_us, cpu_system_us,
	mem_bytes, mem_limit_bytes, mem_peak_bytes, swap_bytes, oom_kills,
	io_read_bytes, io_write_bytes, io_read_ops, io_write_ops, pids)
SELECT	id, 2, iif(id = 1, NULL, id * 10000), iif(id = 1, NULL, id * 8000),
	iif(id = 1, NULL, id * 2000), 52428800 + id * 1048576, NULL,
	73400320, 0, iif(id = 1, NULL, 0), iif(id = 1, NULL, 4096),
	iif(id = 1, NULL, 8192), iif(id = 1, NULL, 1), iif(id = 1, NULL, 2), 5
FROM	tick;
-- db: with a limit; a counter went backwards in tick 5.
INSERT INTO whole (tick, container, cpu_usage_us, cpu_user_us, cpu_system_us,
	mem_bytes, mem_limit_bytes, mem_peak_bytes, swap_bytes, oom_kills,
	io_read_bytes, io_write_bytes, io_read_ops, io_write_ops, pids)
SELECT	id, 3, iif(id IN (1, 5), NULL, 1250000), iif(id IN (1, 5), NULL, 1000000),
	iif(id IN (1, 5), NULL, 250000), 201326592, 268435456, 260046848, 1048576,
	iif(id = 1, NULL, id = 7), iif(id = 1, NULL, 1048576),
	iif(id = 1, NULL, 2097152), iif(id = 1, NULL, 16), iif(id = 1, NULL, 32), 12
FROM	tick;
INSERT INTO whole (tick, container, cpu_usage_us, mem_bytes, pids)
SELECT	id, 4, 1000, 1048576, 1 FROM tick WHERE id >= 2;
INSERT INTO whole (tick, container, cpu_usage_us, mem_bytes, pids)
SELECT	id, 5, 20000, 2097152, 1 FROM tick WHERE id >= 2;
INSERT INTO whole (tick, container, cpu_usage_us, mem_bytes, pids)
SELECT	id, 6, 0, 524288, 1 FROM tick WHERE id >= 2;
-- Of machine-guest.scope nothing is known but that it is there.
INSERT INTO whole (tick, container) SELECT id, 7 FROM tick WHERE id >= 2;
INSERT INTO whole (tick, container, cpu_usage_us, mem_bytes, pids)
SELECT	id, 8, 200000, 1572864, 2 FROM tick WHERE id BETWEEN 3 AND 6;

-- The figures that came later, of web alone.
UPDATE whole SET mem_working_set_bytes = mem_bytes - 4194304,
	mem_anon_bytes = 41943040, mem_file_bytes = 8388608,
	mem_events_high = iif(tick = 1, NULL, 2), cpu_periods = iif(tick = 1, NULL, 10),
	cpu_throttled_periods = iif(tick = 1, NULL, 1),
	cpu_throttled_us = iif(tick = 1, NULL, 25000), cpu_quota_us = 150000,
	cpu_period_us = 100000, pids_limit = 100,
	psi_cpu_some_us = iif(tick = 1, NULL, 30000),
	psi_mem_some_us = iif(tick = 1, NULL, 0),
	psi_io_some_us = iif(tick = 1, NULL, 12500),
	net_rx_bytes = iif(tick = 1, NULL, 1000 * tick),
	net_tx_bytes = iif(tick = 1, NULL, 2000 * tick),
	net_rx_packets = iif(tick = 1, NULL, 10), net_rx_drops = iif(tick = 1, NULL, 1)
	WHERE container = 2;
INSERT INTO sample SELECT * FROM whole;
DROP TABLE whole;

UPDATE tick SET mem_anon_bytes = 805306368, mem_dirty_bytes = 1048576,
	mem_slab_reclaimable_bytes = 104857600, mem_slab_unreclaimable_bytes = 52428800,
	psi_cpu_some_us = iif(id = 1, NULL, 40000);

INSERT INTO event (session, seq, ts_ns, boottime_ns, type, container) VALUES
	(1, 1, 1736850000000000000, 5000000000, 'start', 1),
	(2, 1, 1736942399500000000, 7500000000, 'start', 2),
	(2, 2, 1736942400250000000, 8250000000, 'start', 4),
	(2, 3, 1736942400500000000, 8500000000, 'start', 5),
	(2, 4, 1736942400500000000, 8500000000, 'start', 6),
	(2, 7, 1736942401000000000, 9000000000, 'start', 10),
	(2, 8, 1736942405500000000, 13500000000, 'stop', 8),
	(2, 9, 1736942406000000000, 14000000000, 'stop', 9),
	(2, 10, 1736942407000000000, 15000000000, 'stop', 10),
	(2, 11, 1736942408000000000, 16000000000, 'start', 11),
	(2, 12, 1736942408200000000, 16200000000, 'stop', 11);

-- Who and why. The argv of web is three arguments; that of the hostile one
-- (dddd) was cut and holds an escape, its comm a newline.
UPDATE event SET exec_delay_us = 12500 WHERE session = 2 AND seq = 1;
UPDATE event SET exit_signal = 9, sender_signal = 9,
	sender_ns = 1736942405490000000 WHERE session = 2 AND seq = 8;
UPDATE event SET exit_code = 143, sender_signal = 15,
	sender_ns = 1736942405900000000 WHERE session = 2 AND seq = 9;
UPDATE event SET exit_signal = 9 WHERE session = 2 AND seq = 10;
UPDATE event SET exit_code = 3 WHERE session = 2 AND seq = 12;
INSERT INTO event (session, seq, ts_ns, boottime_ns, type, container, count,
	limit_value) VALUES
	(2, 13, 1736942408300000000, 16300000000, 'removed', 11, NULL, NULL),
	(2, 14, 1736942408400000000, 16400000000, 'oom', 3, NULL, 268435456),
	(2, 15, 1736942408410000000, 16410000000, 'memory-high', 3, 12, 134217728),
	(2, 16, 1736942408420000000, 16420000000, 'memory-max', 3, 1, 268435456),
	(2, 17, 1736942408430000000, 16430000000, 'pids-max', 2, 2, 100),
	(2, 18, 1736942408440000000, 16440000000, 'throttled', 2, 5, 150000000),
	(2, 19, 1736942408450000000, 16450000000, 'freeze', 2, NULL, NULL),
	(2, 20, 1736942408460000000, 16460000000, 'thaw', 2, NULL, NULL),
	(2, 21, 1736942408470000000, 16470000000, '77', 2, NULL, NULL);
INSERT INTO event_process (session, seq, role, pid, uid, comm, argv, argv_bytes,
	parent_comm, cgroup, container, rss_bytes) VALUES
	(2, 1, 'subject', 812, 0, 'nginx', x'6e67696e78002d67006461656d6f6e206f66663b00', 20,
	 'containerd-shim', NULL, 2, NULL),
	(2, 3, 'subject', 813, 1000, CAST(x'0a1b5d30' AS TEXT), x'1b5b324a0072ff', 5000,
	 'runc', NULL, 5, NULL),
	(2, 4, 'subject', 814, NULL, 'sleep', NULL, NULL, NULL, NULL, 6, NULL),
	(2, 8, 'sender', 900, 0, 'runc', NULL, NULL, 'containerd-shim',
	 '/system.slice/containerd.service', NULL, NULL),
	(2, 9, 'sender', 901, 1000, 'kill', NULL, NULL, 'sh',
	 '/machine.slice/libpod-bbcc.scope', 3, NULL),
	(2, 14, 'subject', 820, 999, 'postgres', NULL, NULL, NULL, NULL, 3, 63963136);

INSERT INTO gap (session, kind, first, count, from_ns, to_ns, reason) VALUES
	(2, 'event', 5, 2, 1736942400500000000, 1736942401000000000, 'overrun'),
	(2, 'tick', 11, 3, NULL, NULL, 'incomplete');

INSERT INTO action (id, rule, container, group_key, verb, dry_run, decided_ns,
	requested_ns, answered_ns, confirmed_ns, http_status, error) VALUES
	(1, 'stress-one-each', 8, '--cpu', 'stop', 0, 1736942404000000000,
	 1736942404010000000, 1736942405510000000, 1736942405500000000, 204, NULL),
	-- Refused twice, then given up; one that waits for its engine, one
	-- that is only said, a command, and one on the hostile container.
	(2, 'busy', 3, NULL, 'pause', 0, 1736942404000000000,
	 1736942404010000000, 1736942404020000000, NULL, 500, '500: no'),
	(3, 'busy', 3, NULL, 'pause', 0, 1736942406000000000,
	 1736942406010000000, 1736942406020000000, NULL, 500, '500: no'),
	(4, 'idle', 6, NULL, 'kill', 0, 1736942407000000000,
	 NULL, NULL, NULL, NULL, 'the engine is not connected'),
	(5, 'careful', 2, NULL, 'stop', 1, 1736942407000000000,
	 NULL, NULL, NULL, NULL, NULL),
	(6, 'tell', 2, NULL, 'exec', 0, 1736942407000000000,
	 1736942407010000000, 1736942407500000000, 1736942407500000000, NULL, NULL),
	(7, 'loud', 5, CAST(x'1b5b32' AS TEXT), 'restart', 0, 1736942408000000000,
	 1736942408010000000, 1736942408100000000, NULL, 204, NULL);
UPDATE action SET attempt = iif(requested_ns IS NULL, NULL, iif(id = 3, 2, 1)),
	state = CASE id WHEN 1 THEN 'confirmed' WHEN 2 THEN 'refused'
		WHEN 3 THEN 'given-up' WHEN 4 THEN 'waiting' WHEN 5 THEN 'dry-run'
		WHEN 6 THEN 'confirmed' ELSE 'unconfirmed' END,
	exit_code = iif(id = 6, 0, NULL);
INSERT INTO alarm (id, ts_ns, action, rule, container, reason, detail) VALUES
	(1, 1736942404020000000, 2, 'busy', 3, 'refused', '500: no'),
	(2, 1736942406020000000, 3, 'busy', 3, 'refused', '500: no'),
	(3, 1736942406020000001, 3, 'busy', 3, 'given-up', '500: no'),
	(4, 1736942408150000000, 7, 'loud', 5, 'unconfirmed', 'the kernel has not confirmed it');

INSERT INTO stop (container, session, seq, stopped_ns, reason, exit_code,
	signal, action, final_cpu_us, final_mem_peak_bytes,
	final_io_read_bytes, final_io_write_bytes, final_net_rx_bytes,
	final_net_tx_bytes) VALUES
	(8, 2, 8, 1736942405500000000, 'policy', 137, 9, 1, 900000, 2097152, 0, 4096, 1024, 2048),
	(9, 2, 9, 1736942406000000000, 'signal', 143, 15, NULL, 1234567, 134217728, 0, 0, NULL, NULL),
	(10, 2, 10, 1736942407000000000, 'oom', 137, 9, NULL, 5000000, 67108864, NULL, NULL, 0, 0),
	(11, 2, 12, 1736942408200000000, 'exit', 3, NULL, NULL, 1500, 524288, 0, 0, NULL, NULL);
UPDATE stop SET killer_signal = 9, killer_ns = 1736942405490000000,
	killer_pid = 900, killer_uid = 0, killer_comm = 'runc',
	killer_parent_comm = 'containerd-shim',
	killer_cgroup = '/system.slice/containerd.service' WHERE container = 8;
-- A sender in a container, whose name is there to be shown.
UPDATE stop SET killer_signal = 15, killer_ns = 1736942405900000000,
	killer_pid = 901, killer_uid = 1000,
	killer_comm = CAST(x'6b1b5b6d' AS TEXT), killer_parent_comm = 'sh',
	killer_cgroup = '/machine.slice/libpod-bbcc.scope',
	killer_container = 3 WHERE container = 9;
UPDATE stop SET oom_pid = 812, oom_comm = 'stress', oom_rss_bytes = 63963136,
	oom_limit_bytes = 67108864 WHERE container = 10;

INSERT INTO job (name, kind, command, every_s, runs, failures, skipped,
	started_ns, ended_ns, exit_code, signal, error) VALUES
	('spawn', 'schedule', '/usr/lib/sysmon/spawn.sh', 40, 3, 1, 1,
	 1736942400000000000, 1736942401500000000, 1, NULL, 'exited with 1'),
	('compose', 'startup', 'docker compose up -d', NULL, 1, 0, 0,
	 1736942399000000000, 1736942399900000000, 0, NULL, NULL);

INSERT INTO status (key, value) VALUES
	('pid', 0),
	('version', '0.1.0'),
	('started_ns', 1736942399000000000),
	('heartbeat_ns', 1736942409500000000),
	('stopped_ns', NULL),
	('ticks_stored', 10),
	('samples_stored', 60),
	('events_stored', 11),
	('gap_ticks', 3),
	('gap_events', 2),
	('overruns', 1),
	('commit_ns_last', 1500000),
	('commit_ns_max', 9000000),
	('db_bytes', 147456),
	('db_free_bytes', 4096),
	('size_limit_bytes', 1073741824),
	('rows_removed', 7320),
	('size_cut', 'raw'),
	('wal_bytes', 0),
	('wal_max_bytes', 1140703232),
	('policy_requests', 5),
	('policy_alarms', 4),
	('policy_capped', 0),
	('policy_waiting', 1),
	('policy_open', 0),
	('policy_given_up', 1),
	('module_state', 'running'),
	('module_version', '0.1.0'),
	('module_interval_ns', 1000000000),
	('module_dropped', 0),
	('engines', '[{"name":"docker","socket":"/run/docker.sock","state":"connected","auto":true,"api":"1.41","error":null,"connects":1,"events":11,"malformed":0,"since_ns":1736942399500000000},{"name":"podman","socket":"/run/podman/podman.sock","state":"unavailable","auto":true,"api":null,"error":"Permission denied","connects":0,"events":0,"malformed":0,"since_ns":1736942399500000000}]');
