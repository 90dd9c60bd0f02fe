#!/bin/sh
# What sysmon and its peers cost for each container and second, in VMs whose clock counts instructions: peers.sh
# [PART|COUNT|LOAD]... with the parts bare, packages, docker and podman, numbers of containers, and the loads idle and
# busy; all by default.
set -eu
cd "$(dirname "$0")/../.."
parts='' counts='' loads=''

measure() { # SECONDS OPTION...
	limit=$1
	shift
	tests/bench/peer-vm.sh "$limit" peers ${loads:+--work "${loads#,}"} "$@"
}

for word; do
	case $word in
	bare | packages | docker | podman) parts="$parts $word" ;;
	idle | busy) loads="$loads,$word" ;;
	*[!0-9]* | '') echo "usage: peers.sh [bare|packages|docker|podman|COUNT|idle|busy]..." >&2 && exit 2 ;;
	*) counts="$counts $word" ;;
	esac
done
# shellcheck disable=SC2086
for part in ${parts:-bare packages docker podman}; do
	echo "$part:"
	case $part in
	bare) measure 5400 --tools lean,sysmon,cgtop ${counts:-1 10 100 500} ;;
	packages) measure 7200 --tools atop,pcp,netdatacgroups,netdata ${counts:-1 10 100 500} ;;
	docker) measure 3600 --in docker --tools lean,sysmon,dockerstats ${counts:-1 10 20} ;;
	podman) measure 3600 --in podman --tools lean,sysmon,podmanstats ${counts:-1 10 20} ;;
	esac
done
