# shellcheck shell=bash disable=SC2034,SC2154 # its variables are shared with tests/vm/run
# Owns the debug kernel (KASAN, lockdep, kmemleak ...): a ready one from $SYSMON_DEBUG_KERNEL, or one built here once.

# The folder that $SYSMON_DEBUG_KERNEL names, and the one built here, hold bzImage and build.tar.zst, the tree that
# modules are built against.
debug_kernel_resolve() {
	local pair=${SYSMON_DEBUG_KERNEL-}
	if [ -z "$pair" ]; then
		debug_kernel_build
		pair=$REPLY
	fi
	if [ ! -r "$pair/bzImage" ] || [ ! -r "$pair/build.tar.zst" ]; then
		fail "SYSMON_DEBUG_KERNEL=$pair holds no bzImage and build.tar.zst"
	fi
	artefact debug-tree "$(key_of "$pair/bzImage" "$pair/build.tar.zst")" \
		"unpacking the debug kernel" debug_kernel_unpack "$pair"
	kernel_image=$REPLY/bzImage
	kernel_modules_dir=
	kernel_release=$(cat "$REPLY/build/include/config/kernel.release")
	kernel_make=(KVER="$kernel_release" KDIR="$REPLY/build")
}

debug_kernel_unpack() {
	cp "$2/bzImage" "$1/"
	tar -C "$1" --zstd -xf "$2/build.tar.zst"
}

debug_kernel_build() {
	local version
	version=$(dpkg-query -W -f '${Version}' linux-source-6.12 2>/dev/null) ||
		fail "package linux-source-6.12 is missing; run contrib/deps.sh debug"
	artefact debug-kernel "$(key_of "$version" "$vm_src/debug-kernel.config" "$vm_src/lib/debug.sh")" \
		"building the debug kernel (about 20 minutes on 2 processors, once)" debug_kernel_compile
}

debug_kernel_compile() {
	local out=$1 src=$1/src jobs
	jobs=$(nproc)
	mkdir "$src"
	tar -C "$src" --strip-components=1 -xf /usr/src/linux-source-6.12.tar.xz
	quietly "$out/build.log" make -C "$src" tinyconfig
	(cd "$src" && quietly "$out/build.log" scripts/kconfig/merge_config.sh -m .config "$vm_src/debug-kernel.config")
	quietly "$out/build.log" make -C "$src" olddefconfig
	quietly "$out/build.log" nice make -C "$src" -j"$jobs" bzImage modules_prepare
	cp "$src/vmlinux.symvers" "$src/Module.symvers"
	cp "$src/arch/x86/boot/bzImage" "$out/"
	debug_kernel_pack "$src" "$out/build.tar.zst"
	rm -rf "$src"
}

# What an external module's build reads: makefiles, scripts, headers and objtool; no sources.
debug_kernel_pack() (
	cd "$1" || exit
	{
		printf '%s\n' .config Makefile Kbuild Module.symvers include arch/x86/include scripts tools/include
		find arch/x86 tools/objtool -maxdepth 1 -type f
		find . -path ./Documentation -prune -o \( -name 'Kconfig*' -o -name Makefile \) -type f -print
	} | sed 's,^\./,,' | sort -u |
		tar -T - --exclude='*.o' --exclude='.*.cmd' --transform 's,^,build/,' -I 'zstd -3 -T0' -cf "$2"
)
