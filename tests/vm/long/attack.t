#!/bin/bash
# An attacker's hour: an unprivileged user and hostile containers; attack.t [SECONDS-A-WAY [TEST]...], 450 unless told. 10 is a
# form for a look.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/../lib/subtest.sh"

way=${1-${SYSMON_ATTACK_WAY-450}}
build_trust
vm_subtest "an attacker's eight ways of $way s" -k 6.12 -p docker -m 3072 -a watchdog_thresh=60 \
	-a rcupdate.rcu_cpu_stall_timeout=120 -t $((way * 16 + 3600)) \
	-f "$here/py" -f "$here/../demo" -f "$trust" -f "$here/../../contrib/debian/sysmon.postrm" -- "$here/attack.sh" "$way" "${@:2}"
subtests_done
