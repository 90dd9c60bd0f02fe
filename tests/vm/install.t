#!/bin/bash
# The Debian packages on a running system with Docker: installed, upgraded with an old database, used, removed.
# packages.t in tests/deb does the same without a kernel, and tells whether DKMS builds the module.
set -u
# shellcheck source=tests/vm/lib/subtest.sh
. "$(dirname "$0")/lib/subtest.sh"
cd "$here/../.." || exit
given=$(mktemp -d)
trap 'rm -rf "$given"' EXIT
log=$given/log

bail() { sed 's/^/# /' "$log" && echo "Bail out! $1" && exit 1; }

# The packages, and the daemon's once more as an older version.
packages() {
	make -s deb >"$log" 2>&1 || bail 'the packages do not build'
	mkdir "$given/packages"
	cp build/deb/sysmon_*.deb "$given/packages/new.deb"
	dpkg-deb -R "$given/packages/new.deb" "$given/old"
	sed -i 's/^Version: .*/Version: 0.0.1/' "$given/old/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone -b "$given/old" "$given/packages/old.deb" >"$log" || bail 'no older package'
	rm -rf "$given/old"
}

# The module, from the source that the package has for DKMS, as dkms.conf says to build it.
module() {
	local source headers=/lib/modules/$1/build
	dpkg-deb -x build/deb/sysmon-dkms_*.deb "$given/dkms"
	source=$(echo "$given"/dkms/usr/src/sysmon-*)
	make -C "$headers" M="$source" modules >"$log" 2>&1 || bail 'the module does not build'
	cp "$source/sysmon.ko" "$given/packages/"
	rm -rf "$given/dkms"
}

# What the harness installs of this tree, for the guest to remove first.
installed() {
	make -s install PREFIX=/usr DESTDIR="$given/root" >"$log" 2>&1 || bail 'make install failed'
	(cd "$given/root" && find . ! -type d -printf '/%P\n') >"$given/packages/installed"
	rm -rf "$given/root"
}

# Debian 12's own kernel, which the harness boots as 6.1.
release=$(dpkg-query -W -f '${Depends}' linux-headers-cloud-amd64 | grep -oE 'linux-headers-[^ ,]+' | head -n 1)
packages
module "${release#linux-headers-}"
installed
cp sql/0001_*.sql "$given/packages/"
migrations=$(find sql -name '[0-9][0-9][0-9][0-9]_*.sql' | wc -l)
version=$(sed -n 's/^VERSION[[:space:]]*:= //p' Makefile)
vm_subtest "the packages on 6.1" -k 6.1 -p docker -t 1500 -R -f "$given/packages" -- "$here/install.sh" "$version" "$migrations"
subtests_done
