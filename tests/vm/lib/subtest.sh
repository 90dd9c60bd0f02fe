# shellcheck shell=bash
# Running guest scripts as TAP subtests; sourced by tests/vm/*.t and tests/vm/long/*.t, for which here is tests/vm.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
number=0
failed=0

# vm_subtest NAME RUN-OPTION... -- SCRIPT [ARG...]: the guest script prints TAP
# and fails when a test of its did.
vm_subtest() {
	local name=$1 status
	shift
	printf '# Subtest: %s\n' "$name"
	"$here/run" "$@" | sed -u 's/^/    /'
	status=${PIPESTATUS[0]}
	number=$((number + 1))
	if [ "$status" = 0 ]; then
		printf 'ok %d - %s\n' "$number" "$name"
	else
		failed=$((failed + 1))
		printf 'not ok %d - %s\n# tests/vm/run exited with %d\n' "$number" "$name" "$status"
	fi
}

# skipped_subtest NAME WHY
skipped_subtest() {
	number=$((number + 1))
	printf 'ok %d - %s # SKIP %s\n' "$number" "$1" "$2"
}

# Whether a debug kernel can be had without building one first.
has_debug_kernel() {
	[ -n "${SYSMON_DEBUG_KERNEL-}" ] || compgen -G "$here/../../build/vm/cache/debug-kernel-????????????????" >/dev/null
}

# Builds the guest program of tests/vm/guest-src and sets $trust to it.
# shellcheck disable=SC2034
build_trust() {
	trust=$here/../../build/obj/tests/trust
	make -s -C "$here/../.." build/obj/tests/trust >&2 || { echo 'Bail out! trust does not build' && exit 1; }
}

subtests_done() {
	printf '1..%d\n' "$number"
	exit "$((failed > 0))"
}
