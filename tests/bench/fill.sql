-- The rows of fill.sh, which puts numbers for :containers, :raw, :days and :end.
-- Figures come of `mix`, so that they differ and are the same in each run.

CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
INSERT INTO n WITH RECURSIVE r (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r
	WHERE i < max(:raw, :days * 1440, :containers)) SELECT i FROM r;

-- mix: busy ones 2, those that wake up now and then 1, idle ones 0.
CREATE TEMP TABLE c (i INTEGER PRIMARY KEY, mix INTEGER);
INSERT INTO c SELECT i, CASE WHEN i % 10 = 0 THEN 2 WHEN i % 10 > 7 THEN 1 ELSE 0 END
	FROM n WHERE i <= :containers;

-- Ids such as engines draw them, of container i.
CREATE TEMP TABLE id (i INTEGER PRIMARY KEY, hex TEXT);
INSERT INTO id SELECT i, printf('%08x%08x%08x%08x%08x%08x%08x%08x', i * 2654435761 & 4294967295,
	i * 2246822519 & 4294967295, i * 3266489917 & 4294967295, i * 668265263 & 4294967295,
	i * 374761393 & 4294967295, i * 3144134277 & 4294967295, i * 1103515245 & 4294967295,
	i * 1664525 & 4294967295)
	FROM (SELECT i FROM n WHERE i <= :containers UNION SELECT :containers + i FROM n WHERE i <= :days * 1440);

INSERT INTO boot (id, uuid) VALUES (1, '4f1e6a52-5e0b-4c40-9d53-0d3c0a1f7b11');
INSERT INTO session (id, boot, instance, opened_ns, last_tick, last_seq) VALUES
	(1, 1, 1, (:end - :days * 86400) * 1000000000, :raw, :days * 2880);

INSERT INTO tick (id, session, number, ts_ns, boottime_ns, span_us, interval_us, walk_us,
	containers, cpus, cpu_user_us, cpu_nice_us, cpu_system_us, cpu_idle_us, cpu_iowait_us,
	cpu_irq_us, cpu_softirq_us, cpu_steal_us, mem_total_bytes, mem_free_bytes,
	mem_available_bytes, mem_cached_bytes, mem_buffers_bytes, swap_total_bytes,
	swap_free_bytes, load1_milli, load5_milli, load15_milli, mem_anon_bytes,
	psi_cpu_some_us, psi_mem_some_us, psi_io_some_us)
SELECT	i, 1, i, (:end - :raw + i) * 1000000000, i * 1000000000, iif(i = 1, NULL, 1000000),
	1000000, 180 + i % 40, :containers, 4, 900000 + i * 7919 % 300000, 0,
	200000 + i * 104729 % 90000, 2500000, i * 31 % 20000, 0, 5000, 0, 16 << 30,
	4 << 30, (9 << 30) - i * 7919 % 1000 * 4096, 3 << 30, 1 << 28, 2 << 30, 2 << 30,
	1200 + i % 900, 1300, 1250, 6 << 30, i * 13 % 30000, 0, i * 17 % 9000
FROM	n WHERE i <= :raw;
INSERT INTO cpu (tick, number, user_us, nice_us, system_us, idle_us, iowait_us, irq_us,
	softirq_us, steal_us)
SELECT	n.i, k.i - 1, 225000 + n.i * 7919 % 75000, 0, 50000, 625000, 0, 0, 1250, 0
FROM	n CROSS JOIN n AS k WHERE n.i <= :raw AND k.i <= 4;

INSERT INTO container (id, boot, cgroup_id, key, path, runtime, name, image, command,
	labels, first_seen_ns, started_ns, stopped_ns)
SELECT	i, 1, 1000 + i, hex, '/system.slice/docker-' || hex || '.scope', 'docker',
	printf('%s-%03d', CASE mix WHEN 2 THEN 'web' WHEN 1 THEN 'worker' ELSE 'idle' END, i),
	'registry.example/app:' || (i % 7), 'app --listen :8080', '{}',
	(:end - :days * 86400) * 1000000000, (:end - :days * 86400) * 1000000000, NULL
FROM	c JOIN id USING (i);
-- Those of a minute each come behind them.
INSERT INTO container (id, boot, cgroup_id, key, path, runtime, name, image, command,
	labels, first_seen_ns, started_ns, stopped_ns)
SELECT	id.i, 1, 100000 + id.i, hex, '/system.slice/docker-' || hex || '.scope', 'docker',
	printf('job-%06d', m.i), 'registry.example/job:1', 'job --once', '{}',
	t, t, t + 30000000000
FROM	(SELECT i, (:end - :days * 86400 + (i - 1) * 60 + 5) * 1000000000 AS t
	FROM n WHERE i <= :days * 1440) AS m
JOIN	id ON id.i = :containers + m.i;

-- All counters are known; a base is as old as bases get.
INSERT INTO sample_base (tick, container, known, mem_bytes, mem_limit_bytes, mem_peak_bytes,
	swap_bytes, pids, mem_working_set_bytes, mem_anon_bytes, mem_file_bytes, cpu_quota_us,
	cpu_period_us, pids_limit)
SELECT	n.i, c.i, (1 << 45) - 1, (20 + c.i) << 20, iif(mix, 512 << 20, NULL), (60 + c.i) << 20,
	0, 2 + c.i % 9, (18 + c.i) << 20, (12 + c.i) << 20, 6 << 20, iif(mix, 150000, NULL),
	iif(mix, 100000, NULL), iif(mix, 512, NULL)
FROM	n CROSS JOIN c WHERE n.i <= :raw AND n.i % 4096 = 1;
INSERT INTO sample_row (id, base_age, cpu_usage_us, cpu_user_us, cpu_system_us, more)
SELECT	i << 32 | j, (i - 1) % 4096, cpu, cpu * 3 / 4, cpu / 4, CASE
	WHEN mix = 2 THEN printf('{"m":%d,"w":%d,"a":%d,"rb":%d,"wb":%d,"ro":%d,"wo":%d,"rx":%d,"tx":%d,"rp":%d,"tp":%d,"c":%d}',
		cpu * 9, cpu * 8, cpu * 7, cpu * 3, cpu * 5, cpu / 900, cpu / 700,
		cpu * 2, cpu * 6, cpu / 99, cpu / 80, cpu / 20)
	WHEN mix = 1 AND i % 5 = 0 THEN printf('{"rx":%d,"tx":%d,"rp":3,"tp":2}', cpu, cpu * 2)
	END
FROM	(SELECT n.i, c.i AS j, mix, CASE mix WHEN 2 THEN 90000 + (n.i * 7919 + c.i * 104729) % 60000
		WHEN 1 THEN (n.i * 31 + c.i) % 900 ELSE 0 END AS cpu
	FROM n CROSS JOIN c WHERE n.i <= :raw);

INSERT INTO tick_1m (id, ts_ns, first, last, ticks, span_us, cpu_min, cpu_max, cpus, cpu_user_us,
	cpu_nice_us, cpu_system_us, cpu_idle_us, cpu_iowait_us, cpu_irq_us, cpu_softirq_us,
	cpu_steal_us, mem_total_bytes, mem_available_bytes, mem_available_bytes_min,
	mem_available_bytes_max, swap_total_bytes, swap_free_bytes, load1_milli, load5_milli,
	load15_milli, psi_cpu_some_us, psi_mem_some_us, psi_io_some_us)
SELECT	i, (:end - :days * 86400 + (i - 1) * 60) * 1000000000,
	max(0, (i - 1) * 60 + 1 - (:days * 86400 - :raw)), max(0, i * 60 - (:days * 86400 - :raw)),
	60, 60000000, 900000, 1900000, 4, 60000000 + i * 7919 % 9000000, 0, 12000000, 160000000,
	i * 31 % 900000, 0, 300000, 0, 16 << 30, (9 << 30) - i % 1000 * 65536,
	(8 << 30), (10 << 30), 2 << 30, 2 << 30, 1200 + i % 900, 1300, 1250,
	i * 13 % 900000, 0, i * 17 % 90000
FROM	n WHERE i <= :days * 1440;
INSERT INTO sample_1m_base (tick, container, known, mem_bytes, mem_limit_bytes, mem_peak_bytes,
	swap_bytes, pids, mem_working_set_bytes, mem_anon_bytes, mem_file_bytes, cpu_quota_us,
	cpu_period_us, pids_limit)
SELECT	n.i, c.i, (1 << 45) - 1, (20 + c.i) << 20, iif(mix, 512 << 20, NULL), (60 + c.i) << 20,
	0, 2 + c.i % 9, (18 + c.i) << 20, (12 + c.i) << 20, 6 << 20, iif(mix, 150000, NULL),
	iif(mix, 100000, NULL), iif(mix, 512, NULL)
FROM	n CROSS JOIN c WHERE n.i <= :days * 1440 AND n.i % 4096 = 1;
INSERT INTO sample_1m_row (tick, container, base_age, ticks, span_us, cpu_min, cpu_max,
	cpu_usage_us, cpu_user_us, cpu_system_us, more)
SELECT	i, j, (i - 1) % 4096, 60, 60000000, cpu / 90, cpu / 40, cpu, cpu * 3 / 4, cpu / 4, CASE
	WHEN mix = 2 THEN printf('{"m":%d,"m-":%d,"m+":%d,"w":%d,"a":%d,"rb":%d,"wb":%d,"ro":%d,"wo":%d,"rx":%d,"tx":%d,"rp":%d,"tp":%d,"c":%d}',
		cpu / 9, cpu / 20, cpu / 19, cpu / 10, cpu / 8, cpu * 3, cpu * 5, cpu / 900, cpu / 700,
		cpu * 2, cpu * 6, cpu / 99, cpu / 80, cpu / 20)
	WHEN mix = 1 THEN printf('{"rx":%d,"tx":%d,"rp":36,"tp":24}', cpu, cpu * 2)
	END
FROM	(SELECT n.i, c.i AS j, mix, CASE mix WHEN 2 THEN 6000000 + (n.i * 7919 + c.i * 104729) % 2000000
		WHEN 1 THEN (n.i * 31 + c.i) % 54000 ELSE 0 END AS cpu
	FROM n CROSS JOIN c WHERE n.i <= :days * 1440);

INSERT INTO tick_1h (id, ts_ns, first, last, ticks, span_us, cpu_min, cpu_max, cpus, cpu_user_us,
	cpu_nice_us, cpu_system_us, cpu_idle_us, cpu_iowait_us, cpu_irq_us, cpu_softirq_us,
	cpu_steal_us, mem_total_bytes, mem_available_bytes, mem_available_bytes_min,
	mem_available_bytes_max, swap_total_bytes, swap_free_bytes, load1_milli)
SELECT	i, (:end - :days * 86400 + (i - 1) * 3600) * 1000000000, (i - 1) * 60 + 1, i * 60,
	3600, 3600000000, 900000, 1900000, 4, 3600000000, 0, 720000000, 9600000000, 0, 0, 0, 0,
	16 << 30, 9 << 30, 8 << 30, 10 << 30, 2 << 30, 2 << 30, 1200 + i % 900
FROM	n WHERE i <= :days * 24;
INSERT INTO sample_1h_base (tick, container, known, mem_bytes, mem_limit_bytes, mem_peak_bytes,
	swap_bytes, pids, mem_working_set_bytes, mem_anon_bytes, mem_file_bytes)
SELECT	1, i, (1 << 45) - 1, (20 + i) << 20, iif(mix, 512 << 20, NULL), (60 + i) << 20,
	0, 2 + i % 9, (18 + i) << 20, (12 + i) << 20, 6 << 20
FROM	c;
INSERT INTO sample_1h_row (tick, container, base_age, ticks, span_us, cpu_min, cpu_max,
	cpu_usage_us, cpu_user_us, cpu_system_us, more)
SELECT	n.i, c.i, n.i - 1, 3600, 3600000000, 0, 150000, mix * 180000000, mix * 120000000,
	mix * 60000000, iif(mix, '{"m":4096,"m-":4096,"m+":8192,"rx":720000,"tx":1440000}', NULL)
FROM	n CROSS JOIN c WHERE n.i <= :days * 24;

INSERT INTO event (session, seq, ts_ns, boottime_ns, type, container, exec_delay_us, exit_code,
	exit_signal, sender_signal, sender_ns)
SELECT	1, seq, iif(seq % 2, c.started_ns, c.stopped_ns), seq, iif(seq % 2, 'start', 'stop'), c.id,
	iif(seq % 2, 12000, NULL), iif(seq % 4, NULL, 0), iif(seq % 4 = 2, 9, NULL),
	iif(seq % 4 = 2, 9, NULL), iif(seq % 4 = 2, c.stopped_ns, NULL)
FROM	(SELECT i * 2 - k.column1 AS seq, :containers + i AS life FROM n
	CROSS JOIN (VALUES (1), (0)) AS k WHERE i <= :days * 1440) AS e
JOIN	container AS c ON c.id = e.life;
INSERT INTO event_process (session, seq, role, pid, uid, comm, argv, argv_bytes, parent_comm)
SELECT	1, seq, iif(seq % 2, 'subject', 'sender'), seq, 0, iif(seq % 2, 'job', 'runc'),
	iif(seq % 2, x'6a6f62002d2d6f6e636500', NULL), iif(seq % 2, 11, NULL), 'containerd-shim'
FROM	event WHERE seq % 4;
INSERT INTO action (id, rule, container, verb, dry_run, decided_ns, requested_ns, answered_ns,
	confirmed_ns, http_status, state, attempt)
SELECT	i, 'old-jobs', c.id, 'stop', 0, c.stopped_ns - 2000000000, c.stopped_ns - 1990000000,
	c.stopped_ns, c.stopped_ns, 204, 'confirmed', 1
FROM	n JOIN container AS c ON c.id = :containers + i * 10 WHERE i <= :days * 144;
INSERT INTO stop (id, container, session, seq, stopped_ns, reason, exit_code, signal, action,
	final_cpu_us, final_mem_peak_bytes, final_io_read_bytes, final_io_write_bytes)
SELECT	i, c.id, 1, i * 2, c.stopped_ns,
	CASE WHEN i % 10 = 0 THEN 'policy' WHEN i % 97 = 1 THEN 'oom' WHEN i % 2 THEN 'signal' ELSE 'exit' END,
	iif(i % 2, 137, 0), iif(i % 2, 9, NULL), iif(i % 10 = 0, i / 10, NULL),
	i * 7919 % 20000000, 32 << 20, 0, 4096
FROM	n JOIN container AS c ON c.id = :containers + i WHERE i <= :days * 1440;
INSERT INTO alarm (id, ts_ns, action, rule, container, reason, detail)
SELECT	i, (:end - :days * 86400 + i * 3600) * 1000000000, i, 'old-jobs', NULL, 'refused', '500: no'
FROM	n WHERE i <= :days * 24;
INSERT INTO gap (id, session, kind, first, count, from_ns, to_ns, reason)
SELECT	i, 1, iif(i % 2, 'tick', 'event'), i, 3, t, t + 3000000000, 'overrun'
FROM	(SELECT i, (:end - :days * 86400 + i * 7200) * 1000000000 AS t FROM n WHERE i <= :days * 12);
INSERT INTO status (key, value) VALUES ('pid', 0), ('version', '0.1.0'),
	('started_ns', (:end - :days * 86400) * 1000000000), ('heartbeat_ns', :end * 1000000000),
	('stopped_ns', NULL), ('size_limit_bytes', 2147483648), ('wal_bytes', 0);
