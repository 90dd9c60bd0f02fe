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

# A rule by a hostile name, and jobs, gaps and engines that say what they like.
sqlite3 -bail fixture.db "UPDATE action SET rule = CAST(x'1b5d303b7207' AS TEXT), error = CAST(x'9b0a0d22' AS TEXT)
	WHERE id = 7;
UPDATE alarm SET rule = CAST(x'1b5b41c29b' AS TEXT), detail = CAST(x'0a2c22' AS TEXT) WHERE id = 4;
UPDATE stop SET oom_comm = CAST(x'1b630a' AS TEXT) WHERE container = 10;
UPDATE job SET name = CAST(x'1b5b6a' AS TEXT), error = CAST(x'0d1b5b6b' AS TEXT) WHERE name = 'spawn';
UPDATE gap SET reason = CAST(x'1b5b67' AS TEXT) WHERE kind = 'event';
UPDATE status SET value = CAST(x'1b5b76' AS TEXT) WHERE key = 'version';
UPDATE status SET value = json_set(value, '\$[0].error', char(27) || '[e' || char(10)) WHERE key = 'engines';" ||
	bail 'cannot change the fixture'
: >sysmon.conf
mkdir policy.d
printf '[policy any]\nmatch_image = .\nkeep = 1\n' >policy.d/any.conf

range='--since @1736942400 --until @1736942410'
while read -r expected sub; do
	for format in table json jsonl csv; do
		# shellcheck disable=SC2086
		run $sub --format $format
		is_code "$expected" "$sub as $format"
		is_clean out; ok "$sub as $format is clean"
		is_clean err; ok "$sub as $format: so are its messages"
	done
done <<END
0 top --once --at @1736942409
0 containers --all
0 containers $range
0 events
0 events dddd --lines 5
0 stopped
0 stopped leaky
0 history dddd $range
0 history dddd web $range
0 policy log
0 policy log dddd
0 policy explain --config sysmon.conf --policy-dir policy.d
4 status
END
for style in braille blocks ascii; do
	# shellcheck disable=SC2086
	run history dddd web $range --plot-style $style
	is_code 0 "a plot of $style"
	is_clean out; ok "a plot of $style is clean"
	has out '\x1b]0;owned\x07evil\n"q' "a plot of $style has the name"
done
run complete -- history ''
is_code 0 'completion'
tr '\t' ' ' <out >plain
is_clean plain; ok 'completion is clean'
run policy check $'\e[2Jno\n'
is_code 1 'a policy by a hostile name'
is_clean err; ok 'is told cleanly'
printf '[policy \e]0;x]\n\e[2J = 1\n' >policy.d/evil.conf
run policy check --config sysmon.conf --policy-dir policy.d
is_code 1 'a hostile policy'
is_clean err; ok 'is told cleanly'
rm policy.d/evil.conf

run history d --since @1736942400 --until @1736942410
run history $'\e[2Jevil\n\xff'
is_code 3 'a hostile argument'
is_clean err; ok 'messages are clean'
[ "$(wc -l <err)" -eq 2 ]; ok 'each message is one line'
for words in $'history web --metric \e[1m' $'events --type \e[1m' $'stopped --by \e[1m' $'policy \e[1m' \
	$'set \e[1m=1' $'top --sort \e[1m' $'\e[1m' $'history --since \e[1m' $'status \e[1m'; do
	# shellcheck disable=SC2086
	run $words
	[ "$code" -eq 2 ] && is_clean err; ok "a hostile word: ${words//[^a-z -]/?}"
done

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
	for sub in 'containers --no-color' "history dddd web $range --plot --no-color" \
		"history dddd $range --plot-style braille --no-color"; do
		LC_ALL=C script -qec "$ctl --db fixture.db $sub" /dev/null </dev/null >out
		tr -d '\r' <out >ascii
		! LC_ALL=C grep -qP '[^\n\x20-\x7e]' ascii; ok "ASCII terminals get ASCII: $sub"
	done
	LC_ALL=C script -qec "$ctl --db fixture.db containers --no-color" /dev/null </dev/null >out
	tr -d '\r' <out >ascii
	! LC_ALL=C grep -qP '[^\n\x20-\x7e]' ascii; ok 'ASCII terminals get ASCII'
	has ascii '\u{65e5}' 'with escapes for the rest'
fi

finish
