#!/bin/bash
# The module's own tests under KASAN, lockdep, kmemleak and the like.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/../lib/subtest.sh"

vm_subtest "module on the debug kernel" -k debug -t 5400 -f "$here/py" "$here/kmod.sh"
# There, making the containers takes longer than they stay awake.
vm_subtest "lives on the debug kernel" -k debug -t 5400 -f "$here/py" "$here/life.sh" -dormant
subtests_done
