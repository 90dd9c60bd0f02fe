# SPDX-License-Identifier: GPL-2.0
"""Kernel memory that the module takes for each container: all of the slab, so open files with their buffers, too.

The difference that loading the module makes, once with containers and once without any.
"""
import subprocess
import sys
import threading
import time

import memory
from cg import Cgroup
from family import listen, open_family, reopen
from load import Load
from tap import wait_for

INTERVAL_NS = 100_000_000
# Ticks until containers without work count as idle, and until their files are closed (account_files.c).
IDLE, DORMANT = 100, 520


def objects():
    """Bytes of the active objects, by cache."""
    memory.measure()
    with open("/proc/slabinfo") as f:
        rows = [line.split() for line in f.readlines()[2:]]
    return {r[0]: int(r[1]) * int(r[3]) for r in rows}


class Listener:
    """Reads snapshots, so that there are walks."""

    def __init__(self, ynl):
        self.sock = listen(ynl, "snapshots")
        self.thread = threading.Thread(target=self.drain)
        self.ended = False
        self.thread.start()

    def drain(self):
        self.sock.settimeout(1)
        while not self.ended:
            try:
                self.sock.recv(1 << 16)
            except OSError:
                pass

    def close(self):
        self.ended = True
        self.thread.join()
        self.sock.close()


def loaded(ticks):
    """Load the module, let it walk so often, measure, for each of the numbers; then unload it."""
    subprocess.run(["modprobe", "sysmon"], check=True)
    ynl = reopen(open_family())
    ynl.do("config-set", {"interval-ns": INTERVAL_NS})
    found = []
    for number in ticks:
        listener = Listener(ynl)
        if not wait_for(lambda: ynl.do("module-get", {})["module"]["walks"] >= number, 300, 0.2):
            sys.exit("memory: no walks")
        listener.close()
        found.append(objects())
    subprocess.run(["rmmod", "sysmon"], check=True)
    return found


def added(count, work, ticks):
    """What the module adds, by cache, after each number of ticks."""
    load = Load("/bench", count, work)
    time.sleep(3)
    before = objects()
    after = loaded(ticks)
    load.end()
    return [{k: n - before.get(k, 0) for k, n in a.items()} for a in after]


def report(what, count, with_containers, without):
    each = {k: (n - without.get(k, 0)) / count for k, n in with_containers.items()}
    top = sorted(each.items(), key=lambda kv: -kv[1])[:6]
    print(f"| {what} | {sum(each.values()):.0f} | " + ", ".join(f"{k} {n:.0f}" for k, n in top) + " |", flush=True)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    parent = Cgroup("/bench")
    with open("/sys/fs/cgroup/cgroup.subtree_control") as f:
        parent.write("cgroup.subtree_control", "+" + " +".join(f.read().split()))
    added(1, "idle", [3])  # the kernel's own caches of what the module uses first
    none, = added(0, "idle", [IDLE])
    idle, dormant = added(count, "idle", [IDLE, DORMANT])
    busy, = added(count, "busy", [20])
    print(f"{count} containers\n\n| containers | bytes each | most of it |\n| --- | ---: | --- |")
    for what, figures in (("busy", busy), ("idle", idle), ("idle for long", dormant)):
        report(what, count, figures, none)


main()
