#!/bin/bash
# Builds the Debian packages in a copy of the sources, where contrib/debian is debian/. Knows nothing of what is in them.
set -euo pipefail
cd "$(dirname "$0")/.."
# What the caller's make was told is not meant for the one within.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export LC_ALL=C.UTF-8

usage() {
	cat <<-END
		Usage: contrib/deb.sh VERSION DIR
		Builds the packages sysmon and sysmon-dkms into DIR (make deb), unless they are there from the same sources.
	END
}

fail() {
	printf 'deb: %s\n' "$*" >&2
	exit 1
}

# The version stands in three places, each for a reader of its own.
check_version() {
	local changelog module
	changelog=$(dpkg-parsechangelog -l contrib/debian/changelog -S Version)
	[ "$changelog" = "$1" ] || fail "the Makefile says version $1, contrib/debian/changelog $changelog"
	module=$(sed -n 's/^#define SYSMON_VERSION "\(.*\)"$/\1/p' src/kmod/sysmon.h)
	[ "$module" = "$1" ] || fail "the Makefile says version $1, src/kmod/sysmon.h $module"
}

# What packages are made of: paths at the top of the tree.
find_sources() {
	local name
	names=()
	for name in Kbuild Makefile README.md LICENSE src sql contrib docs build/ui; do
		[ ! -e "$name" ] || names+=("$name")
	done
}

# A number for all of it: with the same one the packages need not be built again.
key_of_sources() {
	find "${names[@]}" -type f ! -name '*.o' ! -name '*.ko' -print0 | sort -z | xargs -0 sha256sum | sha256sum
}

# What make ui fetched is packaged as it is: no package's build asks the network.
copy_sources() {
	mkdir -p "$1"
	tar --exclude='*.o' --exclude='*.ko' -cf - "${names[@]}" | tar -C "$1" -xf -
	cp -R contrib/debian "$1/debian"
}

build() (
	cd "$1" || exit
	dpkg-buildpackage --build=binary --no-pre-clean --unsigned-source --unsigned-changes --jobs="$(nproc)" >../build.log 2>&1 ||
		{ tail -n 40 ../build.log >&2 && fail "the packages do not build; all of it is in $(dirname "$PWD")/build.log"; }
)

main() {
	local version dir key lock
	case ${1-} in -h | --help) usage && return ;; esac
	[ $# -eq 2 ] || { usage >&2 && exit 2; }
	version=$1
	dir=$2
	if ! command -v dh >/dev/null || ! command -v dpkg-buildpackage >/dev/null; then
		fail "debhelper is missing; run contrib/deps.sh deb"
	fi
	check_version "$version"
	mkdir -p "$dir"
	exec {lock}>"$dir/lock"
	flock "$lock"
	make -s ui
	[ -e build/ui/uPlot.iife.min.js ] || fail "the charts of the page could not be fetched: see above, then make -B ui"
	find_sources
	key=$(key_of_sources)
	if [ "$(cat "$dir/key" 2>/dev/null)" != "$key" ]; then
		printf 'deb: building sysmon %s ...\n' "$version" >&2
		rm -rf "$dir/key" "${dir:?}/sysmon-$version" "$dir"/sysmon*_*
		copy_sources "$dir/sysmon-$version"
		build "$dir/sysmon-$version"
		rm -rf "${dir:?}/sysmon-$version"
		printf '%s\n' "$key" >"$dir/key"
	fi
	printf '%s\n' "$dir"/*.deb
}

main "$@"
