#!/bin/bash
# Gives each fuzz target every input of its corpus, once, in TAP. A corpus that is missing is a failure.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
number=0

replay() {
	local target=$1 name out inputs
	name=$(name_of "$target")
	number=$((number + 1))
	inputs=$(find "$here/corpus/$name" -type f 2>/dev/null | wc -l)
	if [ "$inputs" -gt 0 ] && out=$("$target" $(options_of "$name") -runs=0 "$here/corpus/$name" 2>&1); then
		printf 'ok %d - %s: %d inputs\n' "$number" "$name" "$inputs"
		return
	fi
	printf 'not ok %d - %s: %d inputs\n' "$number" "$name" "$inputs"
	printf '%s\n' "${out-}" | sed 's/^/# /'
}

for source in "$here"/fuzz_*.c; do
	replay "$work/$(basename "$source" .c)"
done
printf '1..%d\n' "$number"
