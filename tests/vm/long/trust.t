#!/bin/bash
# Whether the module may be trusted: 10,000 containers, 200 loads, 10^6 messages; and less on the debug kernel.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/../lib/subtest.sh"

build_trust
for kernel in 6.1 6.12; do
	vm_subtest "trust on $kernel" -k "$kernel" -t 5400 -f "$here/py" -f "$trust" "$here/trust.sh" long
done
vm_subtest "trust on the debug kernel" -k debug -t 5400 -f "$here/py" -f "$trust" "$here/trust.sh" debug
subtests_done
