#!/bin/bash
# Extracts what the project uses of the kernel's source tree (checkpatch, the YNL generator, client and schemas) from
# Debian's package linux-source-6.12 into a folder. Does nothing when the folder has them from the installed version.
set -euo pipefail

tarball=/usr/src/linux-source-6.12.tar.xz
members=(
	MAINTAINERS Kbuild Kconfig Makefile README COPYING
	tools/net/ynl Documentation/netlink Documentation/process/submitting-patches.rst
	include/uapi/linux/netlink.h include/uapi/linux/genetlink.h
	scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch scripts/get_maintainer.pl
)

usage() {
	cat <<-END
		Usage: contrib/kernel-tools.sh DIR
		Puts scripts/checkpatch.pl, tools/net/ynl and Documentation/netlink of Debian's linux-source-6.12 under DIR.
	END
}

extract() {
	local tmp=$1.tmp.$$
	rm -rf "$tmp"
	mkdir -p "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	printf 'kernel-tools: extracting from %s (about 15 seconds, once) ...\n' "${tarball##*/}" >&2
	tar -C "$tmp" --strip-components=1 --wildcards --no-wildcards-match-slash -xf "$tarball" "${members[@]/#/linux-source-*/}"
	mkdir -p "$tmp"/{arch,drivers,fs,init,ipc,kernel,lib} # checkpatch takes a folder with these for a kernel tree
	printf '%s\n' "$2" >"$tmp/version"
	rm -rf "$1"
	mv "$tmp" "$1"
	trap - EXIT
}

main() {
	local dir=${1-} version lock
	case $dir in
	-h | --help) usage && exit 0 ;;
	'' | -*) usage >&2 && exit 2 ;;
	esac
	# shellcheck disable=SC2016  # dpkg-query expands it
	version=$(dpkg-query -W -f '${Version}' linux-source-6.12 2>/dev/null) || version=
	if [ -z "$version" ] || [ ! -r $tarball ]; then
		echo "kernel-tools: package linux-source-6.12 is missing; run contrib/deps.sh" >&2
		exit 1
	fi
	[ "$(cat "$dir/version" 2>/dev/null)" != "$version" ] || return 0
	mkdir -p "$(dirname "$dir")"
	exec {lock}>"$dir.lock"
	flock $lock
	[ "$(cat "$dir/version" 2>/dev/null)" = "$version" ] || extract "$dir" "$version"
}

main "$@"
