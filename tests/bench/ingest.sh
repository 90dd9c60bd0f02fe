#!/bin/sh
# Runs the program ingest with 10, 100 and 500 containers, each into a new
# database, and has callgrind count its instructions: those of decoder, core and
# store, without the building of the messages. The mix is of 70 idle, 20 lightly
# used and 10 busy ones in a hundred; the other runs have only idle ones, only
# busy ones, and such as no host has: of which each figure changes in each tick.
# More than 12,000 instructions a sample of 100 busy containers are a failure.
set -eu
ticks=100
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v valgrind >/dev/null || { echo "ingest.sh: install the package valgrind" >&2; exit 1; }
# bench WHAT CONTAINERS UNCHANGED LIGHT BUSY [MOST-INSTRUCTIONS]
bench() {
	echo "$1:"
	"$program" "$dir/time.db" "$2" "$((ticks * 10))" 1 "$3" "$4" "$5"
	valgrind -q --tool=callgrind --callgrind-out-file="$dir/out" \
		'--toggle-collect=feed*' '--toggle-collect=commit*' \
		"$program" "$dir/count.db" "$2" "$ticks" 1 "$3" "$4" "$5" >/dev/null
	awk -v samples="$(($2 * ticks))" -v most="${6-}" '$1 == "summary:" || $1 == "totals:" {
		printf "%.0f instructions a sample\n", $2 / samples
		if (most && $2 / samples > most) {
			print "ingest.sh: more than " most > "/dev/stderr"
			status = 1
		}
		exit
	}
	END { exit status }' "$dir/out"
	rm -f "$dir"/*.db*
}
program=$1
bench 'mix' 10 7 2 1
bench 'mix' 100 70 20 10
bench 'mix' 500 350 100 50
bench 'idle' 100 99 1 0
bench 'busy' 100 0 0 100 12000
bench 'all change' 100 0 0 0
