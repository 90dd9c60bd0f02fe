#!/bin/bash
# The policy on real Docker containers: thresholds to pause, kill, restart and
# commands, and an engine that is away during a decision.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

# On one kernel, for time's sake: daemon.t and kmod.t run on both.
vm_subtest "policy" -k 6.1 -p docker -t 900 -f "$here/py" -f "$here/../demo" "$here/policy.sh"
subtests_done
