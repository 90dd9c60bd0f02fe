# shellcheck shell=bash
# Owns the clean Debian 12 that the packages are tried in, an archive in the VM harness's cache of artefacts: the headers
# of two kernels are installed, and what the packages depend on waits in apt's cache. Sourced after tests/vm/lib/common.sh
# and rootfs.sh, from where the archives of Debian are known.

# base_unpack FOLDER: makes the system there.
base_unpack() {
	artefact deb-base "$(key_of tests/deb/lib/base.sh)" "making a clean Debian 12 (2 to 4 minutes, once)" base_build
	mkdir "$1"
	tar -C "$1" --zstd -xf "$REPLY/base.tar.zst" || fail "the clean Debian cannot be unpacked into $1"
}

base_build() {
	rootfs_sources >"$1/sources.list"
	apt-config dump | grep -E '^Acquire::(https?|ftp)::' >"$1/apt.conf" || :
	mkdir "$1/tmp"
	# shellcheck disable=SC2016  # mmdebstrap's shell expands it
	TMPDIR=$1/tmp quietly "$1/log" mmdebstrap --variant=apt --aptopt="$1/apt.conf" --dpkgopt=force-unsafe-io \
		--include=systemd,linux-headers-cloud-amd64,linux-headers-6.12-cloud-amd64 \
		--customize-hook='chroot "$1" apt-get -y --download-only --no-install-recommends install dkms libcurl4 libinih1 \
			libjansson4 libmicrohttpd12 libncursesw6 libnl-3-200 libnl-genl-3-200 libsqlite3-0 libuv1' \
		--customize-hook='rm -f "$1"/etc/resolv.conf "$1"/etc/hostname' \
		--skip=cleanup/apt,cleanup/reproducible bookworm "$1/base.tar" "$1/sources.list"
	quietly "$1/log" zstd -q -3 -T0 --rm "$1/base.tar"
	rm -rf "$1/tmp"
}
