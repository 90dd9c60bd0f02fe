#!/bin/sh
# Runs the program ingest with 10, 100 and 500 containers, all of them busy or
# all but one in ten unchanged, each into a new database, and has callgrind
# count its instructions: those of decoder, core and store, without the building
# of the messages.
set -eu
ticks=100
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v valgrind >/dev/null || { echo "ingest.sh: install the package valgrind" >&2; exit 1; }
for run in '10 0' '100 0' '500 0' '100 90' '500 450'; do
	containers=${run% *} unchanged=${run#* }
	echo "$unchanged unchanged of:"
	"$1" "$dir/time.db" "$containers" "$ticks" 1 "$unchanged"
	valgrind -q --tool=callgrind --callgrind-out-file="$dir/out" \
		'--toggle-collect=feed*' '--toggle-collect=commit*' \
		"$1" "$dir/count.db" "$containers" "$ticks" 1 "$unchanged" >/dev/null
	awk -v samples="$((containers * ticks))" '$1 == "summary:" || $1 == "totals:" {
		printf "%.0f instructions a sample\n", $2 / samples
		exit
	}' "$dir/out"
	rm -f "$dir"/*.db*
done
