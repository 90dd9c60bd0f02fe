#!/bin/bash
# Owns the list of Debian packages that sysmon needs, and installs those that are missing.
set -euo pipefail

# To build the daemon, the CLI, and the module for both of the kernels that it is tested on.
build=(
	gcc libc6-dev make pkg-config kmod
	libnl-3-dev libnl-genl-3-dev libuv1-dev libsqlite3-dev libcurl4-openssl-dev libmicrohttpd-dev libjansson-dev
	libinih-dev libncurses-dev libsystemd-dev scdoc
	linux-headers-cloud-amd64 linux-headers-6.12-cloud-amd64
)
# To run unit tests, tests of the shells' completions, source checks, generators and fuzzers.
test=(
	libcmocka-dev sparse clang libclang-rt-dev clang-format clang-tidy cppcheck shellcheck perl git diffutils
	python3 python3-yaml python3-jsonschema sqlite3 jq tmux curl xz-utils linux-source-6.12
	mandoc zsh fish prometheus chromium
)
# To get what the page at /ui makes charts with; without it sysmon is built, and has none.
ui=(npm)
# To build the module for Debian's other kernels of the same versions, PREEMPT_RT's among them.
flavours=(linux-headers-amd64 linux-headers-rt-amd64 linux-headers-6.12-amd64 linux-headers-6.12-rt-amd64)
# To boot the test VMs and make what they boot from.
vm=(
	qemu-system-x86 mmdebstrap e2fsprogs cpio busybox-static zstd xz-utils kmod util-linux iproute2 bash dash libc-bin
	python3 python3-yaml python3-jsonschema jq sqlite3 curl linux-source-6.12 debian-archive-keyring
)
# To build the Debian packages, and to try them in a chroot.
deb=(
	debhelper dh-dkms dpkg-dev fakeroot lintian mmdebstrap debian-archive-keyring "${ui[@]}"
)
# To compare sysmon with others that record: make bench-disk, bench-query-peers.
bench=(valgrind prometheus sqlite3 python3-pcp)
# To build the debug kernel, where none is given by $SYSMON_DEBUG_KERNEL.
debug=(gcc make bc bison flex libelf-dev libssl-dev linux-source-6.12 xz-utils zstd)

usage() {
	cat <<-END
		Usage: contrib/deps.sh [build|ui|test|flavours|vm|deb|bench|debug|all]...
		Installs the Debian packages that building, the page's charts, testing, the test VMs, packaging, comparisons or
		the debug kernel need; all by default. Not in all: flavours, the headers of Debian's other kernels, for make
		modules-all; and bench.
		Does nothing, and needs no root, when they are there.
	END
}

say() { printf 'deps: %s\n' "$*" >&2; }

fail() {
	say "$*"
	exit 1
}

# The packages among the arguments that are not installed.
missing() {
	local name
	for name in "$@"; do
		# Others' packages of Node.js bring their own.
		[ "$name" != npm ] || ! command -v npm >/dev/null || continue
		# shellcheck disable=SC2016  # dpkg-query expands it
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
	done | sort -u
}

check_system() {
	if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then return; fi
	fail "this is no Debian system; install by hand what the lists in contrib/deps.sh name"
}

install() {
	[ "$(id -u)" -eq 0 ] || fail "$# packages are missing and root is needed to install them: sudo contrib/deps.sh"
	say "installing $#: $*"
	say "refreshing the package lists ..."
	apt-get -q -o DPkg::Lock::Timeout=300 update >&2 || say "apt-get update reported errors; trying with what is known"
	DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
		-o Dpkg::Options::=--force-confold install "$@" >&2 ||
		fail "apt-get install failed; the reason is above. On anything but Debian 12 the kernel packages have other names"
}

main() {
	local group wanted=()
	[ $# -gt 0 ] || set -- all
	for group; do
		case $group in
		build) wanted+=("${build[@]}") ;;
		ui) wanted+=("${ui[@]}") ;;
		test) wanted+=("${build[@]}" "${ui[@]}" "${test[@]}") ;;
		flavours) wanted+=("${build[@]}" "${flavours[@]}") ;;
		vm) wanted+=("${build[@]}" "${vm[@]}") ;;
		deb) wanted+=("${build[@]}" "${deb[@]}") ;;
		bench) wanted+=("${build[@]}" "${bench[@]}") ;;
		debug) wanted+=("${debug[@]}") ;;
		all) wanted+=("${build[@]}" "${ui[@]}" "${test[@]}" "${vm[@]}" "${deb[@]}" "${debug[@]}") ;;
		-h | --help) usage && return ;;
		*) usage >&2 && exit 2 ;;
		esac
	done
	check_system
	mapfile -t wanted < <(missing "${wanted[@]}")
	[ ${#wanted[@]} -eq 0 ] || install "${wanted[@]}"
	say "all packages are there"
}

main "$@"
