#!/usr/bin/env python3
"""Runs a command and reads what it prints: the lines, how long the first byte
took and all of it (ms), and the most memory it had (KiB), as the kernel tells
while it is still writing."""
import re
import subprocess
import sys
import time

CHUNK = 1 << 16


def peak(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            found = re.search(r"VmHWM:\s*(\d+) kB", status.read())
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def main():
    begin = time.monotonic()
    lines = first = most = 0
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, bufsize=0) as run:
        while chunk := run.stdout.read(CHUNK):
            first = first or time.monotonic() - begin
            lines += chunk.count(b"\n")
            most = max(most, peak(run.pid))
    total = time.monotonic() - begin
    print(lines, round(first * 1000), round(total * 1000), most)
    return run.returncode


sys.exit(main())
