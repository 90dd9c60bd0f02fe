#!/bin/bash
# The main job on real Docker containers under systemd: samples, events, the
# policy's stops, and a restart of the daemon in the middle.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

for kernel in 6.1 6.12; do
	vm_subtest "scenario on $kernel" -k "$kernel" -p docker -f "$here/py" -f "$here/../demo" "$here/scenario.sh"
done
subtests_done
