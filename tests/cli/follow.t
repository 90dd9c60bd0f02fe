#!/bin/bash
# events --follow: the end of the past, then each event once as it comes.
# shellcheck disable=SC2317
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

sql() { sqlite3 -cmd '.timeout 5000' fixture.db "$1"; }
columns="session, seq, ts_ns, boottime_ns, type, container"
lines() { [ "$(wc -l <followed)" -ge "$1" ]; }

"$ctl" --db fixture.db events --follow -n 2 --format jsonl >followed 2>err &
pid=$!
wait_for 20 lines 2; ok 'begins with the newest events'
[ "$(jq -s -c 'map(.seq)' followed)" = '[20,21]' ]; ok 'those asked for'

sql "INSERT INTO event ($columns) VALUES (2, 22, 1736942420000000000, 1, 'start', 2)"
wait_for 20 lines 3; ok 'shows a new event'
sql "INSERT INTO event ($columns) VALUES (2, 23, 1736942421000000000, 1, 'stop', 2);
	INSERT INTO gap (session, kind, first, count, to_ns, reason)
	VALUES (2, 'event', 24, 4, 1736942422000000000, 'overrun')"
wait_for 20 lines 5; ok 'shows a gap'
# A module that was loaded anew counts from 1.
sql "INSERT INTO session (id, boot, instance, opened_ns) VALUES (3, 2, 9, 0);
	INSERT INTO event ($columns) VALUES (3, 1, 1736942423000000000, 1, 'start', 2)"
wait_for 20 lines 6; ok 'shows events of the next load'
sql "INSERT INTO alarm (ts_ns, rule, container, reason) VALUES (1736942424000000000, 'busy', 2, 'refused')"
wait_for 20 lines 7; ok 'shows an alarm'
[ "$(jq -s -c '.[6] | [.type, .rule, .reason]' followed)" = '["alarm","busy","refused"]' ]; ok 'of the rule'
[ "$(jq -s -c 'map(.seq)' followed)" = '[20,21,22,23,24,1,5]' ]
ok 'each once, in order'
[ "$(jq -s -c '.[4] | [.type, .count, .reason]' followed)" = \
	'["gap",4,"overrun"]' ]; ok 'the gap tells its size and reason'

kill "$pid"
wait "$pid" 2>/dev/null
[ ! -s err ]; ok 'says nothing on stderr'

# Of one container: its lives, those that begin meanwhile too, and gaps.
"$ctl" --db fixture.db events web --follow -n 1 --format jsonl >followed 2>err &
pid=$!
wait_for 20 lines 1; ok 'follows one container'
sql "INSERT INTO container (id, boot, cgroup_id, key, path, name, first_seen_ns)
	VALUES (12, 2, 2000, 'ab12', '/a/ab12', 'web', 1736942430000000000);
	INSERT INTO event ($columns) VALUES (3, 2, 1736942430000000000, 1, 'start', 12);
	INSERT INTO event ($columns) VALUES (3, 3, 1736942431000000000, 1, 'start', 3);
	INSERT INTO event ($columns) VALUES (3, 4, 1736942432000000000, 1, 'stop', 12)"
wait_for 20 lines 3; ok 'also through a life that begins meanwhile'
sql "INSERT INTO gap (session, kind, first, count, to_ns, reason)
	VALUES (3, 'event', 5, 1, 1736942433000000000, 'overrun')"
wait_for 20 lines 4; ok 'with the gaps'
[ "$(jq -s -c '.[1:] | map([.type, .id])' followed)" = '[["start","ab12"],["stop","ab12"],["gap",null]]' ]
ok 'and without the others'
kill "$pid"
wait "$pid" 2>/dev/null

# By the beginning of its id: it stays that one when another id begins alike.
"$ctl" --db fixture.db events ab1 --follow -n 1 --format jsonl >followed 2>err &
pid=$!
wait_for 20 lines 1; ok 'follows one by the beginning of its id'
sql "INSERT INTO container (id, boot, cgroup_id, key, path, name, first_seen_ns)
	VALUES (13, 2, 2001, 'ab13', '/a/ab13', 'other', 1736942440000000000);
	INSERT INTO event ($columns) VALUES (3, 6, 1736942440000000000, 1, 'start', 13);
	INSERT INTO event ($columns) VALUES (3, 7, 1736942441000000000, 1, 'start', 12)"
wait_for 20 lines 2; ok 'and only that'
[ "$(jq -s -c '.[1:] | map(.id)' followed)" = '["ab12"]' ]; ok 'whichever come'
kill "$pid"
wait "$pid" 2>/dev/null

finish
