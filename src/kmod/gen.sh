#!/bin/sh
# Generate the protocol's C files from sysmon.yaml with the kernel's own YNL
# generator: gen.sh KERNEL_TOOLS_TREE OUTPUT_DIR
#
# KERNEL_TOOLS_TREE holds MAINTAINERS, tools/net/ynl/ and
# Documentation/netlink/ of a kernel source; `make kernel-tools` extracts one.
# The generator only works on a spec inside such a tree, so it is copied there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tree=$1
out=$2
spec=$tree/Documentation/netlink/specs/sysmon.yaml

mkdir -p "$out/uapi" "$(dirname "$spec")"
cp "$here/sysmon.yaml" "$spec"

gen() { # gen OUTPUT OPTION...
	file=$1
	shift
	/usr/bin/python3 "$tree/tools/net/ynl/ynl-gen-c.py" \
		--spec "$spec" -o "$out/$file" "$@"
}
gen uapi/sysmon.h --mode uapi --header
gen genl_gen.h --mode kernel --header
gen genl_gen.c --mode kernel --source
