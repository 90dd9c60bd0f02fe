# shellcheck shell=sh
# The demo's steps in the guest, one function each; sourced by the demo and by
# the test that asserts on the same scenario.

# Docker with the image, the module, and the daemon without a policy.
start_services() {
	vm-images docker || return
	# The engine shares a few emulated processors with what it starts.
	systemctl set-property --runtime docker.service CPUWeight=5000
	systemctl set-property --runtime containerd.service CPUWeight=5000
	modprobe sysmon || return
	systemd-sysusers || return
	install -Dm644 /usr/share/sysmon/docker-group.conf \
		/etc/systemd/system/sysmon-collectord.service.d/docker-group.conf
	systemctl daemon-reload
	start_daemon
}

start_daemon() {
	systemctl restart sysmon-collectord || {
		journalctl -u sysmon-collectord --no-pager
		return 1
	}
}

# The shipped example: one stress container of each kind.
enable_policy() {
	install -Dm644 /usr/share/sysmon/examples/duplicate-stress.conf \
		/etc/sysmon/policy.d/10-duplicate-stress.conf
	start_daemon
}

# The four kinds, and three of them once more: the older of each stays.
start_containers() {
	/usr/share/sysmon/stress/spawn.sh cpu vm io hdd >/run/first &&
		/usr/share/sysmon/stress/spawn.sh cpu io hdd >/run/second
}

# wait_until SECONDS COMMAND...: until the command succeeds.
wait_until() {
	deadline=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
		sleep 0.5
	done
}

# confirmed N: the stop record has N stops by policy that the kernel confirmed.
confirmed() {
	[ "$(sysmonctl stopped --by policy --json 2>/dev/null | jq \
		'[.stopped[] | select(.policy.confirmed != null)] | length')" = "$1" ]
}

# sampled N: the newest sample has N containers, with their rates and names.
sampled() {
	[ "$(sysmonctl top --once --json 2>/dev/null | jq \
		'[.containers[] | select(.cpu_pct != null and .image != null)] | length')" = "$1" ]
}

# save_database FILE: a copy of all that is committed.
save_database() {
	sqlite3 /var/lib/sysmon/sysmon.db "VACUUM INTO '$1'"
}
