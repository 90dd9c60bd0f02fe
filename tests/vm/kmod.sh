#!/bin/sh
# Guest side of kmod.t: the module alone, without the daemon.
exec python3 -u /mnt/host/py/kmod.py
