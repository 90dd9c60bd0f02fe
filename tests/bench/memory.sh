#!/bin/sh
# Guest side of the measure of kernel memory for each container: memory.sh [COUNT], on 3 GiB.
exec python3 -u /mnt/host/py/memory_bench.py "$@"
