#!/bin/bash
# What a client can't do: be slow for ever, be large, be many.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start

# talk [SECONDS-BETWEEN-BYTES]: sends stdin, a byte at a time if slow; prints
# the first line of the answer and how long the connection was open.
cat >talk.py <<-'END'
	import socket, sys, time
	port, pause = int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0
	data = sys.stdin.buffer.read()
	s = socket.create_connection(("127.0.0.1", port))
	begun = time.monotonic()
	try:
	    if pause:
	        for byte in data:
	            s.sendall(bytes([byte]))
	            time.sleep(pause)
	    else:
	        s.sendall(data)
	    s.settimeout(40)
	    answer = s.recv(65536)
	except OSError:
	    answer = b""
	print((answer.split(b"\r\n")[0] or b"nothing").decode(), int(time.monotonic() - begun))
END
talk() { python3 talk.py "$port" "$@"; }

printf 'GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n' "$(head -c 20000 /dev/zero | tr '\0' a)" | talk >out
grep -qE '^HTTP/1.1 (414|431)' out || { note <out; false; }; ok 'a long line is refused'
printf 'GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n' "$(head -c 20000 /dev/zero | tr '\0' a)" | talk >out
grep -qE '^HTTP/1.1 431' out || { note <out; false; }; ok 'a large header is refused'
printf 'nonsense\r\n\r\n' | talk >out
grep -qE '^(HTTP/1.1 400|nothing)' out || { note <out; false; }; ok 'what is no HTTP is refused'
get / ; is 200 'others are served meanwhile'

# 0.7 s a byte would take a minute.
printf 'GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n' "$(head -c 50 /dev/zero | tr '\0' a)" | talk 0.7 >slow &
slow=$!
# So would a body that goes on and on.
printf 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n%s' "$(head -c 100 /dev/zero | tr '\0' a)" |
	talk 0.3 >body &
body=$!
talk </dev/null >silent &
silent=$!
wait $slow $body $silent
read -r first seconds <slow
note <slow
[ "$first" = nothing ] && [ "$seconds" -ge 10 ] && [ "$seconds" -le 16 ]
ok 'a request that takes longer than 10 s is cut off'
read -r first seconds <silent
note <silent
[ "$first" = nothing ] && [ "$seconds" -le 13 ]
ok 'so is one that never comes'
awk '{ exit !($NF <= 25) }' body || { note <body; false; }
ok 'so is a body without end'
[ "$(metric sysmon_http_connections_cut_total)" -ge 3 ]; ok 'and counted'

# More clients than there is room for.
cat >crowd.py <<-'END'
	import socket, sys, time
	held = []
	for _ in range(100):
	    s = socket.socket()
	    s.settimeout(2)
	    try:
	        s.connect(("127.0.0.1", int(sys.argv[1])))
	    except OSError:
	        break
	    held.append(s)
	print(len(held), flush=True)
	time.sleep(60)
END
python3 crowd.py "$port" >crowd &
crowd=$!
# All have come, and the daemon has let in, or sent away, each of them.
# shellcheck disable=SC2317 # wait_for calls it
nobody_waits() {
	awk -v port="$(printf ':%04X' "$port")" 'index($2, port) && $4 == "0A" { exit $5 != "00000000:00000000" }' /proc/net/tcp
}
wait_for 60 [ -s crowd ] && wait_for 20 nobody_waits
descriptors=$(find "/proc/$daemon/fd" -lname 'socket:*' | wc -l)
note <<<"$(cat crowd) came, $descriptors sockets"
[ "$(cat crowd)" -ge 64 ] && [ "$descriptors" -ge 48 ] && [ "$descriptors" -le 80 ]
ok 'a hundred connections are not all let in'
wait_for 25 curl -s -m 20 -o out "$url/healthz"; ok 'and when the idle ones are cut, others are served'
kill $crowd

# As many requests as there may be, and more.
for i in $(seq 40); do
	curl -s -m 30 -o "many$i" -w '%{http_code}\n' "$url/api/v1/events" >>many &
	pids+=($!)
done
wait "${pids[@]}"
[ "$(grep -c 200 many)" -ge 18 ]; ok 'many requests at once are answered'
! grep -qvE '^(200|503)$' many || { note <many; false; }; ok 'or turned away with 503'
for i in $(seq 40); do cat "many$i"; done | grep -q 'version":1'; ok 'in JSON'

# Two requests on one connection.
curl -sS -v -m 10 "$url/healthz" "$url/json_file" >out 2>err
grep -q 'Re-using existing connection' err; ok 'a connection serves more than one request'
printf 'GET /healthz HTTP/1.0\r\n\r\n' | talk >out
grep -q '^HTTP/1.[01] 503' out || { note <out; false; }; ok 'HTTP/1.0 is served'

stop
is_code 0 'the daemon ends cleanly'
finish
