# shellcheck shell=bash disable=SC2034,SC2154 # its variables are shared with tests/vm/run
# Owns what one run adds to the cached base: the tree's build as installed on a host, the script and its files. The
# result is one archive.

# stage_build FOLDER: builds the tree for the resolved kernel and installs it into the folder.
stage_build() {
	local dir=$1 log=$run_dir/make.log lock
	mkdir -p "$dir" "$vm_dir/lock"
	exec {lock}>"$vm_dir/lock/make"
	flock "$lock"
	quietly "$log" make -C "$tree" -j"$(nproc)" modules "${kernel_make[@]}" ||
		fail "the module for kernel $kernel_release does not build"
	quietly "$log" make -C "$tree" -j"$(nproc)" install DESTDIR="$dir" PREFIX=/usr || fail "make install failed"
	install -D -m 644 "$tree/build/modules/$kernel_release/sysmon.ko" \
		"$dir/usr/lib/modules/$kernel_release/updates/sysmon.ko"
	exec {lock}>&-
	merge_usr "$dir"
	stage_modules "$dir"
}

stage_modules() {
	local dir=$1 log=$run_dir/make.log
	[ -z "$kernel_modules_dir" ] || cp -a "$kernel_modules_dir/." "$dir/usr/lib/modules/$kernel_release/"
	touch "$dir/usr/lib/modules/$kernel_release"/modules.{order,builtin}
	ln -s usr/lib "$dir/lib"
	quietly "$log" depmod -b "$dir" "$kernel_release" || fail "depmod failed"
	rm "$dir/lib"
}

# stage_job FOLDER SCRIPT [ARG...]: adds the harness's guest side, the script with its arguments, and the files asked for.
stage_job() {
	local dir=$1 script=$2 lib=$1/usr/lib/sysmon-vm file
	shift 2
	mkdir -p "$lib" "$dir/mnt/host" "$dir/mnt/out" "$dir/mnt/disk"
	for file in "${vm_files[@]}"; do cp -aT "$file" "$dir/mnt/host/$(basename "$(realpath "$file")")"; done
	stage_script "$script" "$dir/mnt/host/${script##*/}"
	printf '%s\0' "/mnt/host/${script##*/}" "$@" >"$lib/command"
	printf '%s\n' "SYSMON_VM=$vm_profile" "SYSMON_VM_KERNEL=$kernel_name" "SYSMON_VM_ICOUNT=$vm_icount" >"$lib/env"
	[ -z "${SYSMON_VM_OUT-}" ] || : >"$lib/want-out"
	install -m 755 "$vm_src/guest/job" "$lib/job"
	install -D -m 755 -t "$dir/usr/bin" "$vm_src/guest/ynl"
	case $vm_profile in
	mini) install -m 755 "$vm_src/guest/init-mini" "$lib/init-mini" ;;
	docker) stage_units "$dir" ;;
	esac
	stage_spec "$dir/usr/share/ynl/Documentation/netlink/specs"
}

stage_units() {
	install -D -m 755 -t "$1/usr/bin" "$vm_src/guest/vm-images"
	install -D -m 644 -t "$1/usr/lib/systemd/system" "$vm_src"/guest/sysmon-vm.{service,target}
}

# A file with an interpreter line runs by it; any other is a shell script.
stage_script() {
	if [ "$(head -c 2 -- "$1" | tr -d '\0')" = '#!' ]; then
		install -m 755 -- "$1" "$2"
	else
		{ printf '#!/bin/sh\n' && cat -- "$1"; } >"$2"
		chmod 755 "$2"
	fi
}

stage_spec() {
	mkdir -p "$1"
	[ ! -f "$tree/src/kmod/sysmon.yaml" ] || cp "$tree/src/kmod/sysmon.yaml" "$1/"
}

# Libraries that the build and the files given need and that the guest may lack, into the folder $2.
stage_libraries() {
	local dir=$1 to=$2
	mkdir -p "$to"
	elf_files "$dir" | while read -r file; do copy_libraries "$to" "$file"; done
	merge_usr "$to"
}

# stage_archive JOB LIBS: the archive on stdout, laid out as guest/init expects it.
stage_archive() {
	local root=$run_dir/archive
	mkdir -p "$root/usr/lib"
	ln -s /layer/usr/lib/modules "$root/usr/lib/modules"
	mv "$1" "$root/layer"
	mv "$2" "$root/layer-if-missing"
	cpio_of "$root"
}
