#!/bin/bash
# What each query of sysmonctl costs in CPU time, user and system, over a database
# of 100 containers and 30 days (fill.sh), as a table: the least of several runs,
# since what else runs on the machine only adds to it; and in instructions of its
# own, as valgrind counts them, which are the same on each machine. What it takes to
# start /bin/true in the same way is taken off the CPU time. Fails when a query does
# not take less than LIMIT_MS.
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
# shellcheck source=tests/bench/measure.sh
. "$here/measure.sh"
db=$dir/query.db
export TZ=UTC LC_ALL=C.UTF-8
mkdir -p "$dir"
newer=$(find "$here"/fill.* "$here"/../../sql -newer "$db" 2>/dev/null || echo missing)
if [ -n "$newer" ]; then
	echo 'making the database' >&2
	"$here/fill.sh" "$db" 100 172800 30 "$end"
fi

# The arguments as people would give them at the time of the record's end.
told() {
	local word words=()
	for word; do
		case $word in
		"@$end") words+=(now) ;;
		@*) words+=("-$(((end - ${word#@}) / 60))m") ;;
		*) words+=("$word") ;;
		esac
	done
	word=${words[*]}
	echo "${word/ --until now/}"
}

# Millions of instructions, start of the program included.
count() {
	valgrind -q --tool=callgrind --callgrind-out-file="$dir/counted" "$ctl" --db "$db" -q "$@" \
		>/dev/null 2>"$dir/err" || may_fail $? "$@"
	awk '$1 == "summary:" || $1 == "totals:" { printf "%.0f", $2 / 1e6; exit }' "$dir/counted"
}

slow=0
row() { # ARGUMENT...
	measure "$ctl" --db "$db" -q "$@"
	cpu=$((cpu > start ? cpu - start : 0))
	instructions=$(count "$@")
	# shellcheck disable=SC2016
	printf '| `%s` | %d | %d | %d | %s |\n' "$(told "$@")" "$(wc -l <"$dir/out")" "$cpu" "$wall" "$instructions"
	[ "$cpu" -lt "$limit_ms" ] || slow=1
}

measure /bin/true
start=$cpu
command -v valgrind >/dev/null || { echo 'query.sh: install the package valgrind' >&2; exit 1; }
echo '| sysmonctl ... | lines | CPU ms | wall ms | 10^6 instructions |'
echo '| --- | ---: | ---: | ---: | ---: |'
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
row status --help
[ "$slow" = 0 ] || { echo "query.sh: above ${limit_ms} ms of CPU" >&2; exit 1; }
