#!/bin/sh
# Guest side of disk.sh.
exec python3 -u /mnt/host/py/disk.py "$@"
