#!/bin/bash
# top on a terminal: tmux types the keys and reads the screen.
# shellcheck disable=SC2317
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || bail 'tmux is missing; apt install tmux'

tm() { tmux -L "$socket" -f /dev/null "$@"; }
socket=sysmonctl-test-$$
trap 'tm kill-server 2>/dev/null; cd /; rm -rf "$work"' EXIT

screen() { tm capture-pane -p -t top >screen 2>/dev/null; }
shows() { screen && grep -qE -- "$1" screen; }
hides() { screen && [ -s screen ] && ! grep -qE -- "$1" screen; }
key() { tm send-keys -t top "$@"; }
sql() { sqlite3 -cmd '.timeout 5000' fixture.db "$1"; }

# see PATTERN DESCRIPTION: sooner or later it is on the screen.
see() { wait_for 20 shows "$1" || { note <screen; false; }; ok "$2"; }
lack() { wait_for 20 hides "$1" || { note <screen; false; }; ok "$2"; }

# first NAME DESCRIPTION: that container is at the top of the list.
first_is() { screen && [[ $(sed -n 6p screen) == "$1"* ]]; }
first() { wait_for 20 first_is "$1" || { note <screen; false; }; ok "$2"; }

# A tick of now, in which web uses all of a CPU, and a sign of life.
fresh_tick() { # ID
	local now
	now=$(date +%s%N)
	sql "BEGIN;
	INSERT INTO tick (id, session, number, ts_ns, boottime_ns, span_us,
		interval_us, walk_us, containers, cpus, load1_milli)
	VALUES ($1, 2, $1, $now, 1, 1000000, 60000000, 1, 1, 4, 9990);
	INSERT INTO sample (tick, container, cpu_usage_us, mem_bytes)
	VALUES ($1, 2, 1000000, 1048576), ($1, 3, 2000, 999);
	UPDATE status SET value = $now WHERE key = 'heartbeat_ns';
	COMMIT"
}

# Keeps the server while one view after the other comes and goes.
tm new-session -d -s keep 'sleep 600' || bail 'tmux fails'
tm new-session -d -s top -x 80 -y 24 \
	"'$ctl' --db fixture.db top; echo \$? >code" || bail 'tmux fails'

see 'NAME +CPU% +MEM +LIMIT +MEM% +READ/s +WRITE/s +PIDS' 'a heading of 80 columns'
see 'STALE by .*the daemon is not running' 'says that nobody records'
first db 'sorted by CPU'
[ "$(wc -L <screen)" -le 80 ]
ok 'no line is wider than the screen'
[ "$(wc -l <screen)" -eq 24 ]; ok 'the screen is full'
see 'q quit' 'a footer'
see '日本語コンテナ' 'wide characters'
see '^\\x1b\]0;' 'hostile names are visible, not obeyed'

key n
first '\x1b]0;owned' 'n sorts by name'
key i
first '日本語コンテナ' 'i turns the order'
key m
first db 'm sorts by memory'
key p
first db 'p sorts by pids'
key '/'
see 'Filter: _' '/ asks for a filter'
key w e b
see '1 of 6 containers|Filter: web_' 'typing filters'
lack '^db ' 'others are gone'
key BSpace BSpace BSpace d b Enter
first db 'backspace takes back'
see '\[db\]' 'the filter is shown'
key Escape
see '^web ' 'Escape clears it'

key Left
see '12:00:08' 'left steps back'
see 'PAUSED' 'and pauses'
key Left
see '12:00:07' 'once more'
key Right
see '12:00:08' 'right steps forward'
key End
see 'STALE' 'End returns to now'
key Space
see 'PAUSED' 'space pauses'
key Space
see 'STALE' 'and goes on'

key '?'
see 'invert the order' '? helps'
key x
lack 'invert the order' 'any key leaves the help'

key c
fresh_tick 11
see 'load 9.99' 'a new tick is shown'
lack 'STALE' 'and is not stale'
first web 'sorted anew'

tm resize-window -t top -x 120 -y 10
see 'SWAP' 'a wide screen has more columns'
shorter() { screen && [ "$(wc -l <screen)" -eq 10 ]; }
wait_for 20 shorter; ok 'a low screen has fewer lines'
see 'q quit' 'and still its footer'
tm resize-window -t top -x 20 -y 5
see 'too small' 'a tiny screen says so'
tm resize-window -t top -x 80 -y 24
see 'q quit' 'and recovers'

fresh_tick 12
sql "INSERT INTO session (id, boot, instance, opened_ns) VALUES (3, 2, 9, 0)"
see 'before the module was reloaded' 'a reload without ticks is said'

key q
wait_for 20 test -s code && [ "$(cat code)" -eq 0 ]; ok 'q quits with 0'

# On a terminal without a cursor, and on an unknown one.
tm new-session -d -s top -x 80 -y 24 "TERM=dumb '$ctl' --db fixture.db top; sleep 60"
see '^db ' 'a dumb terminal gets one view'
tm kill-session -t top
tm new-session -d -s top -x 80 -y 24 "TERM=nonsense '$ctl' --db fixture.db top; sleep 60"
see 'terminal nonsense is not known' 'an unknown terminal is said'
tm kill-session -t top

# Without colours there are no colour sequences, but the view is the same.
tm new-session -d -s top -x 80 -y 24 "NO_COLOR=1 '$ctl' --db fixture.db top"
see '^db ' 'NO_COLOR'
[ "$(tm capture-pane -e -p -t top | grep -c $'\e\\[3[0-7]m')" -eq 0 ]
ok 'has no colours'
tm kill-session -t top
tm new-session -d -s top -x 80 -y 24 "'$ctl' --db fixture.db top"
see '^db ' 'colours'
[ "$(tm capture-pane -e -p -t top | grep -c $'\e\\[3[0-7]m')" -gt 0 ]
ok 'are there otherwise'

finish
