#!/bin/bash
# top on a terminal: tmux types the keys and reads the screen. Whole screens are
# compared with golden/screen-*; to take the present ones as right: UPDATE=1.
# shellcheck disable=SC2317
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=screen.sh
. "$here/screen.sh"
make_db busy.db busy.sql
keep busy.db

sql() { sqlite3 -cmd '.timeout 5000' fixture.db "$1"; }

# see PATTERN DESCRIPTION: sooner or later it is on the screen.
see() { wait_for 20 shows "$1" || { note <screen; false; }; ok "$2"; }
lack() { wait_for 20 hides "$1" || { note <screen; false; }; ok "$2"; }

# first NAME DESCRIPTION: that container is at the top of the list.
first_is() { screen && [[ $(sed -n '/^NAME /{n;p;q}' screen) == "$1"* ]]; }
first() { wait_for 20 first_is "$1" || { note <screen; false; }; ok "$2"; }

# golden NAME PATTERN: once the pattern is there, the screen is the one kept.
same() { screen && cmp -s screen "$here/golden/screen-$1"; }
golden() {
	wait_for 20 shows "$2" || note <screen
	[ -z "${UPDATE:-}" ] || cp screen "$here/golden/screen-$1"
	wait_for 5 same "$1" || { diff -u "$here/golden/screen-$1" screen | note; false; }
	ok "screen-$1"
}

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

### The present, with a record that ended long ago.
start 80x24 fixture.db
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
see 'STALE by .*the daemon is not running' 'still saying that nobody records'
key Left
see '12:00:07' 'once more'
key Right
see '12:00:08' 'right steps forward'
key End
lack 'PAUSED' 'End returns to now'
see 'STALE' 'which is old'
key Space
see 'PAUSED' 'space pauses'
see 'STALE' 'and hides no alarm'
key Space
lack 'PAUSED' 'and goes on'

### A record that cannot be read for a while.
rename_table() { sql "PRAGMA legacy_alter_table = ON; ALTER TABLE $1 RENAME TO $2"; }
key Left
see 'PAUSED' 'in the past'
rename_table stop stop_away
key S
see 'CANNOT READ: no such table: .*stop' 'a page that cannot be read says why'
see 'the stops cannot be read' 'and not that there is nothing'
rename_table stop_away stop
key Down
lack 'CANNOT READ' 'until it can be read again'
lack 'the stops cannot be read' 'with what there is'
key Escape
rename_table tick tick_away
key Left
see 'CANNOT READ: no such table: .*tick' 'a step that cannot be read, too'
rename_table tick_away tick
key Left
see 'PAUSED: left and right' 'the next one can be'
key End
lack 'CANNOT READ|PAUSED' 'and now too'

key '?'
see 'invert the order' '? helps'
key x
lack 'invert the order' 'any key leaves the help'

key c
fresh_tick 11
see 'load 9.99' 'a new tick is shown'
lack 'STALE' 'and is not stale'
first web 'sorted anew'

### Where nothing changed, nothing is sent, however often the record is looked at.
pid=$(child_of "$(tm display-message -p -t top '#{pane_pid}')")
looks() { awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$pid/status"; }
looked() { [ "$(looks)" -ge $(($1 + $2)) ]; }
tm pipe-pane -t top "cat >bytes"
before=$(looks)
wait_for 20 looked "$before" 3
sql "UPDATE status SET value = value + 1 WHERE key = 'heartbeat_ns'"
sql "UPDATE status SET value = 11 WHERE key = 'ticks_stored'"
wait_for 20 looked "$before" 12; ok 'the record is looked at again and again'
[ ! -s bytes ]; ok 'not a byte is sent where nothing changed'
sql "UPDATE container SET name = 'nginx' WHERE id = 2"
see '^nginx ' 'what changes is sent'
sent() { [ -s bytes ]; }
wait_for 20 sent; ok 'as few bytes'
[ "$(wc -c <bytes)" -lt 200 ] || { od -c bytes | note; false; }
ok 'and no whole screen'
tm pipe-pane -t top
sql "UPDATE container SET name = 'web' WHERE id = 2"

tm resize-window -t top -x 120 -y 10
see 'SWAP' 'a wide screen has more columns'
shorter() { screen && [ "$(wc -l <screen)" -eq 10 ]; }
wait_for 20 shorter; ok 'a low screen has fewer lines'
see 'q quit' 'and still its footer'
tm resize-window -t top -x 20 -y 5
see 'too small: 20x5' 'a tiny screen says so'
tm resize-window -t top -x 80 -y 24
see 'q quit' 'and recovers'

fresh_tick 12
sql "INSERT INTO session (id, boot, instance, opened_ns) VALUES (3, 2, 9, 0)"
see 'before the module was reloaded' 'a reload without ticks is said'

# While the past is looked at, the present goes on, or does not.
sql "DELETE FROM session WHERE id = 3"
lack 'STALE' 'kept again'
key Space
see 'PAUSED' 'a pause'
lack 'STALE' 'of a record that is kept'
sql "UPDATE tick SET ts_ns = ts_ns - 3600000000000 WHERE id = 12; UPDATE status SET value = 1 WHERE key = 'heartbeat_ns'"
see 'STALE by 1h 00m: the daemon is not running' 'the daemon goes meanwhile'
see 'PAUSED' 'which does not end the pause'
rename_table tick tick_away
see 'CANNOT READ: no such table: .*tick' 'that it cannot be read, too'
rename_table tick_away tick
lack 'CANNOT READ' 'and no longer'
fresh_tick 13
lack 'STALE' 'it comes back'
see 'PAUSED' 'and the pause lasts'
key Space
lack 'PAUSED' 'until it is ended'

# The daemon runs, but nothing comes.
sql "DELETE FROM session WHERE id = 3; DELETE FROM tick WHERE id > 10;
	UPDATE status SET value = $(date +%s%N) WHERE key = 'heartbeat_ns'"
see 'no samples come' 'a daemon without samples is said'
sql "UPDATE status SET value = 1 WHERE key = 'stopped_ns'"
see 'the daemon is not running' 'that it was stopped, too'

key q
wait_for 20 test -s code && [ "$(cat code)" -eq 0 ]; ok 'q quits with 0'

### A moment of a busy machine, screen by screen.
moment='@1736942400'
start 80x24 busy.db --at "$moment"
golden table-80 'q quit'
key t
golden tree-80 '├─'
key t /
see 'Filter' 'a filter'
key s h o p
golden filter-80 'Filter: shop_'
key Enter Escape
see '^web-1' 'all are back'
key m
first db 'by memory'
key '<'
first db 'by CPU again, whose column is beside'
key '>' '>'
golden sort-80 '^cache .*1.0 GiB'
key c
first db 'by CPU'
key Down Enter
golden detail-80 '^shop-api '
key NPage NPage
see 'memory-high' 'pages of a container'
key Up
see '^db ' 'up is the one before'
key Escape
see '^NAME' 'Escape leaves it'
key S
golden stops-80 '^stress-2'
key j
see '^stress-2: killed by SIGKILL from runc \(containerd-shim\), uid 0' 'all of one stop'
key Escape C
golden columns-80 '^\[x\] NAME'
key Down Down Space Enter
lack ' MEM ' 'a column is taken away'
key C d C
see ' MEM ' 'and all are back'
key '?'
golden help-80 'single CPUs'
key x
# Ctrl-Down is nothing here, and above all no [ and no 1.
key -H 1b 5b 31 3b 35 42
key Down Enter
see '^shop-api ' 'an unknown key does nothing'
see '2025-01-15 12:00:00' 'and does not travel'
key Escape
see '^NAME' 'Escape alone is Escape'
see '^  0\[' 'the CPUs are still there'
key 1
lack '^  0\[' 'unless they are not wanted'
key 1
see '^  0\[' 'and back'

key '['
see '2025-01-15 11:59:00' '[ is a minute before'
key S
see '^stress-2' 'the stops of that time'
see '^migrate' 'the one of that moment among them'
key '['
see '2025-01-15 11:58:00' 'and before'
lack '^stress-2' 'what stopped later is not there'
key Escape ']'
see '2025-01-15 11:59:00' '] is a minute on'
key b
see 'Time' 'b asks for a time'
key 1 1 : 5 7 : 3 0 x Enter
see 'x_ ' 'what is no time'
key BSpace Enter
golden past-80 '11:57:30'
key b 0 8 : 0 0 Enter
see 'nothing is recorded before this' 'before the record'
see '11:55:01' 'is its beginning'
key Right Left Left
see 'PAUSED: nothing is recorded before this' 'which no step leads over'
key '}'
see '12:00:00' 'an hour on is its end'
key '{'
see '11:55:01' 'and back'
key b n o w Enter
lack 'PAUSED' 'now is now'
key q

start 250x80 busy.db --at "$moment"
golden table-250 'q quit'
key Down Enter
golden detail-250 'Last events'
key S
golden stops-250 '^stress-2'
tm resize-window -t top -x 80 -y 24
golden stops-80 '^stress-2 '
key Escape Escape
golden table-80-second '^shop-api'
tm resize-window -t top -x 250 -y 80
key Up
golden table-250 'RUNTIME'
key q

start 80x24 busy.db --at '@1736946000'
see 'PAUSED: no sample at that time; this is from 1h 00m before it' 'a time without samples is said'
key q

### Chosen from outside.
start 80x24 busy.db --at "$moment" --tree --columns mem,name,psi_io_some_pct --sort mem --no-color
golden chosen-80 'PSI IO%'
[ "$(tm capture-pane -e -p -t top | grep -c $'\e\\[3[0-7]m')" -eq 0 ]
ok 'no colours'
key b x Enter
see 'x_  [a-z]' 'what is wrong with a time'
tm capture-pane -e -p -t top | grep -q $'x_\e\\[1m  [a-z]'
ok 'stands out all the same'
key Escape q

# A mouse, as a terminal tells of it: button (0 the first, 3 let go), column and
# line from 1, each with 32 added.
event() { printf '1b 5b 4d %x %x %x ' $(($1 + 32)) $(($2 + 33)) $(($3 + 33)); }
press() { event 0 "$@" && event 3 "$@"; }
# All that is given arrives at once, as over a slow line.
# shellcheck disable=SC2046,SC2068
mouse() { tm send-keys -t top -H $@; }
# shellcheck disable=SC2046
click() { mouse $(press "$@"); }
start 80x24 busy.db --at "$moment" --mouse
first db 'with a mouse'
click 25 7
first '日本語コンテナ' 'a click on the column sorted by turns the order'
click 3 7
first '\x1b]0;owned' 'one on another column sorts by it'
click 3 9
second_is_marked() { tm capture-pane -e -p -t top | sed -n 10p | grep -q $'\e\\[7m'; }
wait_for 20 second_is_marked; ok 'one on a row moves the cursor there'
click 3 9
see '^The last 5m 00s' 'a second click on a row looks closely'
see '^backup ' 'at what is in it'
key Escape
see '^NAME' 'back'
# shellcheck disable=SC2046
mouse $(press 3 11; press 3 11)
see '^coredns ' 'so do two that come at once'
see '^The last 5m 00s' 'of which neither is lost'
key Escape
see '^NAME' 'back again'
# shellcheck disable=SC2046
mouse $(press 3 12; press 3 10; press 3 10)
see '^cache ' 'they count in their order'
key Escape
see '^NAME' 'and back'
# shellcheck disable=SC2046
mouse $(for _ in 1 2 3; do event 65 3 9; done)
key Enter
see '^kind-worker ' 'the wheel moves by each of its notches'
key q

### From the start to the first screen, with 100 containers.
make_db hundred.db busy.sql
sqlite3 hundred.db "
INSERT INTO container SELECT id + 100 * n, boot, cgroup_id + 100 * n,
	printf('%02d', n) || substr(key, 3), path || n, runtime, NULL, name || n, image,
	command, labels, first_seen_ns, started_ns, NULL
	FROM container, (SELECT value AS n FROM generate_series(1, 8)) WHERE id <= 11;
INSERT INTO sample_base SELECT b.tick, c.id, known, mem_bytes, mem_limit_bytes, mem_peak_bytes,
	swap_bytes, pids, mem_working_set_bytes, mem_anon_bytes, mem_file_bytes, mem_high_bytes,
	swap_limit_bytes, cpu_quota_us, cpu_period_us, pids_limit
	FROM sample_base AS b JOIN container AS c ON c.id % 100 = b.container WHERE c.id > 100;
INSERT INTO sample_row SELECT (r.id >> 32 << 32) | c.id, base_age, cpu_usage_us, cpu_user_us,
	cpu_system_us, more FROM sample_row AS r JOIN container AS c
	ON c.id % 100 = (r.id & 4294967295) WHERE c.id > 100;" || bail 'no 100 containers'
# Beside what starting any program costs on this machine.
spent_by() { cut -d' ' -f1 "/proc/$(child_of "$(tm display-message -p -t top '#{pane_pid}')")/schedstat"; }
tm kill-session -t top 2>/dev/null
tm new-session -d -s top "sh -c 'echo ready; sleep 1000; :'"
see ready 'another program'
floor=$(spent_by)
# Others on the machine only ever make it more: the best of some tries counts.
starts_quickly() { # SIZE
	for _ in 1 2 3 4 5; do
		start "$1" hundred.db --at "$moment"
		wait_for 20 shows '100 containers' || return
		spent=$((($(spent_by) - floor) / 1000))
		[ "$spent" -ge 50000 ] || return 0
	done
	return 1
}
for size in 80x24 250x80; do
	starts_quickly "$size"
	ok "the first screen of $size takes less than 50 ms of CPU"
	note <<<"$spent us"
done
tm kill-session -t top

### What the terminal gets, byte by byte.
tm new-session -d -s top -x 80 -y 24 "sleep 1000"
tm pipe-pane -t top 'cat >bytes'
tm respawn-pane -k -t top "'$ctl' --db busy.db top --at '$moment'"
see '^日本語コンテナ' 'all of a screen'
key Enter
see 'The last' 'and of a container'
! LC_ALL=C grep -qP '\x1b\](?!.*\\)|\x07|owned\x07|\x1b\[2Jrm' bytes
ok 'without what a container put into its name and command'
tm kill-session -t top

### In ASCII.
tm new-session -d -s top -x 80 -y 24 "LC_ALL=C '$ctl' --db busy.db top --at '$moment' --tree"
golden ascii-80 '|-shop-api'
tm kill-session -t top

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
tm kill-session -t top

# A terminal that goes ends it, also where nobody hears of that.
tm new-session -d -s top -x 80 -y 24 "trap '' HUP; exec '$ctl' --db fixture.db top"
see '^db ' 'without a signal'
pid=$(tm display-message -p -t top '#{pane_pid}')
gone() { [ ! -d "/proc/$pid" ]; }
tm kill-session -t top
wait_for 20 gone || { kill -9 "$pid"; false; }; ok 'the end of its terminal is the end'

finish
