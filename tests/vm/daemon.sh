#!/bin/sh
# Guest side of daemon.t: the daemon by hand, without systemd and engines.
exec python3 -u /mnt/host/py/daemon.py
