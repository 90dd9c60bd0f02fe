# shellcheck shell=bash
# What hunt and replay share; sourced by run.sh and replay.t, for which here is tests/fuzz.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# A large quarantine, and long stacks of each allocation, cost most of the time.
export ASAN_OPTIONS=detect_stack_use_after_return=1:quarantine_size_mb=16:malloc_context_size=4
export UBSAN_OPTIONS=print_stacktrace=1

# Some targets write databases.
if [ -z "${TMPDIR-}" ] && [ -w /dev/shm ]; then
	TMPDIR=$(mktemp -d /dev/shm/sysmon-fuzz.XXXXXX)
	export TMPDIR
	trap 'rm -rf "$TMPDIR"' EXIT
fi

# build/fuzz/fuzz_X is X.
name_of() {
	local name=${1##*/}
	printf '%s\n' "${name#fuzz_}"
}

# run_target TARGET ARGUMENT...; an input that takes 10 s, or 1 GiB, is a fault as well.
run_target() {
	local target=$1 dict
	shift
	dict=$here/dict/$(name_of "$target")
	[ ! -f "$dict" ] || set -- "-dict=$dict" "$@"
	"$target" -timeout=10 -rss_limit_mb=1024 "$@"
}
