#!/bin/bash
# The engine code against Debian's own Docker and Podman.
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"

make -s -C "$here/../.." build/obj/tests/engine_probe >&2 || { echo 'Bail out! engine_probe does not build' && exit 1; }
vm_subtest "engines" -p docker -t 1500 -f "$here/../../build/obj/tests/engine_probe" "$here/engine.sh"
subtests_done
