#!/bin/sh
# Guest side of scenario.t: seven stress containers, the policy, a restart.
exec python3 -u /mnt/host/py/scenario.py
