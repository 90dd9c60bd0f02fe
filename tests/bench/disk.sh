#!/bin/bash
# Bytes on disk for each container and sample.
#
#	disk.sh RECORD host|vm...
#
# host: an hour of a made-up host (tests/record) in sysmon's database, and in the blocks that Prometheus makes of what
# /metrics said each second, and each 15 seconds. vm: the same real containers in sysmon's database and in the logs of atop and
# of PCP, in a virtual machine.
set -eu
[ $# -ge 2 ] || { echo 'usage: disk.sh RECORD host|vm...' >&2; exit 2; }
record=$(realpath "$1")
shift
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

need() {
	command -v "$1" >/dev/null || { echo "disk.sh: install the package $2" >&2; exit 1; }
}

sysmon() { # DATABASE
	sqlite3 -readonly "$1" "
		SELECT format('%d samples of containers: %.1f bytes each; %.1f with ticks, minutes, hours and all the rest',
			n, own * 1.0 / n, whole * 1.0 / n) FROM
		(SELECT count(*) AS n FROM sample_row),
		(SELECT sum(pgsize) FILTER (WHERE name IN ('sample_row', 'sample_base')) AS own, sum(pgsize) AS whole FROM dbstat)"
}

host() {
	local every
	need promtool prometheus
	need sqlite3 sqlite3
	for every in 1 15; do
		rm -f "$dir"/*
		"$record" "$dir/host.db" 3600 "$every" >"$dir/metrics"
		[ "$every" -gt 1 ] || { echo "sysmon, an hour by the second:"; sysmon "$dir/host.db"; }
		printf '\nPrometheus, the hour by %s s:\n' "$every"
		tests/bench/scrape.py <"$dir/metrics"
		[ "$every" -gt 1 ] || { printf '\nThe same, with nothing happening:\n'; tests/bench/scrape.py --still <"$dir/metrics"; }
	done
}

vm() {
	tests/bench/peer-vm.sh 5400 disk
}

for part; do
	case $part in
	host | vm) "$part" ;;
	*) echo "disk.sh: no part $part" >&2; exit 2 ;;
	esac
done
