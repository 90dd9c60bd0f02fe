#!/bin/bash
# The Debian packages in a clean Debian 12 with the headers of two kernels, in a chroot: what apt makes of them, that DKMS
# builds the module for both, and that purging leaves nothing behind. Needs root.
set -u
cd "$(dirname "$0")/../.." || exit
# shellcheck source=tests/vm/lib/common.sh
. tests/vm/lib/common.sh
# shellcheck source=tests/vm/lib/rootfs.sh
. tests/vm/lib/rootfs.sh
# shellcheck source=tests/deb/lib/base.sh
. tests/deb/lib/base.sh
# Bookkeeping and caches of dpkg, apt, ldconfig and systemd; indexes that depmod writes for any module; DKMS's own keys.
not_ours='^/(var/(lib/(dpkg|apt)|cache/(apt|debconf|ldconfig)|log)|tmp|proc|sys|dev|run)(/|$)|^(/usr)?/lib/modules/[^/]*/modules\.|^/var/lib/dkms/mok\.'
n=0
failed=0

ok() { # NAME, with the status of the command before as $?
	local status=$?
	n=$((n + 1))
	if [ $status -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		tail -n 40 "$work/log" | sed 's/^/# /'
		failed=1
	fi
	: >"$work/log"
}

# in_root COMMAND...: in the chroot, with a /proc of its own.
in_root() {
	# shellcheck disable=SC2016  # the inner shell expands it
	unshare --mount --pid --fork sh -c 'root=$1 && shift && mount -t proc proc "$root/proc" && exec chroot "$root" "$@"' \
		sh "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" \
		>>"$work/log" 2>&1 </dev/null
}
apt_in_root() { in_root apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io "$@"; }

# Every path of the chroot that is not bookkeeping, and the contents of /etc.
listing() {
	(cd "$root" && find . -xdev -printf '/%P\n' | grep -vE "$not_ours" | sort)
	(cd "$root" && find etc -type f ! -name '*-' -exec sha256sum {} + | grep -vE ' etc/(passwd|group|shadow|gshadow|ld.so.cache)$' | sort)
}

# shellcheck disable=SC2016  # dpkg-query expands it
packages() { chroot "$root" dpkg-query -W -f '${Package}\n' | sort; }

there() { [ -e "$root/$1" ] || { echo "$1 is missing" >>"$work/log" && false; }; }

test_lintian() {
	lintian --allow-root --fail-on error --info build/deb/*.changes >"$work/log" 2>&1
	ok 'lintian finds no error'
}

test_install() {
	local file
	cp build/deb/sysmon_"$version"_*.deb build/deb/sysmon-dkms_"$version"_all.deb "$root/tmp/"
	packages >"$work/packages"
	listing >"$work/before"
	apt_in_root install "/tmp/sysmon_${version}_$arch.deb" "/tmp/sysmon-dkms_${version}_all.deb"
	ok 'apt installs both packages'
	[ -z "$(chroot "$root" dpkg --audit)" ]
	ok 'dpkg finds both whole'
	for file in usr/sbin/sysmon-collectord usr/bin/sysmonctl lib/systemd/system/sysmon-collectord.service etc/sysmon/sysmon.conf \
		etc/sysmon/policy.d usr/lib/modules-load.d/sysmon.conf usr/lib/sysusers.d/sysmon.conf usr/lib/tmpfiles.d/sysmon.conf \
		usr/share/sysmon/ui/index.html usr/share/sysmon/ui/uPlot.iife.min.js usr/share/sysmon/docker-group.conf usr/share/sysmon/modprobe.conf "usr/src/sysmon-$version/dkms.conf"; do
		there "$file"
		ok "$file is there"
	done
}

test_programs() {
	in_root sysmonctl --version && grep -qx "sysmonctl $version" "$work/log"
	ok 'sysmonctl runs, and says the version of its package'
	in_root sysmon-collectord --check-config
	ok 'the daemon accepts the configuration that comes with it'
	[ "$(chroot "$root" stat -c '%U:%G %a' /var/lib/sysmon)" = 'sysmon:sysmon 750' ]
	ok 'the folder for the data is the user sysmon'\''s and closed to others'
	[ ! -L "$root/etc/systemd/system/multi-user.target.wants/sysmon-collectord.service" ]
	ok 'the daemon is not enabled until someone does so'
}

# Which module DKMS put there for kernel $1, by what modinfo says of it.
built_for() {
	local module
	module=$(find "$root/lib/modules/$1/updates/dkms" -name 'sysmon.ko*' 2>>"$work/log")
	[ -n "$module" ] && [ "$(modinfo -F version "$module")" = "$version" ] && [[ $(modinfo -F vermagic "$module") = "$1 "* ]]
}

test_dkms() {
	local kernel kernels
	kernels=$(cd "$root/lib/modules" && echo *)
	[[ $kernels = *6.1.* && $kernels = *6.12.* ]]
	ok "headers of 6.1 and 6.12 are installed: $kernels"
	for kernel in $kernels; do
		built_for "$kernel"
		ok "DKMS built the module for $kernel"
	done
	in_root dkms uninstall "sysmon/$version" -k "$kernel" && ! built_for "$kernel" && in_root dkms autoinstall -k "$kernel" &&
		built_for "$kernel"
	ok 'and does so by itself for a kernel that is new'
	cp -a "$root/lib/modules/$kernel" "$root/lib/modules/5.4.0-0-amd64" && ! in_root dkms build "sysmon/$version" -k 5.4.0-0-amd64 &&
		grep -qi 'BUILD_EXCLUSIVE' "$work/log"
	ok 'but passes over one that is too old'
	rm -rf "$root/lib/modules/5.4.0-0-amd64"
	: >"$work/log"
}

# What an installation has after some use, by our own instructions.
use_it() {
	local drop_ins=$root/etc/systemd/system/sysmon-collectord.service.d
	in_root systemctl enable sysmon-collectord
	install -Dm644 "$root/usr/share/sysmon/docker-group.conf" "$drop_ins/docker-group.conf"
	install -Dm644 "$root/usr/share/sysmon/modprobe.conf" "$root/etc/modprobe.d/sysmon.conf"
	echo '[policy mine]' >"$root/etc/sysmon/policy.d/mine.conf"
	echo data >"$root/var/lib/sysmon/sysmon.db"
	[ -L "$root/etc/systemd/system/multi-user.target.wants/sysmon-collectord.service" ]
	ok 'it is enabled and configured'
}

test_remove() {
	apt_in_root remove sysmon sysmon-dkms
	ok 'apt removes both packages'
	there var/lib/sysmon/sysmon.db && there etc/sysmon/sysmon.conf && there etc/sysmon/policy.d/mine.conf
	ok 'data and configuration are kept'
	[ -z "$(find "$root/lib/modules" "$root/var/lib/dkms" "$root/usr/src" -name '*sysmon*')" ]
	ok 'the modules that were built are gone'
}

test_purge() {
	apt_in_root purge sysmon sysmon-dkms
	ok 'apt purges both packages'
	# shellcheck disable=SC2046  # one word a package
	apt_in_root purge $(packages | comm -13 "$work/packages" -)
	ok 'and what came with them'
	rm -f "$root"/tmp/*.deb
	listing >"$work/after"
	diff "$work/before" "$work/after" >"$work/log"
	ok 'nothing is left behind'
	[ "$(chroot "$root" getent passwd sysmon | cut -d: -f7)" = /usr/sbin/nologin ]
	ok 'but the user, without a shell, so that its number is not given to another'
}

version=$(sed -n 's/^VERSION[[:space:]]*:= //p' Makefile)
arch=$(dpkg --print-architecture)
work=$(mktemp -d)
root=$work/root
: >"$work/log"
trap 'rm -rf --one-file-system "$work"' EXIT
[ "$(id -u)" -eq 0 ] || { echo 'Bail out! a chroot needs root' && exit 1; }
for tool in mmdebstrap zstd unshare lintian; do need $tool; done
make -s deb >"$work/log" 2>&1 || { sed 's/^/# /' "$work/log" && echo 'Bail out! the packages do not build' && exit 1; }
base_unpack "$root"
set +e # which the harness sets when it makes an artefact

test_lintian
test_install
test_programs
test_dkms
use_it
test_remove
test_purge
echo "1..$n"
exit $failed
