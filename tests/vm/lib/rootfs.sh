# shellcheck shell=bash disable=SC2034,SC2154 # its variables are shared with tests/vm/run
# Owns profile docker's root disk: Debian 12 with systemd and the container engines, made from the Debian archive that
# this machine's apt uses. Kernels, the tree's build and scripts are not in it; guest/init adds them at boot.

rootfs_packages=(
	systemd systemd-sysv udev dbus dbus-user-session libpam-systemd kmod iproute2 iputils-ping procps psmisc less
	docker.io podman crun runc netavark aardvark-dns iptables uidmap slirp4netns fuse-overlayfs busybox-static
	systemd-container lxc
	python3 python3-yaml python3-jsonschema jq curl sqlite3 strace stress netcat-openbsd
	libuv1 libsqlite3-0 libcurl4 libmicrohttpd12 libjansson4 libinih1 libnl-3-200 libnl-genl-3-200 libncursesw6
	libsystemd0
)

# What would only cost time in a machine that lives for minutes and has no network.
rootfs_masked=(
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
	logrotate.timer man-db.timer systemd-tmpfiles-clean.timer podman-auto-update.timer podman-restart.service
	podman-auto-update.service systemd-timesyncd.service systemd-resolved.service getty.target getty@tty1.service
	serial-getty@ttyS0.service systemd-random-seed.service systemd-update-utmp.service ldconfig.service
	systemd-hwdb-update.service systemd-journal-catalog-update.service systemd-update-done.service
	systemd-update-utmp-runlevel.service systemd-pstore.service modprobe@drm.service modprobe@efi_pstore.service
	modprobe@dm_mod.service modprobe@loop.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
	dev-hugepages.mount dev-mqueue.mount lxc.service lxc-net.service lxc-monitord.service
)

rootfs_resolve() {
	local tools
	tools=$(base_kernel_tools) || fail "contrib/kernel-tools.sh failed"
	artefact rootfs "$(key_of "$vm_src/lib/rootfs.sh" "$vm_src/guest/rootfs-setup" "$tools/version")" \
		"building profile docker's root disk (1 to 3 minutes, once)" rootfs_build "$tools"
	rootfs_image=$REPLY/rootfs.img
}

rootfs_build() {
	local out=$1 tools=$2
	rootfs_sources >"$out/sources.list"
	apt-config dump | grep -E '^Acquire::(https?|ftp)::' >"$out/apt.conf" || :
	rootfs_bootstrap "$out"
	base_add_ynl "$out/root" "$tools"
	truncate -s 6G "$out/rootfs.img"
	say "... writing the image"
	quietly "$out/log" mke2fs -q -t ext4 -d "$out/root" -m 0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard "$out/rootfs.img"
	rm -rf --one-file-system "$out/root"
}

# The archives of Debian's own among those that apt uses here, with where they are; nothing is known beforehand.
rootfs_sources() {
	local key=/usr/share/keyrings/debian-archive-keyring.gpg options='' lines
	[ ! -e $key ] || options="[signed-by=$key] "
	# shellcheck disable=SC2016  # apt-get expands it
	lines=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
		sed -nE "s,^Debian ([^ ]+ bookworm[^ ]* (main|contrib))$,deb $options\1,p" | sort -u)
	[ -n "$lines" ] || fail "apt knows no Debian 12 archive; is this Debian 12, and did apt-get update run?"
	printf '%s\n' "$lines"
}

rootfs_bootstrap() {
	local out=$1 include
	include=$(IFS=, && printf '%s' "${rootfs_packages[*]}")
	mkdir "$out/tmp"
	TMPDIR=$out/tmp quietly "$out/log" mmdebstrap --variant=essential --include="$include" \
		--aptopt="$out/apt.conf" --dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
		--customize-hook="$vm_src/guest/rootfs-setup \"\$1\" ${rootfs_masked[*]}" \
		bookworm "$out/root" "$out/sources.list"
	rm -rf "$out/tmp"
}
