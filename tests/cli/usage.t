#!/bin/bash
# Exit codes, messages and hints.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

run --help
is_code 0 'help is no failure'
[ ! -s err ]; ok 'help goes to stdout'
for sub in top containers history events stopped status set; do
	has out "  $sub " "help lists $sub"
done
run
is_code 2 'no subcommand is wrong usage'
[ ! -s out ]; ok 'usage goes to stderr'
run --version
is_code 0 'version'
grep -qE '^sysmonctl [0-9]+\.[0-9]+\.[0-9]+$' out; ok 'version is one line'

for sub in top containers history events stopped status set; do
	run "$sub" --help
	is_code 0 "$sub --help"
	has out 'Examples:' "$sub --help has examples"
	run "$sub" --no-such-option
	is_code 2 "$sub refuses an unknown option"
done

run tpo
is_code 2 'unknown subcommand'
has err 'did you mean sysmonctl top?' 'nearest subcommand'
run top --onse
has err 'did you mean --once?' 'nearest option'
run top --sort memm
has err 'did you mean mem?' 'nearest sort key'
run top --once --columns name,cpux
is_code 2 'unknown column'
has err '--columns cpux: no such column' 'is named'
run top --once --columns name,cpu,name
is_code 2 'a column twice'
run top --format jsno
has err 'did you mean json?' 'nearest format'
run events --type strat
is_code 2 'unknown event type'
has err 'did you mean start?' 'nearest event type'
run history web --metric mem_byts
has err 'did you mean mem_bytes?' 'nearest metric'
run history web --metric ''
is_code 2 'no metric at all'
run stopped --by polcy
has err 'did you mean policy?' 'nearest reason'
run -q tpo
! grep -q hint err; ok '--quiet gives no hints'

run history
is_code 2 'history needs a container'
run history web nothing
is_code 3 'one of several that is not known'
has err 'no container goes by nothing' 'which one is told'
run history web --plot --json
is_code 2 'a plot in another format'
run history web --plot-style dots
is_code 2 'no such style'
has err 'choose one of auto|braille|blocks|ascii' 'which there are'
run history web db --plot --since 2020-01-01 --until 2020-01-02
is_code 3 'nothing to plot'
[ ! -s out ]; ok 'draws no empty chart'
run history web --plot --metric cpu --step 1h --since @1736942404 --until @1736942409
is_code 0 'a step that begins before the range is plotted'
run history web db db db db db db db db db db db db --plot
is_code 2 'too many to plot'
has err 'fewer containers' 'says so'
run history web --metric cpu_pct --since @1736942400 --until @1736942409 --format csv
[ "$(head -n 1 out)" = time,span,id,name,cpu_pct ]; ok 'a whole key names that figure alone'
run history --system web
is_code 2 'history of the system takes none'
run history web --step 0s
is_code 2 'no step of nothing'
run history web --since 2025-02-30
is_code 2 'no such day'
has err 'no such day' 'the reason is told'
run history web --since today --until yesterday
is_code 2 'range that ends before it begins'
run history web --since
is_code 2 'option without its value'
run containers --all=yes
is_code 2 'flag with a value'
run events --follow --json
is_code 2 'a document that never ends'
has err 'jsonl' 'a format that can'
run containers extra
is_code 2 'an argument too many'
run top -n
is_code 2 'unknown letter'
run containers --all -- --json
is_code 2 'behind -- there are no options'

run history web --since 2025-01-15 --until '2025-01-15 12:00:09'
is_code 0 'container by name'
run history f808 --since 2025-01-15 --until '2025-01-15 12:00:09' --json
is_code 0 'container by the beginning of its id'
jq -e '.container.name == "stress_2"' out >/dev/null; ok 'that one'
run history /machine.slice/machine-guest.scope --since 2025-01-15 \
	--until '2025-01-15 12:00:09'
is_code 0 'container by its cgroup'
run history machine-guest.scope --since 2025-01-15 --until '2025-01-15 12:00:09'
is_code 0 'container by the name of its cgroup'
run history bb
is_code 2 'ambiguous beginning'
has err 'nginx:1.27' 'candidates are listed'
has err 'postgres:16' 'all of them'
run history nothing
is_code 3 'no such container'
has err 'sysmonctl containers --all' 'where to look'
run history ''
is_code 3 'the empty name is none'
run history web --since 2020-01-01 --until 2020-01-02
is_code 3 'nothing in the range'
run history web --since 2020-01-01 --until 2020-01-02 --json
is_code 3 'nothing in the range, in JSON'
jq -e '.points == []' out >/dev/null; ok 'is an empty list'
run top --at 2020-01-01
is_code 3 'no tick by then'
run top --at '2025-01-15 12:30:00' --json
is_code 0 'long after the last tick'
jq -e '.stale' out >/dev/null; ok 'says that it is stale'
has err 'no sample at that time' 'on stderr, too'
run top --at '2025-01-15 12:00:09' --json
jq -e '.stale == false' out >/dev/null; ok 'not stale at its own time'
run top --once
is_code 0 'record of a daemon that is gone'
has err 'the daemon is not running' 'says so'

run stopped --by exit --since 2025-01-16
is_code 3 'no stop in the range'
for sub in 'events web' 'stopped leaky' 'policy log web' containers; do
	# shellcheck disable=SC2086
	run $sub --since today --until yesterday
	is_code 2 "$sub: a range that ends before it begins"
	# shellcheck disable=SC2086
	run $sub --since 2020-01-01 --until 2020-01-02
	if [ "$sub" = 'events web' ]; then is_code 3 "$sub: nothing in the range"; else is_code 3 "$sub: nothing then"; fi
done
for sub in events stopped 'policy log'; do
	# shellcheck disable=SC2086
	run $sub nothing
	is_code 3 "$sub: no such container"
	# shellcheck disable=SC2086
	run $sub bb
	is_code 2 "$sub: an ambiguous one"
	has err 'postgres:16' "$sub: the candidates"
done
run policy log --rule nosuch
is_code 3 'no such rule did anything'
run status
is_code 4 'status without a daemon'
has out 'systemctl restart sysmon-collectord' 'status tells the remedy'

if [ -e /sys/module/sysmon ]; then
	echo '# the module is loaded here: its absence is not tested'
else
	run set interval=500ms
	is_code 4 'set without the module'
	has err 'modprobe sysmon' 'set tells the remedy'
fi
run set interval=5
is_code 2 'interval without a unit'
run set interval=99ms
is_code 2 'interval too short'
run set interval=61s
is_code 2 'interval too long'
run set intervall=1s
has err 'did you mean interval=1s?' 'nearest setting'
run set interval
is_code 2 'setting without a value'
run set "match=$(printf '%0200d' 0)"
is_code 2 'pattern too long'
run set "match=$(printf 'a,%.0s' $(seq 17))"
is_code 2 'too many patterns'

"$ctl" --db nowhere.db containers >out 2>err
code=$?
is_code 3 'no database yet'
has err 'start sysmon-collectord' 'what makes one'
SYSMON_DB=fixture.db "$ctl" containers >out 2>err
code=$?
is_code 0 'database by the environment'
echo 'not a database, but long enough to be read as one' >foreign.db
"$ctl" --db foreign.db containers >out 2>err
code=$?
is_code 1 'no database at all'
has err 'not a sysmon database' 'says so'
cp fixture.db newer.db
sqlite3 newer.db 'PRAGMA user_version = 9999'
"$ctl" --db newer.db containers >out 2>err
code=$?
is_code 1 'a newer database'
has err 'upgrade sysmon' 'what to do about it'
sqlite3 empty.db 'PRAGMA journal_mode = WAL' >/dev/null
"$ctl" --db empty.db containers >out 2>err
code=$?
is_code 3 'a database without anything'

# On a terminal a plot is as wide as that, and has colours if they are wanted.
if command -v script >/dev/null; then
	plot="$ctl --db fixture.db history web db --plot --since @1736942400 --until @1736942409"
	script -qec "stty cols 60; $plot" /dev/null </dev/null >out
	has out $'\e[0;36m' 'series have colours on a terminal'
	NO_COLOR=1 script -qec "stty cols 60; $plot" /dev/null </dev/null >out
	! grep -q $'\e' out; ok 'NO_COLOR has none'
	has out '+++' 'and marks tell series apart'
	[ "$(tr -d '\r' <out | wc -L)" -eq 60 ]
	ok 'it is as wide as the terminal'
	TERM=linux script -qec "stty cols 60; $plot" /dev/null </dev/null >out
	! grep -qP '[\x{2800}-\x{28ff}]' out; ok 'the console gets no braille'
fi

if [ -e /dev/full ]; then
	"$ctl" --db fixture.db containers >/dev/full 2>err
	code=$?
	is_code 1 'a full disk'
	has err 'No space left' 'says so'
fi

# SQLite forgets why with its next call, here the end of the reading.
cp fixture.db broken.db
sqlite3 broken.db 'PRAGMA legacy_alter_table = ON; ALTER TABLE tick RENAME TO tick_away'
run --db broken.db top --once
is_code 1 'a record that cannot be read'
has err 'broken.db: no such table: ' 'says why'

finish
