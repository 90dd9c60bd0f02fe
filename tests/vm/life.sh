#!/bin/sh
# Guest side of life.t.
exec python3 -u /mnt/host/py/life.py
