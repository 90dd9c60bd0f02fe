#!/bin/bash
# The module's own tests under KASAN, lockdep, kmemleak and the like.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/../lib/subtest.sh"

vm_subtest "module on the debug kernel" -k debug -t 5400 -f "$here/py" "$here/kmod.sh"
vm_subtest "lives on the debug kernel" -k debug -t 5400 -f "$here/py" "$here/life.sh"
subtests_done
