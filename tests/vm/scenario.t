#!/bin/bash
# The main job on real Docker containers under systemd: samples, events, the
# policy's stops, and a restart of the daemon in the middle.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

# On one kernel, for time's sake: daemon.t and kmod.t run on both.
vm_subtest "scenario" -k 6.1 -p docker -t 1500 -f "$here/py" -f "$here/../demo" "$here/scenario.sh"
subtests_done
