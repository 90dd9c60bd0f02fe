#!/bin/bash
# Who may ask: the token, the socket that is a path, names of this machine.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

token=0123456789abcdef0123456789abcdef
echo $token >token
chmod 640 token
configure "token_file = $work/token"
start
get /json_file; is 401 'without the token'
[ "$(header WWW-Authenticate)" = 'Bearer realm="sysmon"' ]; ok 'says what is asked for'
! grep -q stress out; ok 'and nothing else'
get /json_file -H "Authorization: Bearer $token"; is 200 'with it'
get /json_file -H "Authorization: Bearer ${token}0"; is 401 'with a longer one'
get /json_file -H "Authorization: Bearer ${token%f}"; is 401 'with a shorter one'
get /json_file -H "Authorization: Basic $token"; is 401 'with another scheme'
get /nothing; is 401 'what there is not needs it too'
get /api/v1/events -H 'Accept: text/event-stream'; is 401 'so does a stream'
get /healthz; is 503 '/healthz does not'
get /json_file -H "Authorization: Bearer $token" -H 'Host: monitor.example'
is 200 'who has it may call us by any name'
stop

# fails DESCRIPTION: the daemon does not start.
fails() {
	run_daemon
	wait "$daemon"
	code=$?
	daemon=
	is_code "$1" "$2"
}
write_conf 127.0.0.1:1
chmod 644 token
fails 1 'a token that everyone can read stops the start'
has log 'everyone may read or write it: chmod o-rw' 'saying what to do'
echo short >token; chmod 600 token
fails 1 'a short token stops the start'
configure
write_conf 0.0.0.0:9815
fails 2 'an address for all without a token is no configuration'
has log 'sysmon.conf:2: listen: 0.0.0.0:9815 can be reached from other machines: that needs a token_file' \
	'with file and line'

start
get /json_file -H 'Host: evil.example'; is 421 'a name that leads here is not ours'
get /json_file -H 'Host: localhost:9815'; is 200 'localhost is'
get /json_file -H 'Host:'; is 200 'and none'
address=127.0.0.1:$port

# Another daemon finds the address taken, records all the same, and takes it
# when it is free.
first=$daemon
make_db other.db
"$collectord" --config sysmon.conf --policy-dir policy.d --db "$work/other.db" 2>other.log &
second=$!
wait_for 10 grep -q "HTTP can't be served: $address: Address already in use; trying again" other.log
ok 'an address that is taken is told'
kill -0 $second; ok 'and does not end the daemon'
kill "$first"; wait "$first"
wait_for 20 grep -q "HTTP on $address" other.log; ok 'it is taken once it is free'
get /json_file; is 200 'and served'
kill $second; wait $second

# on_path: starts it on unix:$work/s.
on_path() {
	write_conf "unix:$work/s"
	run_daemon
	wait_for 20 is_up
	url=http://localhost
}
configure 'mode = 0600'
on_path
[ "$(stat -c '%F %a' s)" = 'socket 600' ]; ok 'a path is a socket of the mode asked for'
get /json_file --unix-socket s; is 200 'it serves'
get /json_file --unix-socket s -H 'Host: any.example'; is 200 'under any name'
kill -9 "$daemon"; wait "$daemon" 2>/dev/null
[ -S s ]; ok 'a crash leaves the socket'
on_path
get /json_file --unix-socket s; is 200 'which the next one replaces'
stop
[ ! -e s ]; ok 'and a clean end takes away'
echo precious >s
on_path
has log "HTTP can't be served: unix:$work/s: File exists" 'what is no socket is told'
stop
[ "$(cat s)" = precious ]; ok 'and left alone'
rm s
python3 -c 'import socket, time
s = socket.socket(socket.AF_UNIX); s.bind("s"); s.listen(); open("listening", "w"); time.sleep(60)' &
wait_for 60 [ -e listening ]; ok "another program listens on a path"
on_path
has log "HTTP can't be served: unix:$work/s: Address already in use" 'a socket in use is told'
stop
[ -S s ]; ok 'and left alone, too'

configure 'enabled = no'
write_conf "127.0.0.1:$port"
run_daemon
wait_for 10 grep -q 'waiting for it' log
! curl -s -m 2 "http://127.0.0.1:$port/" >out; ok 'enabled = no serves nothing'
stop
is_code 0 'and ends cleanly'
finish
