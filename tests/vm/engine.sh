#!/bin/bash
# shellcheck disable=SC2317 # functions are called through ok
# Guest side of engine.t: the daemon's engine code, in the program engine_probe, against real Docker and Podman.
set -u
n=0
failed=0
image=containerstack/alpine-stress
work=$(mktemp -d)

ok() { # NAME COMMAND...
	local name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $cli: $name"
	else
		failed=1
		echo "not ok $n - $cli: $name"
		sed 's/^/# /' "$work/trace"
	fi
}

# Waits up to two minutes for a line of the trace, behind the lines that were there at the last mark.
mark() { marked=$(wc -l <"$work/trace"); }
traced() {
	local end=$((SECONDS + 120))
	until tail -n +$((marked + 1)) "$work/trace" | grep -qE -- "$1"; do
		[ "$SECONDS" -lt "$end" ] || { echo "# no $1" && return 1; }
		sleep 0.3
	done
}
not_traced() { ! tail -n +$((marked + 1)) "$work/trace" | grep -qE -- "$1"; }

start_probe() {
	mkfifo "$work/input"
	: >"$work/trace"
	mark
	/mnt/host/engine_probe "$1" <"$work/input" >"$work/trace" 2>&1 &
	probe=$!
	exec 3>"$work/input"
}

ends() {
	exec 3>&-
	wait "$probe"
	rm "$work/input"
}

# Networks take most of a start's time, and nothing here needs one. Podman leaves a process behind, which must not hold
# the probe's input open.
run() { $cli run -d --network none "$@" 3>&- 2> >(sed "s/^/# $cli: /" >&2); }

test_list() {
	before=$(run --name before --label k=v --label 'odd="\é' "$image" sleep 1000)
	gone=$(run --name gone "$image" sh -c 'exit 3')
	$cli wait gone >/dev/null
	start_probe "$1"
	ok "connects with its API version" traced "^state connected 1\.41$2 <>$"
	ok "the list names what runs" traced "^container $before running <before> <[^>]*$image(:latest)?> <> "
	ok "the list names what has ended" traced "^container $gone exited <gone> "
	ok "details have the command and the labels" traced \
		"^container $before running <before> <[^>]*$image(:latest)?> <sleep 1000> <\{.*\"k\":\"v\".*\"odd\":.*\}> exit=-1 started=1 complete=1"
	ok "the list is completed" traced "^list done"
}

test_events() {
	mark
	during=$(run --name during "$image" sh -c 'echo "a  b"; exec sleep 1000')
	ok "a start is told" traced "^event start $during"
	ok "with the whole command" traced "^container $during running <during> .*<sh -c echo \"a  b\"; exec sleep 1000>"
	mark
	$cli rename during renamed
	ok "a rename is told" traced "^event rename $during"
	ok "with the new name" traced "^container $during running <renamed> "
	mark
	short=$(run --name short "$image" sh -c 'exit 7')
	ok "an end is told with its exit code" traced "^event die $short exit=7"
	mark
	$cli rm short >/dev/null
	ok "a removal is told" traced "^event destroy $short"
	mark
	$cli pause renamed >/dev/null
	ok "a pause is told" traced "^container $during paused "
	$cli unpause renamed >/dev/null
	ok "and its end" traced "^event unpause $during"
}

test_stops() {
	mark
	echo "stop $during 1" >&3
	ok "a stop is carried out" traced "^stop 204 ok"
	ok "and told as an event" traced "^event die $during exit=1(37|43)"
	ok "and in the details" traced "^container $during exited <renamed> .* exit=1(37|43) "
	mark
	echo "stop $during 1" >&3
	ok "a second stop finds it stopped" traced "^stop 304 ok"
	mark
	echo "stop ${during//[0-9a-f]/0} 1" >&3
	ok "an unknown container is 404 in words" traced "^stop 404 failed <404: [Nn]o (such )?container"
}

test_reconnect() {
	mark
	"restart_$cli"
	ok "the end of the engine is told" traced "^state unavailable "
	ok "and its return" traced "^state connected 1\.41"
	ok "with a new list" traced "^list done"
	mark
	after=$(run --name after "$image" sleep 1000)
	ok "events go on" traced "^event start $after"
	ok "each is told once" not_traced "^event start $before"
}

restart_docker() { systemctl restart docker; }
restart_podman() {
	systemctl stop podman.service podman.socket
	while systemctl is-active -q podman.service; do sleep 0.1; done
	sleep 2
	systemctl start podman.socket
}

test_engine() { # COMMAND SOCKET PODMAN-MARK
	cli=$1
	test_list "$2" "$3"
	test_events
	test_stops
	test_reconnect
	ok "ends with its input, leaving nothing" ends
}

vm-images || exit 1
test_engine docker /run/docker.sock ''
test_engine podman /run/podman/podman.sock ' podman'
echo "1..$n"
exit $failed
