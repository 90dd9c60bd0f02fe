#!/bin/sh
# Guest side of long/attack.t: attack.sh SECONDS-A-WAY.
exec python3 -u /mnt/host/py/attack.py "$@"
