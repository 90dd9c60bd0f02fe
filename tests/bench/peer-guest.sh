#!/bin/sh
# Guest side of peer-vm.sh.
name=$1
shift
exec python3 -u "/mnt/host/py/$name.py" "$@"
