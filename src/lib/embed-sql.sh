#!/bin/sh
# Print a C file that holds the given migrations, in the given order.
set -eu
echo '/* Made by embed-sql.sh from sql/; do not edit. */'
echo '#include "migrations.h"'
echo
echo 'const struct migration migrations[] = {'
expected=1
for file in "$@"; do
	name=$(basename "$file" .sql)
	number=$(echo "$name" | sed -E 's/^0*([0-9]+)_.*/\1/')
	if [ "$number" -ne "$expected" ]; then
		echo "embed-sql.sh: $file: number $expected expected" >&2
		exit 1
	fi
	expected=$((expected + 1))
	printf '\t{ "%s",\n' "$name"
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/\t  "/' -e 's/$/\\n"/' "$file"
	printf '\t},\n'
done
echo '};'
echo
echo 'const unsigned int migration_count = sizeof(migrations) / sizeof(*migrations);'
