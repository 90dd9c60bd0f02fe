#!/bin/bash
# The module with allocations that fail, on the debug kernel.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/../lib/subtest.sh"

build_trust
vm_subtest "failing allocations" -k debug -t 7200 -f "$here/py" -f "$trust" "$here/failslab.sh"
subtests_done
