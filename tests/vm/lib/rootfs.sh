# shellcheck shell=bash disable=SC2034,SC2154 # its variables are shared with tests/vm/run
rootfs_resolve() { fail "not yet"; }
