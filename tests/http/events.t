#!/bin/bash
# The event stream: each event once as it comes, resumed by its id, bounded.
# shellcheck disable=SC2317
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

sql() { sqlite3 -cmd '.timeout 5000' fixture.db "$1"; }
columns="session, seq, ts_ns, boottime_ns, type, container"
event() { sql "INSERT INTO event ($columns) VALUES (2, $1, 1736942420000000000 + $1, 1, '$2', 2)"; }

# stream NAME [CURL-ARGUMENT...]: in the background, into the file NAME.
stream() {
	local name=$1
	shift
	curl -sSN -H 'Accept: text/event-stream' "$@" "$url/api/v1/events" >"$name" 2>"$name.err" &
}
data() { sed -n 's/^data: //p' "$1"; }
has_events() { [ "$(data "$1" | wc -l)" -ge "$2" ]; }
seqs() { data "$1" | jq -s -c 'map(.seq)'; }
last_id() { sed -n 's/^id: //p' "$1" | tail -1; }

start
stream live
live=$!
wait_for 10 grep -q '^id: 2.21.2' live; ok 'a stream begins at the end of the record'
grep -q '^retry: ' live; ok 'and says when to come back'
event 22 start
wait_for 10 has_events live 1; ok 'a new event comes'
[ "$(data live | jq -c '[.session, .seq, .type, .name]')" = '[2,22,"start","web"]' ]; ok 'as it is'
[ "$(last_id live)" = 2.22.2.4 ]; ok 'with its id'
"$ctl" --db fixture.db events -n 1 --format jsonl >expected
data live | cmp - expected; ok 'as sysmonctl --format jsonl has it'

stream some -G -d type=stop
wait_for 10 grep -q '^id: ' some
event 23 throttled
event 24 stop
sql "INSERT INTO gap (session, kind, first, count, to_ns, reason)
	VALUES (2, 'event', 25, 4, 1736942422000000000, 'overrun')"
wait_for 10 has_events live 4; ok 'so do a gap and others'
[ "$(seqs live)" = '[22,23,24,25]' ]; ok 'each once, in order'
wait_for 10 has_events some 1
[ "$(seqs some)" = '[24]' ]; ok 'a stream can be of some kinds'
[ "$(last_id live)" = 2.24.3.4 ]; ok 'the id tells of the gap'

stream again -H 'Last-Event-ID: 2.22.2.4'
wait_for 10 has_events again 3; ok 'a stream is resumed'
[ "$(seqs again)" = '[23,24,25]' ]; ok 'behind the id'
stream all -H 'Last-Event-ID: 0.0.0.0'
wait_for 10 has_events all 24
data all | jq -c '[.session, .seq]' >got
"$ctl" --db fixture.db events --format jsonl | jq -c '[.session, .seq]' | sort -u >expected
sort -u got | cmp - expected; ok 'from the beginning it is the whole record'

# A long record comes in pieces, each event once.
sql "WITH RECURSIVE n (i) AS (SELECT 26 UNION ALL SELECT i + 1 FROM n WHERE i < 20025)
	INSERT INTO event ($columns)
	SELECT 2, i, 1736942430000000000 + i, 1, 'start', 2 FROM n"
stream long -H 'Last-Event-ID: 2.25.3.4'
long=$!
wait_for 60 has_events long 20000; ok 'twenty thousand events come'
seqs long | jq -e '. == [range(26; 20026)]' >/dev/null; ok 'each once, in order'
kill $long

get /api/v1/events -H 'Accept: text/event-stream' -H 'Last-Event-ID: yesterday'
is 400 'what is no id'
get '/api/v1/events?since=-1h' -H 'Accept: text/event-stream'; is 400 'a range of a stream'
has out 'takes no since' 'is refused by name'

wait_for 30 grep -q '^: alive' some; ok 'a silent stream gives signs of life'

# One that takes nothing is let go, and the others do not suffer.
python3 - "$port" >slow.out <<-'END' &
	import socket, sys, time
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
	s.connect(("127.0.0.1", int(sys.argv[1])))
	s.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nLast-Event-ID: 2.25.3.4\r\n\r\n")
	time.sleep(60)
END
slow=$!
event 20026 stop
wait_for 10 has_events live 20005; ok 'a reader that stands still holds up no other'
dropped() { [ "$(metric sysmon_http_streams_dropped_total)" = 1 ]; }
wait_for 40 dropped; ok 'is dropped, and counted'
kill $slow

# There are eight at most.
open_streams() { [ "$(metric sysmon_http_streams)" = "$1" ]; }
for i in 1 2 3 4 5 6 7 8; do stream "more$i"; done
wait_for 10 open_streams 8; ok 'there are no more than eight'
get /api/v1/events -H 'Accept: text/event-stream' -m 5; is 503 'the next one is turned away'
get /api/v1/events -I -H 'Accept: application/json'; is 200 'which is for streams only'
kill $live

stop
is_code 0 'the daemon ends cleanly, its streams with it'
run status --json
jq -e '.daemon | .http_requests > 20 and .http_streams_dropped == 1 and .http_busy >= 1' out >/dev/null || { note <out; false; }
ok 'sysmonctl status tells what was dropped'
finish
