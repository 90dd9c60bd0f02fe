#!/bin/bash
# Whether the module may be trusted, in short: churn, reloads, hostile messages. long/trust.t has the long form.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

build_trust
for kernel in 6.1 6.12; do
	vm_subtest "trust on $kernel" -k "$kernel" -f "$here/py" -f "$trust" "$here/trust.sh" short
done
subtests_done
