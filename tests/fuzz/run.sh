#!/bin/bash
# Runs fuzz targets, one after the other, and says what came of it:
#   run.sh hunt SECONDS TARGET...  new inputs, for so long each; the corpora are where it begins
#   run.sh merge TARGET...         adds to the corpora what hunts found that reaches code that they do not
# An input that breaks something is kept in build/fuzz/found.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

# The last "cov: N ft: M corp: K/SIZE exec/s: X" of a log, as "edges features inputs executions".
figures() {
	sed -nE 's/^#([0-9]+).* cov: ([0-9]+) ft: ([0-9]+) corp: ([0-9]+)\/.*/\2 \3 \4 \1/p' "$1" | tail -1
}

# Each gets a second to end a last input that takes long.
hunt_one() {
	local seconds=$1 target=$2 name log status=0 edges features inputs executions cpu
	name=$(name_of "$target")
	log=$work/log/$name
	mkdir -p "$work"/{log,found,corpus/"$name"}
	TIMEFORMAT='%U %S'
	{ time nice "$target" $(options_of "$name") -max_total_time="$seconds" -print_final_stats=1 \
		-artifact_prefix="$work/found/$name-" "$work/corpus/$name" "$here/corpus/$name" >"$log" 2>&1; } \
		2>"$log.time" || status=$?
	read -r edges features inputs executions < <(figures "$log") || true
	cpu=$(tail -1 "$log.time" | awk '{ printf "%.0f", $1 + $2 }')
	printf '%-18s %11s %7s %9s %7s %6s  %s\n' "$name" "${executions:-?}" "${edges:-?}" "${features:-?}" "${inputs:-?}" \
		"$cpu" "$([ $status = 0 ] && echo nothing || echo "BROKE: $log")"
	return $status
}

hunt() {
	local seconds=$1 target failed=0
	shift
	printf '%-18s %11s %7s %9s %7s %6s  %s\n' target executions edges features inputs "cpu s" found
	for target; do
		hunt_one "$seconds" "$target" || failed=1
	done
	return $failed
}

# By edges alone: by how often each is passed, the corpora would be ten times as large.
merge() {
	local target name
	for target; do
		name=$(name_of "$target")
		mkdir -p "$here/corpus/$name" "$work/corpus/$name"
		"$target" $(options_of "$name") -use_counters=0 -merge=1 "$here/corpus/$name" "$work/corpus/$name" 2>&1 |
			grep -E 'MERGE-OUTER: [0-9]+ new files' || { echo "merge of $name failed" >&2 && return 1; }
	done
}

[ $# -ge 2 ] || { sed -n '2,5s/^# //p' "$0" >&2 && exit 2; }
"$@"
