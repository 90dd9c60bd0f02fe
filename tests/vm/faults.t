#!/bin/bash
# What goes wrong around the daemon, one after the other, and the books after it: nothing is missing without a reason.
. "$(dirname "$0")/lib/subtest.sh"

# The disk whose power is cut: the guest has no mke2fs.
image=$(mktemp -d)/power.img
trap 'rm -r "${image%/*}"' EXIT
truncate -s 16M "$image"
mke2fs -q -t ext4 -E lazy_itable_init=0 "$image"

# Without the timer HPET the real-time clock wakes the machine. A file system that turns read-only under open files makes
# ext4 itself warn, once.
vm_subtest "faults on 6.12" -t 900 -k 6.12 -a hpet=disable -w ext4_journal_check_start -f "$here/py" -f "$image" "$here/faults.sh"
subtests_done
