#!/bin/bash
# Runs one test of those that run beside each other, for prove --exec: its output, each line under its name, is shown
# as it comes, too.
set -o pipefail
name=$(basename "$1" .t)
bash "$@" 2>&1 | tee >(sed -u "s/^/$name: /" >&2)
