#!/bin/bash
# Gives each fuzz target every input of its corpus, once, in TAP. A corpus that is missing is a failure.
# shellcheck source=lib.sh
set -u
. "$(dirname "$0")/lib.sh"
number=0

replay() {
	local target=$1 name out inputs
	name=$(name_of "$target")
	number=$((number + 1))
	inputs=$(find "$here/corpus/$name" -type f 2>/dev/null | wc -l)
	if [ "$inputs" -gt 0 ] && out=$(run_target "$target" -runs=0 "$here/corpus/$name" 2>&1); then
		printf 'ok %d - %s: %d inputs\n' "$number" "$name" "$inputs"
		return
	fi
	printf 'not ok %d - %s: %d inputs\n' "$number" "$name" "$inputs"
	printf '%s\n' "${out-}" | sed 's/^/# /'
}

for source in "$here"/fuzz_*.c; do
	replay "$here/../../build/fuzz/$(basename "$source" .c)"
done
printf '1..%d\n' "$number"
