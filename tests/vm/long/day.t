#!/bin/bash
# A day of a host with 1,000 containers, in short: day.t [SECONDS-AN-HOUR], 90 unless told. 4 is a form for a look.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/../lib/subtest.sh"

hour=${1-${SYSMON_DAY_HOUR-90}}
build_trust
vm_subtest "a day of 24 hours of $hour s" -i -k 6.12 -p docker -m 3072 -R -t $((hour * 50 + 3600)) \
	-f "$here/py" -f "$trust" -- "$here/day.sh" "$hour"
subtests_done
