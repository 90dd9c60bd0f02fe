#!/bin/sh
# Guest side of faults.t; arguments are the names of the tests to run, none all.
exec python3 -u /mnt/host/py/faults.py "$@"
