# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # its variables are those of who sources it
# What a command costs: the least of $runs runs, since what else runs on the machine only adds to it. $dir is a folder.

# may_fail CODE COMMAND...: 3 says that there is nothing, which is an answer too.
may_fail() {
	[ "$1" != 3 ] || return 0
	shift
	echo "${0##*/}: $* failed: $(cat "$dir/err")" >&2
	exit 1
}

# The least CPU and wall time of the runs of a command, in milliseconds, into cpu
# and wall; its output is in $dir/out.
measure() {
	local i user system real times TIMEFORMAT='%3U %3S %3R'
	cpu='' wall=''
	for ((i = 0; i < runs; i++)); do
		times=$({ time "$@" >"$dir/out" 2>"$dir/err"; } 2>&1) || may_fail $? "$@"
		read -r user system real <<<"${times//./}"
		user=$((10#$user + 10#$system))
		real=$((10#$real))
		[ -n "$cpu" ] && [ "$cpu" -le "$user" ] || cpu=$user
		[ -n "$wall" ] && [ "$wall" -le "$real" ] || wall=$real
	done
}
