#!/bin/bash
# What each query of sysmonctl costs in CPU time, user and system, over a database
# of 100 containers and 30 days (fill.sh), as a table: the least of several runs,
# since what else runs on the machine only adds to it. Fails when one takes more
# than the limit.
#
#	query.sh SYSMONCTL DIR [RUNS]
set -eu
[ $# -ge 2 ] || { echo 'usage: query.sh SYSMONCTL DIR [RUNS]' >&2; exit 2; }
ctl=$1
dir=$2
runs=${3:-15}
limit_ms=${LIMIT_MS:-50}
end=1738281600
here=$(cd "$(dirname "$0")" && pwd)
db=$dir/query.db
export TZ=UTC LC_ALL=C.UTF-8
mkdir -p "$dir"
newer=$(find "$here"/fill.* "$here"/../../sql -newer "$db" 2>/dev/null || echo missing)
if [ -n "$newer" ]; then
	echo 'making the database' >&2
	"$here/fill.sh" "$db" 100 172800 30 "$end"
fi

# The least CPU and wall time of the runs, in microseconds, into cpu and wall.
measure() {
	local i times user system real TIMEFORMAT='%3U %3S %3R'
	cpu='' wall=''
	for ((i = 0; i < runs; i++)); do
		times=$({ time "$ctl" --db "$db" -q "$@" >"$dir/out" 2>"$dir/err"; } 2>&1) || [ $? = 3 ] || {
			echo "query.sh: $* failed: $(cat "$dir/err")" >&2
			exit 1
		}
		read -r user system real <<<"${times//./}"
		user=$((10#$user + 10#$system))
		real=$((10#$real))
		[ -n "$cpu" ] && [ "$cpu" -le "$user" ] || cpu=$user
		[ -n "$wall" ] && [ "$wall" -le "$real" ] || wall=$real
	done
}

slow=0
row() { # ARGUMENT...
	measure "$@"
	printf '| `%s` | %d | %d | %d |\n' "${*//@$end/END}" "$(wc -l <"$dir/out")" "$cpu" "$wall"
	[ "$cpu" -le "$limit_ms" ] || slow=1
}

echo '| sysmonctl ... | lines | CPU ms | wall ms |'
echo '| --- | ---: | ---: | ---: |'
row top --once
row top --once --json
row top --once --at @$((end - 86400))
row containers
row containers --since @$((end - 3600)) --until @$end
row history web-010 --until @$end
row history web-010 --until @$end --json
row history web-010 --until @$end --since @$((end - 600)) --step raw
row history web-010 --until @$end --since @$((end - 86400))
row history web-010 --until @$end --since @$((end - 86400)) --format csv
row history web-010 --until @$end --since @$((end - 86400)) --step 1m --metric cpu
row history web-010 --until @$end --since @$((end - 7 * 86400))
row history web-010 --until @$end --since @$((end - 30 * 86400))
row history web-010 --until @$end --since @$((end - 30 * 86400)) --step 1h --format csv
row history web-010 web-020 web-030 worker-018 --until @$end --since @$((end - 86400))
row history web-010 --plot --until @$end
row history web-010 web-020 web-030 worker-018 --plot --until @$end --since @$((end - 86400))
row history --system --until @$end
row history --system --plot --until @$end --since @$((end - 30 * 86400))
row history job-040000 --until @$end --since @$((end - 30 * 86400))
row events --lines 50
row events --since @$((end - 3600))
row events job-040000
row events web-010 --lines 10
row events --type oom,alarm --since @$((end - 7 * 86400))
row stopped --lines 50
row stopped --since @$((end - 86400))
row stopped --by oom
row stopped job-040000
row policy log --lines 50
row policy log --since @$((end - 86400))
row complete -- history we
row complete -- history f0
measure status --help
echo "| (nothing: \`status --help\`) | - | $cpu | $wall |"
[ "$slow" = 0 ] || { echo "query.sh: above ${limit_ms} ms of CPU" >&2; exit 1; }
