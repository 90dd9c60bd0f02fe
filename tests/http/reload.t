#!/bin/bash
# [http] at a reload: another address, another token, off and on; and a bad one, which changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

reloads=0
# shellcheck disable=SC2317 # wait_for calls it
loaded() { [ "$(grep -c 'the configuration was read anew\|the old one stays in force' log)" -gt "$reloads" ]; }

# reload ADDRESS: has the daemon read what configure() and this make.
reload() {
	write_conf "$1"
	kill -HUP "$daemon"
	wait_for 20 loaded || bail 'the daemon does not reload'
	reloads=$((reloads + 1))
}
in_force() { grep 'was read anew\|the old one stays' log | tail -n 1 | grep -q anew; }
refused() { ! curl -s -m 5 "http://$1/healthz" >out; }
requests() { curl -sS -m 20 "$url/metrics" | awk '/^sysmon_http_requests_total/ { n += $2 } END { print n }'; }

start
first=127.0.0.1:$port
get /json_file; is 200 'it serves'
for _ in 1 2 3 4 5; do get /json_file; done
before=$(requests)

second=127.0.0.1:$((port + 1))
reload "$second"
url=http://$second
get /json_file; is 200 'another address is served'
refused "$first"; ok 'the old one is not'
[ "$(requests)" -gt "$before" ]; ok 'and the counts go on'

token=0123456789abcdef0123456789abcdef
echo $token >token
chmod 600 token
configure "token_file = $work/token"
reload "$second"
get /json_file; is 401 'a token is asked for at the same address'
get /json_file -H "Authorization: Bearer $token"; is 200 'and taken'
stream() { # NAME
	curl -sSN -H "Authorization: Bearer $token" -H 'Accept: text/event-stream' "$url/api/v1/events" >"$1" 2>&1 &
	stream=$!
	wait_for 20 grep -q '^id: ' "$1" || bail 'no stream begins'
}
# shellcheck disable=SC2317 # wait_for calls it
ended() { ! kill -0 "$stream" 2>/dev/null; }
stream followed
reload "$second"
lives=$(grep -c '^: alive' followed)
# shellcheck disable=SC2317 # wait_for calls it
lives_on() { [ "$(grep -c '^: alive' followed)" -gt "$lives" ]; }
wait_for 30 lives_on; ok 'an event stream goes on when the token is the same'
echo "${token}9" >token
reload "$second"
wait_for 10 ended; ok 'and is ended by another'
get /json_file -H "Authorization: Bearer $token"; is 401 'another one in the same file ends the old'
get /json_file -H "Authorization: Bearer ${token}9"; is 200 'and is taken'
reload "0.0.0.0:$((port + 1))"
get /json_file -H "Authorization: Bearer ${token}9"; is 200 'the same port of all addresses, in the way of the old'

chmod 644 token
reload "$second"
has log 'everyone may read or write it: chmod o-rw' 'a token that everyone can read is told'
get /json_file -H "Authorization: Bearer ${token}9"; is 200 'and what was in force stays'
chmod 600 token
python3 -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); open("listening", "w"); time.sleep(60)' \
	$((port + 2)) &
wait_for 60 [ -e listening ]; ok 'another program listens'
reload "127.0.0.1:$((port + 2))"
has log "127.0.0.1:$((port + 2)): Address already in use" 'an address that is taken is told'
get /json_file -H "Authorization: Bearer ${token}9"; is 200 'and what was in force stays'

configure 'mode = 0600'
reload "unix:$work/s"
in_force; ok 'a path is taken'
refused "$second"; ok 'in the place of the address'
url=http://localhost
get /json_file --unix-socket s; is 200 'it serves'
configure 'mode = 0660'
reload "unix:$work/s"
[ "$(stat -c '%F %a' s)" = 'socket 660' ]; ok 'a path takes another mode'
get /json_file --unix-socket s; is 200 'and serves'

configure 'enabled = no'
reload "$first"
[ ! -e s ] && refused "$first"; ok 'nothing is served'
configure
reload "$first"
url=http://$first
get /json_file; is 200 'and it is again'
[ "$(grep -c 'listening to\|waiting for it' log)" = 1 ]; ok 'all the time it was one daemon'
stop
is_code 0 'which ends cleanly'
finish
