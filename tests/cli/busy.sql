-- A machine at work, for the screens of `top`: 8 CPUs, five minutes of one tick a
-- second up to 2025-01-15 12:00:00 UTC (unix 1736942400), and containers in
-- containers. The schema is in sql/. Every figure follows from the tick's number.

INSERT INTO boot (id, uuid) VALUES (1, '33333333-3333-4333-8333-333333333333');
INSERT INTO session (id, boot, instance, opened_ns, last_tick, last_seq)
	VALUES (1, 1, 5000000000, 1736942000000000000, 300, 40);

CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 300)
INSERT INTO n SELECT i FROM c;

-- Two waves from about 0 to 1000, a fast one and a slow one, a little uneven.
CREATE TEMP TABLE wave AS
SELECT	i, abs((i + 8) % 40 - 20) * 42 + i * 7919 % 151 AS fast,
	abs((i + 40) % 150 - 75) * 12 + i * 6271 % 97 AS slow
FROM	n;

INSERT INTO tick (id, session, number, ts_ns, boottime_ns, span_us, interval_us,
	walk_us, containers, cpus, cpu_user_us, cpu_nice_us, cpu_system_us,
	cpu_idle_us, cpu_iowait_us, cpu_irq_us, cpu_softirq_us, cpu_steal_us,
	mem_total_bytes, mem_free_bytes, mem_available_bytes, mem_cached_bytes,
	mem_buffers_bytes, swap_total_bytes, swap_free_bytes, load1_milli,
	load5_milli, load15_milli, psi_cpu_some_us, psi_mem_some_us,
	psi_mem_full_us, psi_io_some_us, psi_io_full_us)
SELECT	i, 1, i, 1736942100000000000 + i * 1000000000, i * 1000000000, 1000000,
	1000000, 250, 12, 8, 2600000 + fast * 900, 0, 640000 + slow * 200, 4000000,
	120000 + slow * 50, 4000, 21000, 0,
	33554432000, 4294967296, 12884901888 - slow * 2097152, 9663676416,
	268435456, 8589934592, 7516192768, 4120 + fast, 3870, 3410,
	31000 + slow * 20, 4000, 1500, 62000 + slow * 30, 21000
FROM	wave;

WITH c (k) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7))
INSERT INTO cpu (tick, number, user_us, nice_us, system_us, idle_us, iowait_us,
	irq_us, softirq_us, steal_us)
SELECT	i, k, (fast * (k * k + 3) * 160 + k * 90000) % 930000, 0, 40000, 0, 0, 500, 2500, 0
FROM	wave, c;

INSERT INTO container (id, boot, cgroup_id, key, path, runtime, parent, name,
	image, command, first_seen_ns, started_ns, stopped_ns)
WITH given (id, runtime, parent, name, image, command, age, ended) AS (VALUES
	(1, 'docker', NULL, 'web-1', 'nginx:1.27', 'nginx -g daemon off;', 273600, NULL),
	(2, 'docker', NULL, 'web-2', 'nginx:1.27', 'nginx -g daemon off;', 273590, NULL),
	(3, 'docker', NULL, 'db', 'postgres:16', 'postgres -c shared_buffers=2GB', 1036800, NULL),
	(4, 'docker', NULL, 'cache', 'redis:7', 'redis-server --save 60 1', 86400, NULL),
	(5, 'docker', NULL, 'queue', 'rabbitmq:3', 'rabbitmq-server', 86390, NULL),
	(6, 'podman', NULL, 'kind-worker', 'kindest/node:v1.30', '/usr/local/bin/entrypoint', 7300, NULL),
	(7, 'containerd', 6, 'coredns', 'coredns:1.11', '/coredns -conf /etc/Corefile', 7200, NULL),
	(8, 'containerd', 6, 'kube-proxy', 'kube-proxy:v1.30', 'kube-proxy --config=/var/lib', 7190, NULL),
	(9, 'containerd', 6, 'shop-api', 'shop/api:2025.1', 'java -Xmx512m -jar api.jar', 3700, NULL),
	(10, 'docker', NULL, '日本語コンテナ', 'example/多言語:1', 'sleep infinity', 600, NULL),
	(11, 'docker', NULL, CAST(x'1b5d303b6f776e656407' || 'evil' AS TEXT), 'alpine:3', CAST(x'1b5b324a' || 'rm -rf' AS TEXT), 590, NULL),
	(12, 'docker', NULL, 'backup', 'restic:0.17', 'restic backup /srv', 240, NULL),
	(13, 'docker', NULL, 'stress-1', 'alpine-stress', 'stress --vm 2', 200, 150),
	(14, 'docker', NULL, 'stress-2', 'alpine-stress', 'stress --cpu 1', 190, 100),
	(15, 'docker', NULL, 'migrate', 'shop/api:2025.1', 'java -jar migrate.jar', 120, 60))
SELECT	id, 1, 1000 + id, printf('%08x%056x', 2654435769 * id % 4294967296, id),
	iif(parent, '/machine.slice/libpod-6.scope/', '/system.slice/docker-')
		|| printf('%08x%056x', 2654435769 * id % 4294967296, id) || '.scope',
	runtime, parent, name, image, command,
	1736942400000000000 - age * 1000000000, 1736942400000000000 - age * 1000000000,
	iif(ended, 1736942400000000000 - ended * 1000000000, NULL)
FROM	given;

INSERT INTO sample (tick, container, cpu_usage_us, cpu_user_us, cpu_system_us,
	mem_bytes, mem_limit_bytes, mem_peak_bytes, swap_bytes, oom_kills,
	io_read_bytes, io_write_bytes, io_read_ops, io_write_ops, pids,
	mem_working_set_bytes, mem_anon_bytes, mem_file_bytes, mem_high_bytes,
	swap_limit_bytes, mem_events_high, mem_events_max, cpu_periods,
	cpu_throttled_periods, cpu_throttled_us, cpu_quota_us, cpu_period_us,
	pids_limit, pids_max_hits, psi_cpu_some_us, psi_cpu_full_us,
	psi_mem_some_us, psi_mem_full_us, psi_io_some_us, psi_io_full_us,
	net_rx_bytes, net_rx_packets, net_rx_drops, net_rx_errors, net_tx_bytes,
	net_tx_packets, net_tx_drops, net_tx_errors)
WITH load (id, cpu, mem, max, io, net) AS (VALUES
	(1, 420, 187, 512, 2, 800), (2, 390, 181, 512, 1, 760),
	(3, 900, 2310, 4096, 900, 500), (4, 130, 640, 1024, 3, 900),
	(5, 210, 410, 0, 12, 220), (6, 60, 330, 0, 5, 40), (7, 12, 28, 170, 0, 9),
	(8, 4, 22, 0, 0, 2), (9, 640, 498, 512, 6, 310), (10, 0, 1, 0, 0, 0),
	(11, 20, 3, 0, 0, 1), (12, 310, 96, 256, 2600, 700))
SELECT	i, id, cpu * (400 + fast), cpu * (300 + fast), cpu * 100,
	mem * 1048576 + slow * mem * 50, iif(max, max * 1048576, NULL),
	mem * 1150000, iif(id = 3, 33554432, 0), 0,
	io * slow * 40, io * fast * 90, io * slow / 300, io * fast / 200,
	3 + (id * 7) % 40, mem * 900000, mem * 700000, mem * 300000,
	iif(id = 9, 471859200, NULL), NULL, iif(id = 9, slow / 200, 0), 0,
	iif(id IN (1, 2, 9), 10, NULL), iif(id IN (1, 2, 9), fast / 150, NULL),
	iif(id IN (1, 2, 9), fast * 60, NULL), iif(id IN (1, 2, 9), 50000 + id * 10000, NULL),
	iif(id IN (1, 2, 9), 100000, NULL), iif(id = 9, 200, NULL), 0,
	cpu * 40, cpu * 10, iif(id = 9, slow * 30, 0), 0, io * 12 + slow * (io > 100), io * 3,
	iif(id = 6, NULL, net * fast), iif(id = 6, NULL, net * fast / 800),
	iif(id = 6, NULL, 0), iif(id = 6, NULL, 0), iif(id = 6, NULL, net * slow * 2),
	iif(id = 6, NULL, net * slow / 400), iif(id = 6, NULL, 0), iif(id = 6, NULL, 0)
FROM	wave, load
WHERE	id <> 12 OR i > 60;

-- Numbers that no machine is likely to have.
INSERT INTO io_device (tick, container, major, minor, read_bytes, write_bytes,
	read_ops, write_ops)
SELECT	i, 3, 4009, 0, 900 * slow * 30, 900 * fast * 80, 3 * slow, 4 * fast FROM wave
UNION ALL
SELECT	i, 3, 4009, 16, 900 * slow * 10, 900 * fast * 10, slow, fast / 2 FROM wave
UNION ALL
SELECT	i, 12, 4009, 16, 2600 * slow * 40, 2600 * fast * 90, 8 * slow, 9 * fast FROM wave;

INSERT INTO event (session, seq, ts_ns, boottime_ns, type, container, count, limit_value)
VALUES	(1, 1, 1736942000000000000, 1, 'start', 3, NULL, NULL),
	(1, 2, 1736942160000000000, 2, 'start', 12, NULL, NULL),
	(1, 3, 1736942200000000000, 3, 'start', 13, NULL, NULL),
	(1, 4, 1736942210000000000, 4, 'start', 14, NULL, NULL),
	(1, 5, 1736942250000000000, 5, 'oom', 13, NULL, 134217728),
	(1, 6, 1736942250100000000, 6, 'stop', 13, NULL, NULL),
	(1, 7, 1736942300000000000, 7, 'stop', 14, NULL, NULL),
	(1, 8, 1736942310000000000, 8, 'memory-high', 9, 12, 471859200),
	(1, 9, 1736942330000000000, 9, 'throttled', 9, 31, 140000000),
	(1, 10, 1736942340000000000, 10, 'stop', 15, NULL, NULL),
	(1, 11, 1736942390000000000, 11, 'memory-high', 9, 3, 471859200);
INSERT INTO event_process (session, seq, role, pid, uid, comm, argv, rss_bytes) VALUES
	(1, 1, 'subject', 4012, 999, 'postgres', x'706f73746772657300', NULL),
	(1, 2, 'subject', 5120, 0, 'restic', CAST('restic' || x'00' || 'backup' || x'00' || '/srv' || x'00' AS BLOB), NULL),
	(1, 5, 'subject', 5133, 0, 'stress', NULL, 130023424);
INSERT INTO action (id, rule, container, group_key, verb, dry_run, decided_ns,
	requested_ns, answered_ns, confirmed_ns, http_status, state, attempt)
VALUES	(1, 'stress-one-each', 14, '--cpu', 'stop', 0, 1736942299000000000,
	1736942299010000000, 1736942300010000000, 1736942300000000000, 204, 'confirmed', 1);
INSERT INTO stop (container, session, seq, stopped_ns, reason, exit_code, signal,
	action, final_cpu_us, final_mem_peak_bytes, killer_signal, killer_pid,
	killer_uid, killer_comm, killer_parent_comm, oom_pid, oom_comm,
	oom_rss_bytes, oom_limit_bytes)
VALUES	(13, 1, 6, 1736942250100000000, 'oom', 137, 9, NULL, 48200000, 134217728,
	 NULL, NULL, NULL, NULL, NULL, 5133, 'stress', 130023424, 134217728),
	(14, 1, 7, 1736942300000000000, 'policy', 137, 9, 1, 88700000, 1572864,
	 9, 900, 0, 'runc', 'containerd-shim', NULL, NULL, NULL, NULL),
	(15, 1, 10, 1736942340000000000, 'exit', 0, NULL, NULL, 21500000, 301989888,
	 NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO status (key, value) VALUES ('pid', 0), ('heartbeat_ns', 1736942400500000000);
