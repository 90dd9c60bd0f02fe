#!/bin/sh
# Guest side of the measure of what the module adds to every process's life.
exec python3 -u /mnt/host/py/hotpath.py
