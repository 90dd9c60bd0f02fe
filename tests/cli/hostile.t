#!/bin/bash
# What containers call themselves reaches neither terminal, CSV nor JSON raw.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# No C0 control but the newline, no DEL, no C1, in valid UTF-8.
is_clean() {
	! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]' "$1" &&
		! LC_ALL=C grep -qP '\xc2[\x80-\x9f]' "$1" &&
		iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1
}

for format in table json jsonl csv; do
	for sub in "top --once --at @1736942409" 'containers --all' events \
		stopped 'history dddd --since @1736942400 --until @1736942410'; do
		run $sub --format $format
		is_code 0 "$sub as $format"
		is_clean out; ok "$sub as $format is clean"
	done
done

run history d --since @1736942400 --until @1736942410
run history $'\e[2Jevil\n\xff'
is_code 3 'a hostile argument'
is_clean err; ok 'messages are clean'
[ "$(wc -l <err)" -eq 2 ]; ok 'each message is one line'

run containers --json
jq -r '.containers[] | select(.id | startswith("dddd")) | .name' out >name
printf '\e]0;owned\aevil\n"q,"\r\302\233\342\200\256\357\277\275\357\277\275\n' >expected
cmp name expected; ok 'JSON keeps every character'

run containers --all --format csv
[ "$(wc -l <out)" -eq 12 ]; ok 'CSV has one line for each container'
sqlite3 :memory: '.import --csv out t' \
	"SELECT name FROM t WHERE id LIKE 'dddd%'" >name 2>errors
[ ! -s errors ]; ok 'CSV is regular'
has name '\x1b]0;owned\x07evil\n"q,"\r\u{9b}\u{202e}' 'CSV shows controls'
has out "=cmd|' /C calc'!A0" 'CSV leaves formulas alone'

# On a terminal without UTF-8 not even its bytes are sent.
if command -v script >/dev/null; then
	LC_ALL=C script -qec "$ctl --db fixture.db containers --no-color" \
		/dev/null </dev/null >out
	tr -d '\r' <out >ascii
	! LC_ALL=C grep -qP '[^\n\x20-\x7e]' ascii; ok 'ASCII terminals get ASCII'
	has ascii '\u{65e5}' 'with escapes for the rest'
fi

finish
