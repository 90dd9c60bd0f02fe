#!/bin/sh
# What sysmon and its peers cost for each container and second, in VMs whose clock counts instructions: peers.sh
# [PART|COUNT|LOAD|TOOL]... with the parts bare, packages, docker and podman, numbers of containers, the loads idle and
# busy, and of a part's tools those named; all by default.
set -eu
cd "$(dirname "$0")/../.."
parts='' counts='' loads='' tools=''

measure() { # TOOLS COUNTS OPTION...
	ours=$1 numbers=$2
	shift 2
	# shellcheck disable=SC2086
	tests/bench/peer-vm.sh 14400 peers --tools "${tools:-$ours}" ${loads:+--work "$loads"} "$@" ${counts:-$numbers}
}

for word; do
	case $word in
	bare | packages | docker | podman) parts="$parts $word" ;;
	idle | busy) loads="$loads${loads:+,}$word" ;;
	lean | sysmon | cgtop | atop | pcp | netdatacgroups | netdata | dockerstats | podmanstats) tools="$tools${tools:+,}$word" ;;
	*[!0-9]* | '')
		echo 'usage: peers.sh [bare|packages|docker|podman|COUNT|idle|busy|TOOL]...' >&2
		exit 2
		;;
	*) counts="$counts $word" ;;
	esac
done
for part in ${parts:-bare packages docker podman}; do
	echo "$part:"
	case $part in
	bare) measure lean,sysmon,cgtop '1 10 100 500' ;;
	packages) measure atop,pcp,netdatacgroups,netdata '1 10 100 500' ;;
	docker | podman) measure "lean,sysmon,${part}stats" '1 10 20' --in "$part" ;;
	esac
done
