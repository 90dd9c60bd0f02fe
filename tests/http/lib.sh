# shellcheck shell=bash
# Shared by the tests of the HTTP server: the real daemon on the fixture of
# tests/cli, without the module. Sourced; the test ends with `finish`.
# shellcheck source-path=SCRIPTDIR source=../cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
collectord=${SYSMON_COLLECTORD:-$top/build/obj/sysmon-collectord}
for tool in curl jq python3; do
	command -v "$tool" >/dev/null || bail "$tool is missing; apt install $tool"
done
[ -x "$collectord" ] || bail "$collectord is missing; run make"
mkdir policy.d
daemon=
port=

# What the daemon is given beside the address; `configure LINE...` replaces it.
http_lines=
configure() { http_lines=$(printf '%s\n' "$@"); }

write_conf() { # ADDRESS
	printf '[http]\nlisten = %s\n%s\n[engine docker]\nenabled = no\n' \
		"$1" "$http_lines" >sysmon.conf
}

# Runs it in the background, on the configuration as it is.
run_daemon() {
	: >log
	"$collectord" --config sysmon.conf --policy-dir policy.d \
		--db "$work/fixture.db" -v 2>log &
	daemon=$!
}

is_up() { grep -qE 'HTTP on|HTTP can|HTTP:' log || ! kill -0 "$daemon" 2>/dev/null; }

# Starts it on a TCP port that is free; requests go to $url.
start() {
	local try
	for try in 1 2 3 4 5 6 7 8; do
		port=$((20000 + (RANDOM + $$ * try) % 30000))
		write_conf "127.0.0.1:$port"
		run_daemon
		wait_for 20 is_up || bail "the daemon does not come up"
		url=http://127.0.0.1:$port
		grep -q 'HTTP on' log && return
		stop
	done
	note <log
	bail 'the daemon does not serve'
}

# Ends it; its exit status in code.
stop() {
	kill "$daemon" 2>/dev/null
	wait "$daemon"
	code=$?
	daemon=
}

# get PATH [CURL-ARGUMENT...]: the body in out, the headers in headers (without
# carriage returns), the status in status.
get() {
	local path=$1
	shift
	: >out
	status=$(curl -sS -g -m 20 -D raw -o out -w '%{http_code}' "$@" "$url$path" 2>err)
	tr -d '\r' <raw >headers
}

# is STATUS DESCRIPTION
is() {
	[ "$status" = "$1" ] || { echo "# status $status"; note <out; false; }
	ok "$2"
}

# same FILE DESCRIPTION: the body and the file.
same() {
	diff -u "$1" out >differences 2>&1 || { note <differences; false; }
	ok "$2"
}

# The value of a header of the last answer.
header() { sed -n "s/^$1: //Ip" headers; }

metric() { # NAME: its value
	curl -sS -m 20 "$url/metrics" | awk -v name="$1" '$1 == name { print $2 }'
}

end_all() {
	local pid
	for pid in $(jobs -p); do kill "$pid" 2>/dev/null; done
	wait
	cd / && rm -rf "$work"
}
trap end_all EXIT
