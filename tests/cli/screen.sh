# shellcheck shell=bash disable=SC2154 # lib.sh assigns work and ctl
# A terminal for top, and what is on it: one session of tmux. Sourced behind lib.sh.
command -v tmux >/dev/null || bail 'tmux is missing; apt install tmux'

socket=sysmonctl-test-$$
tm() { tmux -L "$socket" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null; cd /; rm -rf "$work"' EXIT

screen() { tm capture-pane -p -t top >screen 2>/dev/null; }
shows() { screen && grep -qE -- "$1" screen; }
hides() { screen && [ -s screen ] && ! grep -qE -- "$1" screen; }
key() { tm send-keys -t top "$@"; }
child_of() { tr -d ' ' <"/proc/$1/task/$1/children"; }

# start COLUMNSxROWS DATABASE ARGUMENT...: top; its exit code will be in code.
start() {
	local size=$1 db=$2
	shift 2
	rm -f code
	tm kill-session -t top 2>/dev/null
	tm new-session -d -s top -x "${size%x*}" -y "${size#*x}" \
		"'$ctl' --db $db top $*; echo \$? >code" || bail 'tmux fails'
}

# keep DATABASE: it has a tick of tomorrow, so that its past is looked at without
# an alarm, which would tell how long ago that is.
keep() {
	sqlite3 "$1" "INSERT INTO tick (id, session, number, ts_ns, boottime_ns, span_us, interval_us, walk_us, containers)
		SELECT max(id) + 1, 1, max(number) + 1, (strftime('%s', 'now') + 86400) * 1000000000, 1, 1, 1000000, 1, 0
		FROM tick" || bail 'no newest tick'
}

# Keeps the server while one view after the other comes and goes.
tm new-session -d -s keep 'sleep 600' || bail 'tmux fails'
