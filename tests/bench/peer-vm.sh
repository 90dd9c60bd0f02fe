#!/bin/sh
# Runs a measure of tests/vm/py in a VM whose clock counts instructions and which has the packages of sysmon's peers:
# peer-vm.sh SECONDS NAME [ARGUMENT]...
set -eu
cd "$(dirname "$0")/../.."
limit=$1
shift
tests/bench/peer-packages.sh build/peers
exec tests/vm/run -i -k 6.12 -p docker -m 3072 -t "$limit" -f tests/vm/py -f build/obj/tests/trust -f build/obj/tests/lean \
	-f build/peers/root tests/bench/peer-guest.sh "$@"
