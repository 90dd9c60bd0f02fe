#!/bin/sh
# Guest side of long/failslab.t, on the debug kernel.
exec python3 -u /mnt/host/py/failslab.py
