#!/bin/sh
# Guest side of the measure of what a tick costs: instructions for each container-sample, for the
# kernel's tick and the whole path to committed rows.
exec python3 -u /mnt/host/py/cost.py "$@"
