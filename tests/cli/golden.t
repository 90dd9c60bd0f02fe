#!/bin/bash
# Every reading subcommand in every format, against the output kept in
# golden/. To take the present output as right: UPDATE=1 tests/cli/golden.t
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# golden NAME ARGUMENT...: in all formats; JSON must be valid as well.
golden() {
	local name=$1 format
	shift
	for format in table json jsonl csv; do
		run "$@" --format "$format"
		compare "$name.$format"
	done
}

compare() { # NAME: the file out with the one kept
	[ -z "${UPDATE:-}" ] || cp out "$here/golden/$1"
	diff -u "$here/golden/$1" out >differences 2>&1 ||
		{ note <differences; false; }
	ok "$1"
	case $1 in
	*.json) jq -e '.version == 1' out >/dev/null 2>&1; ok "$1 is valid" ;;
	*.jsonl) jq -es 'length > 0' out >/dev/null 2>&1; ok "$1 is valid" ;;
	*.csv) csv_is_regular; ok "$1 is regular" ;;
	esac
}

# Another reader finds as many columns in each line as in the heading.
csv_is_regular() {
	sqlite3 :memory: '.import --csv out t' 'SELECT count(*) FROM t' \
		2>csv_errors >csv_count && [ ! -s csv_errors ] &&
		[ "$(cat csv_count)" -gt 0 ]
}

end='2025-01-15 12:00:09'
range=(--since '2025-01-15 12:00:00' --until "$end")

golden top top --once --at "$end"
golden top-sort-mem top --once --at "$end" --sort mem
golden top-filter top --once --at '2025-01-15 12:00:03.999' --filter STRESS
golden top-columns top --once --at "$end" --columns pids,name,throttled_pct,age --tree
golden containers containers
golden containers-all containers --all
golden containers-range containers --since '2025-01-15 12:00:07.500' --until "$end"
golden history-raw history web "${range[@]}" --step raw
golden history-step history web "${range[@]}" --step 5s
golden history-metric history db "${range[@]}" --metric cpu,mem,oom_kills
golden history-lives history web --since 2025-01-01 --until "$end" --step 1d
golden history-several history web db "${range[@]}" --step 5s --metric cpu,mem_bytes
golden history-system history --system "${range[@]}" --step 4s
golden history-minutes history --system --since '2025-01-15 11:58:30' --until "$end" \
	--step 1m
golden history-hours history --system --since '2025-01-15 09:00:00' --until "$end" --step 1h
golden events events
golden events-lines events -n 3
golden events-type events --type gap,stop "${range[@]}"
golden events-alarm events --type alarm
golden events-of events leaky brief
golden events-before events -n 2 --until '2025-01-15 12:00:06'
golden policy-log policy
golden policy-range policy log --since '2025-01-15 12:00:07' --until "$end"
golden policy-of policy log web --lines 1
golden policy-rule policy log --rule busy
golden stopped stopped
golden stopped-lines stopped --lines 2
golden stopped-of stopped f8080 leaky
golden stopped-policy stopped --by policy

# What rules say of who runs, where no sample matters.
: >sysmon.conf
mkdir policy.d
cat >policy.d/10-pair.conf <<-'END'
	[policy pair]
	match_image = ^nginx|^postgres
	keep = 1
	mode = dry-run
END
golden policy-explain policy explain --config sysmon.conf --policy-dir policy.d
run policy check --config sysmon.conf --policy-dir policy.d
compare policy-check.table

# plot NAME STYLE ARGUMENT...: 80 columns.
plot() {
	local name=$1
	shift
	run history "${range[@]}" --plot "$@"
	compare "$name.plot"
}
plot one-braille web --plot-style braille
plot one-blocks web --plot-style blocks
plot one-ascii web --plot-style ascii
plot several web db --metric cpu,mem_bytes,mem_limit
plot gap db --metric cpu,oom_kills --plot-style braille
plot steps web db machine-guest.scope --step 3s --metric io
plot system --system
plot hours --system --since '2025-01-14 09:00:00' --step 1h
COLUMNS=120 plot wide web --plot-style braille --metric pids
COLUMNS=20 plot narrow web --plot-style braille --metric pids

# The machine that tests may have a module, the age of the record grows, and
# the size of the file is SQLite's affair.
run status
sed -n '/^Daemon/,$p' out | grep -vE '^  (size|schema) ' >filtered
mv filtered out
compare status.table
run status --json
jq -S 'del(.module, .problems, .database.bytes, .database.schema)' out >filtered
mv filtered out
compare status.json
run status --format jsonl
jq -e '.version == 1 and .daemon.pid == 0' out >/dev/null && [ "$(wc -l <out)" -eq 1 ]
ok 'status.jsonl is one line'
run status --format csv
grep -vE '^(module\.|database\.(bytes|schema),)' out >filtered
mv filtered out
compare status.csv

finish
