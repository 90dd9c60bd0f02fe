#!/bin/sh
# Unpacks the Debian packages of sysmon's peers into a folder, for the guests of tests/bench/peers.sh: peer-packages.sh
# FOLDER. They are unpacked only, not installed: what their maintainers' scripts would do is in tests/vm/py/peer_tools.py.
# The libraries that they share with this machine come with the guest's files.
set -eu
folder=$1
packages='atop pcp libpcp3 libpcp-archive1 libpcp-pmda3 pcp-conf netdata-core netdata-plugins-bash gawk libsigsegv2 libmpfr6'

fetch() {
	# shellcheck disable=SC2086
	apt-get -q -o APT::Sandbox::User=root download $packages >log 2>&1
}

[ "$(cat "$folder/complete" 2>/dev/null)" != "$packages" ] || exit 0
rm -rf "$folder"
mkdir -p "$folder/root"
cd "$folder"
fetch || { apt-get -q update >>log 2>&1 && fetch; } || {
	cat log >&2
	echo "peer-packages.sh: a package cannot be had" >&2
	exit 1
}
for package in *.deb; do
	dpkg-deb -x "$package" root
	dpkg-deb -f "$package" Package Version | paste -sd ' ' | sed 's/Package: //; s/Version: //' >>versions
done
# As on a system with one /usr; what only people read stays out.
for dir in bin sbin lib; do
	[ ! -d root/$dir ] || { mkdir -p root/usr/$dir && cp -a root/$dir/. root/usr/$dir/ && rm -r "root/${dir:?}"; }
done
rm -rf root/usr/share/doc root/usr/share/man root/usr/share/locale root/usr/share/bash-completion root/usr/share/lintian ./*.deb log
echo "$packages" >complete
