# shellcheck shell=bash disable=SC2034,SC2154 # its variables are shared with tests/vm/run
# Owns the guest kernels: for a kernel's name (6.1, 6.12, debug) its release, its image and its module tree.

# Guest modules, as globs below kernel/ in the package, with what they depend on: disks, what containers' file systems
# and networks use, and devices that test scripts like.
kernel_modules=(
	'drivers/virtio/virtio_pci' 'drivers/block/virtio_blk' 'drivers/char/hw_random/virtio-rng'
	'fs/overlayfs/*' 'fs/fuse/fuse' 'fs/autofs/*' 'fs/binfmt_misc' 'fs/configfs/*'
	'drivers/net/veth' 'drivers/net/dummy' 'drivers/net/tun' 'drivers/net/macvlan' 'drivers/net/ipvlan/*'
	'drivers/net/ifb' 'drivers/block/loop' 'drivers/block/null_blk/*' 'drivers/block/zram/*' 'crypto/lzo*'
	'net/bridge/*' 'net/netfilter/nf_*' 'net/netfilter/nft_*' 'net/netfilter/x_tables' 'net/netfilter/xt_*'
	'net/netfilter/nfnetlink*' 'net/ipv4/netfilter/*' 'net/ipv6/netfilter/*' 'net/xfrm/*'
	'net/sched/sch_*' 'arch/x86/crypto/crc32c*' 'crypto/crc32c*'
)

# kernel_resolve NAME: sets kernel_release, kernel_image, kernel_modules_dir (a /lib/modules/RELEASE folder, or empty)
# and kernel_make (the variables that `make modules` is to be given).
kernel_resolve() {
	case $1 in
	6.1) kernel_from_package linux-headers-cloud-amd64 ;;
	6.12) kernel_from_package linux-headers-6.12-cloud-amd64 ;;
	debug) debug_kernel_resolve ;;
	esac
}

# The module is built with the installed headers, so the guest runs exactly the kernel that they belong to.
kernel_from_package() {
	local headers version
	headers=$(dpkg-query -W -f '${Depends}' "$1" 2>/dev/null |
		grep -oE 'linux-headers-[^ ,]+' | head -n 1) || headers=
	[ -n "$headers" ] || fail "package $1 is missing; run contrib/deps.sh vm"
	version=$(dpkg-query -W -f '${Version}' "$headers" 2>/dev/null) || fail "package $headers is missing; run contrib/deps.sh vm"
	kernel_release=${headers#linux-headers-}
	artefact "kernel-$kernel_name" "$(key_of "$kernel_release" "$version" "$vm_src/lib/kernel.sh")" \
		"fetching kernel $kernel_release" kernel_unpack "$kernel_release" "$version"
	kernel_image=$REPLY/vmlinuz
	kernel_modules_dir=$REPLY/modules
	kernel_make=(KVER="$kernel_release")
}

kernel_unpack() {
	local out=$1 release=$2 version=$3
	kernel_download "$out" "linux-image-$release" "$version"
	dpkg-deb -x "$out"/*.deb "$out/deb"
	mv "$out/deb/boot/vmlinuz-$release" "$out/vmlinuz"
	depmod -b "$out/deb" "$release"
	kernel_pick_modules "$out/deb/lib/modules/$release" "$out/modules"
	rm -rf "$out/deb" "$out"/*.deb
}

kernel_download() (
	cd "$1" || exit
	if apt_get download "$2=$3" || { say "refreshing the package lists" && apt_get update && apt_get download "$2=$3"; }; then
		return
	fi
	tail -n 5 apt.log >&2
	say "$2 $3 cannot be downloaded; if newer headers are out: apt-get install linux-headers-cloud-amd64 linux-headers-6.12-cloud-amd64"
	return 1
)

apt_get() { apt-get -q -o APT::Sandbox::User=root "$@" >>apt.log 2>&1; }

# The chosen modules and what they need, uncompressed, since the host's depmod need not know how they were compressed.
kernel_pick_modules() {
	local from=$1 to=$2 path
	mkdir -p "$to"
	cp "$from"/modules.builtin* "$from"/modules.order "$to"/
	printf '%s\n' "${kernel_modules[@]}" | kernel_close_over "$from/modules.dep" | while read -r path; do
		mkdir -p "$to/${path%/*}"
		case $path in
		*.xz) xz -dc "$from/$path" >"$to/${path%.xz}" ;;
		*) cp "$from/$path" "$to/$path" ;;
		esac
	done
	sed -i 's/\.ko\.xz$/.ko/' "$to/modules.order"
}

# Reads globs, writes the paths of the modules that match and of all that modules.dep ($1) says they need.
kernel_close_over() {
	awk '
	FNR == NR {
		gsub(/[.]/, "\\."); gsub(/\*/, "[^/]*")
		pattern = pattern (pattern == "" ? "" : "|") $0
		next
	}
	{
		module = $1
		sub(/:$/, "", module)
		if (module ~ ("^kernel/(" pattern ")\\.ko(\\.xz)?$"))
			for (i = 1; i <= NF; i++) { sub(/:$/, "", $i); wanted[$i] = 1 }
	}
	END { for (path in wanted) print path }' - "$1"
}
