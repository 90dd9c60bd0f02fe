#!/bin/sh
# Guest side of faults.t.
exec python3 -u /mnt/host/py/faults.py
