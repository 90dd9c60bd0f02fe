#!/bin/sh
# The daemon as it is built, without the module: reload, watchdog, faults of the database.
exec python3 -u "$(dirname "$0")/operation.py"
