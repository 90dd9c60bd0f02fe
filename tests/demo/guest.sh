#!/bin/sh
# The demo inside the guest: seven containers of four kinds, three surplus.
# shellcheck source=tests/demo/steps.sh
. /mnt/host/demo/steps.sh

say() {
	printf '\n\033[1m== %s\033[0m\n' "$*"
}

show() {
	printf '\033[1m$ %s\033[0m\n' "$*"
	"$@"
}

say "Starting Docker, the kernel module and the collector"
start_services || exit

say "Starting seven stress containers: cpu, vm, io, hdd; and cpu, io, hdd again"
start_containers || exit
cat /run/first /run/second
wait_until 60 sampled 7
show sysmonctl top --once

say "Enabling the policy: it looks every 25 s and stops the surplus, the youngest of each kind"
enable_policy || exit
wait_until 90 confirmed 3 || {
	echo "demo: the policy did not stop three containers in 90 s" >&2
	journalctl -u sysmon-collectord --no-pager >&2
	exit 1
}
sleep 3

say "What runs now"
show sysmonctl top --once
say "What was stopped, by which rule"
show sysmonctl stopped
say "The history of one of them"
show sysmonctl history "$(head -n 1 /run/second)" --step 5s
say "Is all well?"
show sysmonctl status

systemctl stop sysmon-collectord
save_database /mnt/out/sysmon.db
