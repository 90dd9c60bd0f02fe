# shellcheck shell=bash disable=SC2034,SC2154 # its variables are shared with tests/vm/run
# Owns the initial ram disk of both profiles (busybox and init), and profile mini's root disk: busybox and the tools that
# test scripts use, copied from this machine's packages.

# Programs beside busybox's; each replaces the applet of its name. sh is dash as in Debian, since busybox's own shell would
# run its applets in place of these.
mini_programs=(bash dash ldd setpriv unshare nsenter prlimit su ip kmod jq sqlite3 curl)
mini_python_packages=(
	python3-minimal python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libpython3-stdlib
	python3-yaml python3-jsonschema python3-attr python3-pyrsistent
)

# Sets base_cpio, the initial ram disk to which a run's files are added, and mini_image.
base_resolve() {
	local versions tools
	tools=$(base_kernel_tools) || fail "contrib/kernel-tools.sh failed"
	# shellcheck disable=SC2016  # dpkg-query expands it
	versions=$(dpkg-query -W -f '${Package} ${Version}\n' busybox-static "${mini_python_packages[@]}" \
		bash dash util-linux iproute2 kmod jq sqlite3 curl libc6 2>/dev/null) ||
		fail "packages are missing; run contrib/deps.sh vm"
	artefact base "$(key_of "$versions" "$(cat "$tools/version")" "$vm_src/lib/mini.sh" "$vm_src/guest/init")" \
		"collecting the guest's tools (a few seconds, once)" base_build "$tools"
	base_cpio=$REPLY/boot.cpio
	mini_image=$REPLY/mini.img
}

# The kernel tree's netlink client and schemas, in a folder of build/ that is printed.
base_kernel_tools() {
	"$tree/contrib/kernel-tools.sh" "$tree/build/linux-tools" >&2 && printf '%s\n' "$tree/build/linux-tools"
}

base_build() {
	local out=$1 tools=$2
	base_skeleton "$out/root"
	install -m 755 "$vm_src/guest/init" "$out/root/init"
	cpio_of "$out/root" >"$out/boot.cpio"
	rm "$out/root/init"
	mini_add_programs "$out/root"
	mini_add_python "$out/root"
	base_add_ynl "$out/root" "$tools"
	mini_add_etc "$out/root/etc"
	truncate -s 2G "$out/mini.img"
	quietly "$out/log" mke2fs -q -t ext4 -d "$out/root" -m 0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard "$out/mini.img"
	rm -rf "$out/root"
}

base_skeleton() {
	local root=$1 dir applet
	mkdir -p "$root"/{proc,sys,dev,run,tmp,root,etc,home,opt,srv,mnt,var/{lib,log,tmp}} "$root"/usr/{bin,sbin,lib,lib64,share}
	chmod 1777 "$root/tmp" "$root/var/tmp"
	chmod 700 "$root/root"
	for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$root/$dir"; done
	ln -s ../run "$root/var/run"
	cp /bin/busybox "$root/usr/bin/busybox"
	while read -r applet; do
		case $applet in usr/*) ;; *) applet=usr/$applet ;; esac
		[ -e "$root/$applet" ] || ln -s /usr/bin/busybox "$root/$applet"
	done < <(/bin/busybox --list-full)
}

mini_add_programs() {
	local root=$1 name path
	for name in "${mini_programs[@]}"; do
		path=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$name")
		rm -f "$root/usr/bin/$name" "$root/usr/sbin/$name"
		install -m 755 "$path" "$root/usr/bin/$name"
		copy_libraries "$root" "$path"
	done
	ln -sf dash "$root/usr/bin/sh"
	for name in modprobe insmod rmmod lsmod modinfo depmod; do ln -sf ../bin/kmod "$root/usr/sbin/$name"; done
}

mini_add_python() {
	local root=$1 objects
	dpkg -L "${mini_python_packages[@]}" | sort -u |
		grep -vE '/(doc|man|doc-base|lintian|test|tests|ensurepip|idlelib|lib2to3|pydoc_data|tkinter)/' |
		while read -r path; do
			if [ -L "$path" ] || [ -f "$path" ]; then printf '%s\n' "${path#/}"; fi
		done | tar -C / --no-recursion -T - -cf - | tar -C "$root" -xf -
	find "$root/usr/lib/python3.11" -name '_test*.so' -delete
	mapfile -d '' -t objects < <(find "$root/usr/lib/python3" "$root/usr/lib/python3.11" -name '*.so' -print0)
	copy_libraries "$root" /usr/bin/python3.11 "${objects[@]}"
	# Its own compiled files, since the guest's emulated processor takes seconds to compile what one import pulls in.
	/usr/bin/python3.11 -m compileall -q --invalidation-mode unchecked-hash \
		-s "$root" -p / "$root/usr/lib/python3" "$root/usr/lib/python3.11" >/dev/null || :
}

base_add_ynl() {
	local dest=$1/usr/share/ynl tools=$2
	mkdir -p "$dest"
	cp -r "$tools/tools" "$tools/Documentation" "$dest/"
	rm -rf "$dest/tools/net/ynl/generated"
	/usr/bin/python3.11 -m compileall -q --invalidation-mode unchecked-hash -s "$1" -p / "$dest/tools" >/dev/null || :
}

mini_add_etc() {
	local etc=$1
	cat >"$etc/passwd" <<-END
		root:x:0:0:root:/root:/bin/bash
		daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
		tester:x:1000:1000::/home/tester:/bin/bash
		nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
	END
	cat >"$etc/group" <<-END
		root:x:0:
		daemon:x:1:
		tester:x:1000:
		nogroup:x:65534:
	END
	printf 'passwd: files\ngroup: files\nhosts: files\n' >"$etc/nsswitch.conf"
	printf '127.0.0.1 localhost sysmon-vm\n::1 localhost\n' >"$etc/hosts"
	printf 'sysmon-vm\n' >"$etc/hostname"
	printf 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n' >"$etc/profile"
	mkdir -p "$etc/pam.d" "$etc/modprobe.d"
	: >"$etc/fstab"
	: >"$etc/shadow"
}
