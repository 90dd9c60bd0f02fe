#!/bin/sh
# Guest side of the measure of how long an event takes until a reader sees it, and of how many a second are kept.
exec python3 -u /mnt/host/py/latency.py "$@"
