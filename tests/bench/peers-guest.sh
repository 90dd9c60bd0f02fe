#!/bin/sh
# Guest side of peers.sh.
exec python3 -u /mnt/host/py/peers.py "$@"
