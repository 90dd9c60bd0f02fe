#!/bin/sh
# Guest side of long/day.t: day.sh SECONDS-AN-HOUR.
exec python3 -u /mnt/host/py/day.py "$@"
