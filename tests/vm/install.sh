#!/bin/bash
# Guest side of install.t: install.sh VERSION MIGRATIONS.
# shellcheck disable=SC2317,SC2086 # functions run by name; paths without spaces
version=$1
migrations=$2
files=/mnt/host/packages
unit=sysmon-collectord.service
db=/var/lib/sysmon/sysmon.db
n=0
failed=0

ok() { # NAME COMMAND...
	local name=$1
	shift
	n=$((n + 1))
	if "$@" >/tmp/log 2>&1; then
		echo "ok $n - $name"
	else
		failed=1
		echo "not ok $n - $name"
		{ cat /tmp/log && journalctl -q --no-pager -n 15 -u $unit; } | sed 's/^/# /'
	fi
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.5
	done
}

not() { ! "$@"; }
status() { sysmonctl status --json | jq -r ".$1"; }
both_are_new() { test "$(status daemon.version) $(status module.version)" = "$version $version"; }
pid() { systemctl show -P MainPID $unit; }
active() { systemctl is-active -q $unit; }

# A system as it was before the harness put this tree's build into it.
forget_build() {
	local file
	rmmod sysmon
	while read -r file; do rm -f "$file" "/usr$file"; done <$files/installed
	rm -rf /etc/sysmon /var/lib/sysmon
	find /lib/modules/ -name 'sysmon.ko*' -delete
	userdel sysmon
	systemctl daemon-reload
	not command -v sysmonctl
}

# As DKMS does it.
put_module() {
	install -Dm644 $files/sysmon.ko "/lib/modules/$(uname -r)/updates/dkms/sysmon.ko" && depmod
}

# A database as version 0.1.0 leaves it: an hour ago, a container ran for a minute and was killed.
record_old_database() {
	{
		echo 'PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA application_id = 0x5359534d; PRAGMA user_version = 1;'
		cat $files/0001_*.sql
		cat <<-'END'
			CREATE TEMP TABLE base AS SELECT (unixepoch() - 3600) * 1000000000 AS ns;
			INSERT INTO boot VALUES (1, '11111111-1111-4111-8111-111111111111');
			INSERT INTO session SELECT 1, 1, 5000000000, ns, 60, 1 FROM base;
			INSERT INTO container (id, boot, cgroup_id, key, path, runtime, name, image, command, first_seen_ns, started_ns, stopped_ns)
			SELECT 1, 1, 900, '0ld0000000000000000000000000000000000000000000000000000000000001',
				'/system.slice/docker-old.scope', 'docker', 'old-web', 'nginx:1', 'nginx', ns, ns, ns + 60000000000 FROM base;
			INSERT INTO tick (id, session, number, ts_ns, boottime_ns, span_us, interval_us, walk_us, containers, cpus)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
			SELECT i, 1, i, ns + i * 1000000000, 6000000000 + i * 1000000000, 1000000, 1000000, 200, 1, 2 FROM n, base;
			INSERT INTO sample (tick, container, cpu_usage_us, mem_bytes, pids)
			SELECT id, 1, 250000, 7340032, 3 FROM tick;
			INSERT INTO event (session, seq, ts_ns, boottime_ns, type, container, exit_signal)
			SELECT 1, 1, ns + 60000000000, 66000000000, 'stop', 1, 9 FROM base;
			INSERT INTO stop (id, container, session, seq, stopped_ns, reason, signal)
			SELECT 1, 1, 1, 1, ns + 60000000000, 'signal', 9 FROM base;
		END
	} | sqlite3 -bail $db
	chown sysmon:sysmon $db* && chmod 640 $db*
}

old_samples() {
	sysmonctl history old-web --since -2h --step raw --json |
		jq -e '[.points[] | select(.mem_bytes == 7340032 and .cpu_pct == 25 and .pids == 3)] | length == 60'
}
old_stop() { sysmonctl stopped --since -2h --json | jq -e '.stopped[] | select(.name == "old-web" and .signal == 9)'; }

# Every process and thread of the service, and what it may do.
all_run_as_sysmon() {
	local task tasks
	tasks=$(cat "/sys/fs/cgroup/system.slice/$unit/cgroup.threads")
	[ -n "$tasks" ] || return
	for task in $tasks; do
		[ "$(stat -c %U "/proc/$task")" = sysmon ] || { grep -E 'Name|Uid' "/proc/$task/status" && return 1; }
		grep -qE '^CapEff:\s+0000000000001000$' "/proc/$task/status" || { grep Cap "/proc/$task/status" && return 1; }
	done
}
files_are_sysmons() { not grep . <(find /var/lib/sysmon ! -user sysmon -o ! -group sysmon -o -perm /007); }

exposure() {
	local level
	level=$(systemd-analyze security --no-pager $unit | tee /dev/stderr | sed -nE 's/.*Overall exposure level .*: ([0-9.]+) .*/\1/p')
	[ -n "$level" ] && jq -ne "$level <= 2.0"
}

let_it_use_docker() {
	install -Dm644 /usr/share/sysmon/docker-group.conf /etc/systemd/system/$unit.d/docker-group.conf
	systemctl daemon-reload && systemctl restart $unit
}
names_container() { sysmonctl containers --json | jq -e '.containers[] | select(.name == "one" and .runtime == "docker")'; }
member_reads() { usermod -aG sysmon tester && su tester -c 'sysmonctl top --once --json' | jq -e '.system.cpus > 0'; }
new_samples() { sysmonctl history --system --since -10s --step raw --json | jq -e '.points | length > 0'; }
upgraded_while_running() {
	local before
	before=$(pid)
	dpkg -i $files/new.deb && active && [ "$(pid)" != "$before" ]
}

# The second boot finds how far the first one came.
phase=/usr/lib/sysmon-vm/phase
boot_again() {
	printf 'n=%s failed=%s boot=%s\n' "$n" "$failed" "$(cat /proc/sys/kernel/random/boot_id)" >$phase
	sync
	touch /run/sysmon-vm-reboot
	systemctl reboot
	sleep 600
	exit 1
}
boot= # of the first one
another_boot() { [ "$(cat /proc/sys/kernel/random/boot_id)" != "$boot" ]; }

removed() { dpkg -r sysmon && not active && [ ! -e /usr/sbin/sysmon-collectord ] && [ -s $db ] && [ -e /etc/sysmon/sysmon.conf ]; }
purged() {
	dpkg -P sysmon && rm -rf "/lib/modules/$(uname -r)/updates/dkms"
	find / -xdev -name '*sysmon*' ! -path '/proc/*' ! -path '/sys/*' ! -path '/mnt/*' ! -path '/tmp/*' ! -name 'sysmon-vm*' \
		! -path '/usr/share/ynl/*' ! -path '/var/lib/systemd/*' ! -path '/usr/lib/sysmon-vm/*' ! -path '/usr/share/sysmon-vm/*' | tee /tmp/left
	[ ! -s /tmp/left ]
}

before_boot() {
	ok 'nothing of sysmon is installed' forget_build
	ok 'the module is there, as DKMS puts it' put_module
	ok 'dpkg installs an older version' dpkg -i $files/old.deb
	ok 'which does not start by itself' not active
	ok 'its data folder is closed to others' test "$(stat -c '%U:%G %a' /var/lib/sysmon)" = 'sysmon:sysmon 750'
	ok 'it left a database of schema 1' record_old_database
	ok 'dpkg upgrades it' dpkg -i $files/new.deb
	ok 'systemctl enable --now sysmon-collectord' systemctl enable --now sysmon-collectord
	ok 'it runs, and is enabled' sh -c "systemctl is-active $unit && systemctl is-enabled $unit"
	ok 'with the module, which came with it' grep -q ^sysmon /proc/modules
	ok 'that DKMS built' test "$(modinfo -F filename sysmon)" = "/lib/modules/$(uname -r)/updates/dkms/sysmon.ko"
	ok 'in the version of the package' wait_for 30 both_are_new
	ok 'the database has the newest schema' test "$(sqlite3 $db 'PRAGMA user_version')" = "$migrations"
	ok 'and its old samples' old_samples
	ok 'and its old stop' old_stop
	ok 'and new samples' wait_for 30 new_samples
	ok 'all of it runs as user sysmon, with CAP_NET_ADMIN alone' all_run_as_sysmon
	ok 'all files are its own' files_are_sysmons
	ok 'systemd-analyze security says at most 2.0' exposure
	ok 'a member of group sysmon may read' member_reads
	ok 'Docker runs a container' sh -c 'vm-images docker && docker run -d --name one containerstack/alpine-stress sleep 1000'
	ok 'with docker-group.conf the daemon starts' let_it_use_docker
	ok 'and knows its name' wait_for 60 names_container
	ok 'still as user sysmon' all_run_as_sysmon
	ok 'an upgrade restarts what runs' upgraded_while_running
	ok 'which goes on' wait_for 30 new_samples
}

after_boot() {
	ok 'the machine has booted again' another_boot
	ok 'the daemon comes back by itself' wait_for 120 active
	ok 'with the module that DKMS built' test "$(modinfo -F filename sysmon)" = "/lib/modules/$(uname -r)/updates/dkms/sysmon.ko"
	ok 'which modules-load.d had loaded' systemctl is-active systemd-modules-load.service
	ok 'it takes samples' wait_for 30 new_samples
	ok 'and still has the old ones' old_samples
	ok 'and the old stop' old_stop
	ok 'as user sysmon, with CAP_NET_ADMIN alone' all_run_as_sysmon
	ok 'dpkg removes it, but data and configuration' removed
	ok 'purging leaves nothing behind' purged
}

if [ -e $phase ]; then
	# shellcheck source=/dev/null
	. $phase
	after_boot
else
	before_boot
	boot_again
fi
echo "1..$n"
exit $failed
