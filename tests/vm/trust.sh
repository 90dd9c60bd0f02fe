#!/bin/sh
# Guest side of trust.t: trust.sh short|long|debug.
exec python3 -u /mnt/host/py/trust.py "$@"
