#!/bin/bash
# What people ask of a month of 100 containers, of sysmon and of PCP, which has the same minutes in an archive: CPU and wall time of
# the whole program, its start included. Of Debian's other recorders none can answer: sar knows no containers, and atop
# 2.8 keeps processes, of which those of a container are not told apart; what it takes to print them is told too.
#
#	query-peers.sh SYSMONCTL DIR [RUNS]
#
# DIR/query.db is made by query.sh.
set -eu
[ $# -ge 2 ] || { echo 'usage: query-peers.sh SYSMONCTL DIR [RUNS]' >&2; exit 2; }
ctl=$1
dir=$2
runs=${3:-15}
end=1738281600
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/bench/measure.sh
. "$here/measure.sh"
db=$dir/query.db
archive=$dir/pcp/month
processes=$dir/atop.log
samples=60
export TZ=UTC LC_ALL=C.UTF-8
[ -e "$db" ] || { echo "query-peers.sh: $db is missing; run make bench-query" >&2; exit 1; }
/usr/bin/python3 -c 'import pcp.pmi' 2>/dev/null || { echo 'query-peers.sh: install the package python3-pcp' >&2; exit 1; }
peers=$dir/../peers
"$here/peer-packages.sh" "$peers"
programs=$(realpath "$peers/root/usr/bin")
if [ ! "$archive.0" -nt "$db" ]; then
	echo 'making the archive' >&2
	rm -rf "$dir/pcp"
	mkdir "$dir/pcp"
	"$here/pcp-archive.py" "$db" "$archive"
fi

# Of this machine with a process more for each container. They are seconds: what a sample takes to print is the same.
make_atop_log() {
	local i
	echo "making atop's log" >&2
	for ((i = 0; i < 100; i++)); do
		sleep $((samples + 10)) &
	done
	ATOPACCT='' "$programs/atop" -w "$processes.new" 1 $samples
	wait
	mv "$processes.new" "$processes"
}
[ -e "$processes" ] || make_atop_log

# Programs of PCP over the time from so many seconds before the record's end.
pmrep() { # SECONDS ARGUMENT...
	local since=$(($1 - end))
	shift
	/usr/bin/python3 "$programs/pmrep" -z -a "$archive" -S "@$(date -d "@${since#-}" '+%F %T')" -T "@$(date -d "@$end" '+%F %T')" \
		-o csv "$@" cgroup.cpu.stat.usage cgroup.memory.current
}
pmlogsummary() { # SECONDS
	"$programs/pmlogsummary" -z -S "@$(date -d "@$((end - $1))" '+%F %T')" -T "@$(date -d "@$end" '+%F %T')" "$archive" \
		cgroup.cpu.stat.usage | sort -k 3 -rn | head -n 10
}
atop() {
	"$programs/atop" -r "$processes" -P PRG,PRC
}
history() { # SECONDS ARGUMENT...
	local since=$((end - $1))
	shift
	"$ctl" --db "$db" -q history "$@" --since "@$since" --until "@$end" --metric cpu,mem_bytes --format csv
}
top() { # SECONDS
	sqlite3 -readonly "$db" "SELECT container, sum(cpu_pct * span_s) / sum(span_s) FROM v_container_1h
		WHERE time >= $((end - $1)) GROUP BY container ORDER BY 2 DESC LIMIT 10"
}

row() { # QUESTION TOOL COMMAND...
	local question=$1 tool=$2
	shift 2
	measure "$@"
	# shellcheck disable=SC2016
	printf '| %s | `%s` | %d | %d | %d |\n' "$question" "$tool" "$(wc -l <"$dir/out")" "$cpu" "$wall"
}

mapfile -t containers < <(sqlite3 -readonly "$db" 'SELECT name FROM container WHERE id IN (SELECT container FROM sample_1m_base)')
echo '| question | tool | lines | CPU ms | wall ms |'
echo '| --- | --- | ---: | ---: | ---: |'
row 'one container, 30 days by 6 hours' 'sysmonctl history' history $((30 * 86400)) web-010 --step 6h
row '' 'pmrep -t 6h' pmrep $((30 * 86400)) -t 6h -i web-010
row 'one container, 30 days by the hour' 'sysmonctl history' history $((30 * 86400)) web-010 --step 1h
row '' 'pmrep -t 1h' pmrep $((30 * 86400)) -t 1h -i web-010
row "${#containers[@]} containers, an hour by the minute" 'sysmonctl history' history 3600 "${containers[@]}" --step 1m
row '' 'pmrep -t 1m' pmrep 3600 -t 1m
row 'the ten that used most CPU in a week' 'sqlite3 on the view v_container_1h' top $((7 * 86400))
row '' 'pmlogsummary, sorted' pmlogsummary $((7 * 86400))
row "an hour by the minute, $(($(atop | grep -c '^PRG ') / samples)) processes" 'atop -r' atop
