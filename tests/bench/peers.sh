#!/bin/sh
# What sysmon and its peers cost for each container and second, in VMs whose clock counts instructions: peers.sh
# [PART]... [COUNT]... with the parts bare, packages, docker and podman, all by default, and numbers of containers.
set -eu
cd "$(dirname "$0")/../.."
parts='' counts=''

# guest SECONDS OPTION...: one virtual machine.
guest() {
	limit=$1
	shift
	tests/vm/run -i -k 6.12 -p docker -m 3072 -t "$limit" -f tests/vm/py -f build/obj/tests/trust -f build/obj/tests/lean \
		-f build/peers/root tests/bench/peers-guest.sh "$@"
}

for word; do
	case $word in
	bare | packages | docker | podman) parts="$parts $word" ;;
	*[!0-9]* | '') echo "usage: peers.sh [bare|packages|docker|podman]... [COUNT]..." >&2 && exit 2 ;;
	*) counts="$counts $word" ;;
	esac
done
tests/bench/peer-packages.sh build/peers
# shellcheck disable=SC2086
for part in ${parts:-bare packages docker podman}; do
	echo "$part:"
	case $part in
	bare) guest 5400 --tools lean,sysmon,cgtop ${counts:-1 10 100 500} ;;
	packages) guest 7200 --tools atop,pcp,netdatacgroups,netdata ${counts:-1 10 100 500} ;;
	docker) guest 3600 --in docker --tools lean,sysmon,dockerstats ${counts:-1 10 20} ;;
	podman) guest 3600 --in podman --tools lean,sysmon,podmanstats ${counts:-1 10 20} ;;
	esac
done
