#!/bin/bash
# More than a million rows: they come at once, and take no more memory than a few.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || bail 'python3 is missing; contrib/deps.sh test'
end=1738281600
seconds=300000
containers=(idle-001 idle-002 idle-003 idle-004)
rows=$((seconds * ${#containers[@]}))
"$top/tests/bench/fill.sh" large.db ${#containers[@]} $seconds 4 $end || bail 'cannot make the database'

# printed SINCE ARGUMENT...: leaves lines, first, total and peak.
printed() {
	local since=$1
	shift
	python3 "$here/peak.py" "$ctl" --db large.db history "${containers[@]}" --since @"$since" --until @$end \
		--step raw --metric cpu_pct "$@" >measured 2>err || { note <err; false; }
	ok "history ${*} since $since" || return
	read -r lines first total peak <measured
	echo "# $lines lines, the first byte after $first ms, all after $total ms, $peak KiB"
}

for format in csv jsonl; do
	printed $((end - seconds + 1)) --format $format
	[ "$lines" -ge $rows ]; ok "$format: all rows are there"
	# The libraries, and half a megabyte of SQLite's that the pages pass through.
	[ "$peak" -gt 1000 ] && [ "$peak" -le 10240 ]; ok "$format: no more than 10 MiB"
	[ "$first" -lt $((total / 4)) ]; ok "$format: the first rows come at once"
done
printed $((end - seconds + 1)) --plot
[ "$lines" -gt 10 ] && [ "$lines" -lt 40 ]; ok 'a plot of them is no longer than one of a few'

# A reader that goes away ends it.
timeout 60 "$ctl" --db large.db history idle-001 --since @$((end - seconds)) --until @$end --step raw --format csv 2>err |
	head -n 2 >out
[ "$(wc -l <out)" -eq 2 ] && [ ! -s err ]; ok 'a closed pipe ends it quietly'

# Of a short range, whose pages are not copied, the file is cut off behind the first
# row, while what follows waits for somebody to read it.
mkfifo pipe
"$ctl" --db large.db history idle-001 --since @$((end - 16000)) --until @$end --step raw --format csv >pipe 2>err &
exec 3<pipe
read -r _ <&3
truncate -s 4096 large.db
cat <&3 >rest
exec 3<&-
wait $!
code=$?
is_code 1 'a database that goes while it is read is a failure'
has err 'sysmonctl: the database cannot be read: its disk fails, or something has cut the file off' 'which says so'
[ "$(wc -l <rest)" -lt 16000 ]; ok 'and not all came'

finish
