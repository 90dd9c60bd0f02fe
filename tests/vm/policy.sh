#!/bin/sh
# Guest side of policy.t: one container a verb, Docker stopped and started.
exec python3 -u /mnt/host/py/policy.py
