#!/bin/bash
# Containers' lives as the module tells them, on both kernels.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

for kernel in 6.1 6.12; do
	vm_subtest "lives on $kernel" -k "$kernel" -f "$here/py" "$here/life.sh"
done
subtests_done
