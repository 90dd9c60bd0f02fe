#!/bin/bash
# The module alone: figures, events, permissions. On both kernels, and on the debug kernel if one is there;
# long/kmod-debug.t builds it.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

for kernel in 6.1 6.12; do
	vm_subtest "module on $kernel" -k "$kernel" -f "$here/py" "$here/kmod.sh"
done
# What takes minutes there is left to long/kmod-debug.t.
if has_debug_kernel; then
	vm_subtest "module on the debug kernel" -k debug -f "$here/py" "$here/kmod.sh" -files -hostile_names -incomplete -memory_limits
else
	skipped_subtest "module on the debug kernel" "there is none: make check-long builds it"
fi
subtests_done
