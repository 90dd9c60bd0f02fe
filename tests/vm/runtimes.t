#!/bin/bash
# Containers' lives as the module tells them, with the runtimes themselves: Docker, Podman, containerd, runc,
# systemd-nspawn, LXC.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

# On one kernel, for time's sake: life.t runs on both.
vm_subtest "runtimes" -k 6.12 -p docker -t 1500 -f "$here/py" "$here/runtimes.sh"
subtests_done
