#!/bin/bash
# Runs fuzz targets, one after the other, and says what came of it:
#   run.sh hunt SECONDS TARGET...  new inputs, for so long each; the corpora are where it begins
#   run.sh merge TARGET...         adds to the corpora what hunts found that reaches code that they do not
# An input that breaks something is kept in build/fuzz/found.
# shellcheck source=lib.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"
work=$here/../../build/fuzz

renice -n 10 $$ >/dev/null

# The last "#X ... cov: E ft: F corp: N/SIZE" of a log, as "E F N X".
figures() {
	sed -nE 's/^#([0-9]+).* cov: ([0-9]+) ft: ([0-9]+) corp: ([0-9]+)\/.*/\2 \3 \4 \1/p' "$1" | tail -1
}

hunt_one() {
	local seconds=$1 target=$2 name log status=0 edges features inputs executions cpu
	name=$(name_of "$target")
	log=$work/log/$name
	mkdir -p "$work"/{log,found,corpus/"$name"}
	TIMEFORMAT='%U %S'
	{ time run_target "$target" -max_total_time="$seconds" -artifact_prefix="$work/found/$name-" \
		"$work/corpus/$name" "$here/corpus/$name" >"$log" 2>&1; } 2>"$log.time" || status=$?
	read -r edges features inputs executions < <(figures "$log") || status=1 # it ran no input
	cpu=$(awk 'END { printf "%.0f", $1 + $2 }' "$log.time")
	printf '%-12s %11s %6s %9s %7s %6s  %s\n' "$name" "${executions:-?}" "${edges:-?}" \
		"${features:-?}" "${inputs:-?}" "$cpu" \
		"$([ $status = 0 ] && echo nothing || echo "BROKE: see $log")"
	return $status
}

hunt() {
	local seconds=$1 target failed=0
	shift
	printf '%-12s %11s %6s %9s %7s %6s  %s\n' target executions edges features inputs "cpu s" found
	for target; do
		hunt_one "$seconds" "$target" || failed=1
	done
	return $failed
}

# By edges alone: by how often each is passed, the corpora would be many times as large.
merge() {
	local target name
	for target; do
		name=$(name_of "$target")
		mkdir -p "$here/corpus/$name" "$work/corpus/$name"
		run_target "$target" -use_counters=0 -merge=1 "$here/corpus/$name" "$work/corpus/$name" 2>&1 |
			sed -n "s/^MERGE-OUTER: \([0-9]* new files\).*/$name: \1/p"
	done
}

[ $# -ge 2 ] || { sed -n '2,5s/^# //p' "$0" >&2 && exit 2; }
"$@"
