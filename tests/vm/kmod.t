#!/bin/bash
# The module alone, on both kernels: figures, events, permissions.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

for kernel in 6.1 6.12; do
	vm_subtest "module on $kernel" -k "$kernel" -f "$here/py" "$here/kmod.sh"
done
subtests_done
