#!/bin/bash
# The manual pages say what the programs, the schema, the configuration and the
# protocol have, no more and no less.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pages=$top/build/man
collectord=${SYSMON_COLLECTORD:-$top/build/obj/sysmon-collectord}
command -v mandoc >/dev/null || bail 'mandoc is missing; contrib/deps.sh test'
[ -e "$pages/sysmonctl.1" ] || bail "$pages is empty; run make man"

# A page as text: sections at the margin, tags 7 columns in, what they say 11.
page() { # NAME.SECTION
	mandoc -T utf8 -O width=990 "$pages/$1" | col -bx
}

# The lines of one section of stdin.
section() { # TITLE
	awk -v title="$1" '/^[^ ]/ { in_it = $0 == title; next } in_it'
}

# The tags of the sections on stdin: what stands above an indented text.
tags() {
	awk '/^           [^ ]/ && tag { print tag } { tag = "" } /^       [^ ]/ { tag = substr($0, 8) }'
}

# "a, b" as two lines.
words() { sed 's/, /\n/g' | sort -u; }

# same EXPECTED FOUND DESCRIPTION: two lists, which may not be empty.
same() {
	if [ -s "$1" ]; then diff "$1" "$2" >difference; else
		echo 'nothing to compare with' >difference
		false
	fi || { note <difference; false; }
	ok "$3"
}

# "-q, --quiet" or "--db PATH", as --help on stdin lists them.
help_options() { sed -nE 's/^ {2,6}(-[^ ]+( [^ ]+)*).*/\1/p' | sort; }

for file in "$pages"/*; do
	mandoc -T lint "$file" >out 2>&1
	[ ! -s out ] || { note <out; false; }
	ok "${file##*/}: mandoc has nothing to say"
done

grep -hoE '\\fB[a-z.&\\-]+\\fR\([1-8]\)' "$pages"/* | sed -E 's/\\fB|\\fR|\\&|\\//g; s/\((.)\)/.\1/' |
	grep '^sysmon' | sort -u >mentioned
(cd "$pages" && printf '%s\n' *) | sort >there
same there mentioned 'each page is referred to, and no other'

"$ctl" --help | help_options >expected
page sysmonctl.1 | section OPTIONS | tags | sort >found
same expected found 'sysmonctl: the options'
"$ctl" --help | sed -nE '/^Subcommands/,/^$/s/^  ([a-z]+) .*/\1/p' | sort >subcommands
page sysmonctl.1 | section SUBCOMMANDS | tags | sort >found
same subcommands found 'sysmonctl: the subcommands'
(cd "$pages" && printf '%s\n' sysmonctl-*) | sed -E 's/sysmonctl-(.*)\.1/\1/' | sort >found
same subcommands found 'sysmonctl: a page for each subcommand'

while read -r sub; do
	"$ctl" "$sub" --help >help
	page "sysmonctl-$sub.1" >text
	help_options <help >expected
	{ section OPTIONS <text; section 'COMMON OPTIONS' <text; } | tags | sort >found
	same expected found "$sub: the options"
	sed -n '/^Examples/,$s/^  //p' help | sort >expected
	section EXAMPLES <text | sed 's/^ *//' | sort | comm -12 expected - >found
	same expected found "$sub: the examples"
done <subcommands

"$collectord" --help | help_options >expected
page sysmon-collectord.8 | section OPTIONS | tags | sort >found
same expected found 'sysmon-collectord: the options'

page sysmonctl-events.1 | section TYPES | tags | words >found
"$ctl" --db fixture.db events --type '?' 2>&1 | sed -nE 's/.*choose of //p' | tr '|' '\n' | sort >expected
same expected found 'events: the types'

# Whose keys the document of a history has, without the point's own.
metrics() { # ARGUMENT...
	"$ctl" --db fixture.db history --since @1736942400 --until @1736942409 --json "$@" |
		jq -r '.points[0] | paths(scalars or . == null) | map(tostring) | join(".")'
}
{ metrics web; metrics --system; } | grep -vxE 'time|span' | sort -u >expected
page sysmonctl-history.1 | section METRICS | tags | grep -v ':$' | words | grep -E '^[a-z0-9_]+$' >found
same expected found 'history: the metrics'

# "SECTION KEY" of the tables that the configuration is read by.
awk '
	match($0, /struct config_key [a-z_]+\[\] = /) { table = $3 == "config_key" ? $4 : $5 }
	/[{] "[a-z_]+", set_/ { split($0, part, "\""); keys[table] = keys[table] " " part[2] }
	/^\t[{] "[a-z]+", (UNNAMED|NAMED|NAME_OPTIONAL),/ { split($0, part, "\""); title = part[2] }
	title && match($0, /[a-z_]+_keys/) { keys_of[title] = substr($0, RSTART, RLENGTH) "[]"; title = "" }
	END {
		for (title in keys_of) {
			n = split(keys[keys_of[title]], key, " ")
			for (i = 1; i <= n; i++) print title, key[i]
		}
	}
' "$top"/src/collectord/config_*.c | sort >expected
page sysmon.conf.5 | awk '
	/^\[/ { title = substr($1, 2); sub(/\]/, "", title); next }
	/^[^ ]/ { title = "" }
	title && /^       [a-z_]+.* = / { sub(/ = .*/, ""); gsub(/,/, ""); for (i = 1; i <= NF; i++) print title, $i }
' | sort >found
same expected found 'sysmon.conf: the keys'
awk '/^#?\[/ { gsub(/[]#[]/, ""); title = $1; next } /^#?[a-z_]+ = / { sub(/^#/, ""); print title, $1 }' \
	"$top/contrib/sysmon.conf" | sort -u | comm -23 - expected >found
[ ! -s found ] || { note <found; false; }
ok 'sysmon.conf as shipped has no other'

# "TABLE" and "TABLE COLUMN" of the schema.
sqlite3 fixture.db "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')" | sort >expected
page sysmon.db.5 >text
{ section VIEWS <text; section TABLES <text; } | tags | sort >found
same expected found 'sysmon.db: the tables and views'
while read -r table; do
	sqlite3 fixture.db "SELECT name FROM pragma_table_info('$table')" |
		grep -vxE 'tick|container' | sort >expected
	# A sentence about the table, cut into the words that can be columns.
	awk -v table="       $table" '/^       [^ ]/ { in_it = $0 == table; next } in_it' text |
		tr -cs 'a-z0-9_' '\n' | sort -u | comm -12 expected - >found
	same expected found "sysmon.db: the columns of $table"
done < <(sqlite3 fixture.db "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")

page sysmon.4 >text
sed -nE 's/^module_param_named\(([a-z_]+),.*/\1/p' "$top"/src/kmod/*.c | sort >expected
section PARAMETERS <text | tags | sort >found
same expected found 'sysmon: the parameters'
awk '/^operations:/,/^mcast-groups:/' "$top/src/kmod/sysmon.yaml" |
	sed -nE 's/^ +name: ([a-z-]+)$/\1/p' | grep -v -- -ntf | sort >expected
awk '/^mcast-groups:/ { in_it = 1 } in_it' "$top/src/kmod/sysmon.yaml" |
	sed -nE 's/^ +name: ([a-z-]+)$/\1/p' | sort >>expected
section NETLINK <text | tags | grep -xE '[a-z-]+' >found
sort -o expected expected
sort -o found found
same expected found 'sysmon: the operations and groups'

finish
