# SPDX-License-Identifier: GPL-2.0
"""What sysmon costs, in guest instructions: for tests/vm/run -i, where a nanosecond is one instruction."""
import os
import subprocess
import sys
import time

from cg import Cgroup, hexname
from family import open_family
from tap import wait_for

# Idle containers take turns of 64 ticks at what is done seldom; they are idle a minute after their last work.
TICKS = {"idle": 64, "busy": 16}
SETTLE = {"idle": 80, "busy": 12}
BUSY = "while :; do sleep 0.2; done"


def module(ynl):
    return ynl.do("module-get", {})["module"]


def usage_ns(cgroup):
    return cgroup.table("cpu.stat")["usage_usec"] * 1000


def samples():
    p = subprocess.run(["sqlite3", "/var/lib/sysmon/sysmon.db", "SELECT count(*) FROM sample"],
                       capture_output=True, text=True)
    return int(p.stdout or 0)


def start(count, busy):
    groups = [Cgroup("/bench/" + hexname(i)) for i in range(count)]
    for cg in groups:
        if busy:
            cg.spawn("/bin/sh", "-c", BUSY)
        else:
            cg.spawn("/bin/sleep", "100000")
    return groups


def measure(ynl, daemon, length):
    """Instructions of the kernel's ticks and of the daemon over some ticks."""
    m = module(ynl)
    wait_for(lambda: module(ynl)["ticks"] > m["ticks"], 60, 0.01)
    a, cpu = module(ynl), usage_ns(daemon)
    time.sleep(length)
    b, cpu = module(ynl), usage_ns(daemon) - cpu
    ticks = b["ticks"] - a["ticks"]
    return (b["tick-total-ns"] - a["tick-total-ns"]) / ticks, (b["walk-total-ns"] - a["walk-total-ns"]) / ticks, cpu / ticks


def main():
    subprocess.run(["modprobe", "sysmon"], check=True)
    with open("/sys/fs/cgroup/cgroup.subtree_control") as f:
        controllers = "+" + " +".join(f.read().split())
    parent = Cgroup("/bench")
    parent.write("cgroup.subtree_control", controllers)
    ynl = open_family()
    daemon = Cgroup("/daemon")
    daemon.spawn("/usr/sbin/sysmon-collectord")
    if not wait_for(lambda: samples() >= 0 and module(ynl)["walks"] > 2, 60, 0.5):
        sys.exit("cost: the daemon does not listen")
    print("| containers | load | kernel tick | of it the walk | daemon | whole path |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |", flush=True)
    for count in [int(a) for a in sys.argv[1:]] or [10, 100, 500]:
        for load in ("idle", "busy"):
            groups = start(count, load == "busy")
            time.sleep(SETTLE[load])
            before = samples()
            tick, walk, cpu = measure(ynl, daemon, TICKS[load])
            if samples() - before < count * TICKS[load] * 0.9:
                sys.exit(f"cost: only {samples() - before} samples were stored")
            print(f"| {count} | {load} | {tick / count:.0f} | {walk / count:.0f} | {cpu / count:.0f} | "
                  f"{(tick + cpu) / count:.0f} |", flush=True)
            for cg in groups:
                cg.remove()
    os.sync()


main()
