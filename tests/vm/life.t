#!/bin/bash
# Containers' lives as the module tells them, on both kernels.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

# What the module does after a minute, by its own clock, is the same on both.
vm_subtest "lives on 6.1" -k 6.1 -f "$here/py" "$here/life.sh" -dormant
vm_subtest "lives on 6.12" -k 6.12 -f "$here/py" "$here/life.sh"
subtests_done
