#!/bin/sh
# Starts stress containers, of random kinds or of those that are named.
set -eu

image=${SYSMON_STRESS_IMAGE:-containerstack/alpine-stress}
docker=${SYSMON_DOCKER:-docker}

usage() {
	cat <<'END'
Usage: spawn.sh [COUNT]
       spawn.sh KIND...
Starts COUNT (default 1, at most 100) stress containers of random kinds, or one
of each KIND given: cpu, vm, io, hdd. Prints their names.

Environment:
  SYSMON_STRESS_IMAGE  the image (default containerstack/alpine-stress)
  SYSMON_DOCKER        the engine's command (default docker; podman works too)

Exit status: 0 all were started, 1 failed, 2 wrong usage.
END
}

fail() {
	printf 'spawn.sh: %s\n' "$1" >&2
	exit "${2:-1}"
}

# random_hex BYTES
random_hex() {
	od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}

random_kind() {
	case $(random_hex 1) in
	[0-3]?) echo cpu ;;
	[4-7]?) echo vm ;;
	[89ab]?) echo io ;;
	*) echo hdd ;;
	esac
}

# start KIND LIMIT ARG...: runs `stress ARG...` under the limit
start() {
	name=stress-$1-$(random_hex 3)
	limit=$2
	shift 2
	"$docker" run --detach --rm --name "$name" "$limit" "$image" \
		stress "$@" >/dev/null || fail "cannot start $name"
	echo "$name"
}

spawn() {
	case $1 in
	cpu) start cpu --cpus=0.20 --cpu 1 ;;
	vm) start vm --cpus=0.1 --vm 2 ;;
	io) start io --memory=64M --io 1 ;;
	hdd) start hdd --cpus=0.1 --hdd 1 --hdd-bytes 16M ;;
	esac
}

check_kinds() {
	for kind; do
		case $kind in
		cpu | vm | io | hdd) ;;
		*) fail "\"$kind\" is not cpu, vm, io or hdd (see --help)" 2 ;;
		esac
	done
}

check_engine() {
	command -v "$docker" >/dev/null ||
		fail "$docker is not here: install it (Debian: docker.io)"
	why=$("$docker" info 2>&1 >/dev/null) ||
		fail "$docker does not answer: $why"
	"$docker" image inspect "$image" >/dev/null 2>&1 ||
		fail "the image $image is not here: $docker pull $image"
}

case ${1-1} in
-h | --help)
	usage
	exit 0
	;;
[0-9]*)
	count=${1-1}
	case $count in
	*[!0-9]* | ????*) fail "\"$count\" is not a number up to 100" 2 ;;
	esac
	if [ $# -gt 1 ] || [ "$count" -gt 100 ]; then
		fail "expected one number up to 100, or kinds (see --help)" 2
	fi
	set --
	while [ $# -lt "$count" ]; do
		set -- "$@" "$(random_kind)"
	done
	;;
*) check_kinds "$@" ;;
esac

check_engine
for kind; do
	spawn "$kind"
done
