#!/bin/bash
# The module and the daemon, without an engine, on both kernels: what is stored, and that nothing is lost.
. "$(dirname "$0")/lib/subtest.sh"

for kernel in 6.1 6.12; do
	vm_subtest "daemon on $kernel" -k "$kernel" -f "$here/py" "$here/daemon.sh"
done
subtests_done
