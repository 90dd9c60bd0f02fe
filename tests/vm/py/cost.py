# SPDX-License-Identifier: GPL-2.0
"""What sysmon costs, in guest instructions: for tests/vm/run -i, where a nanosecond is one instruction.

cost.py [COUNT]...: each number of containers, idle and busy. The machine's own share of a tick is that with none.
"""
import os
import subprocess
import sys
import time

from account import cgroup_ns
from cg import Cgroup
from family import open_family
from load import Load
from tap import wait_for
from ticks import module, put_ticks_first

# Containers are idle a minute after their last work.
SETTLE = {"idle": 80, "busy": 12}


def samples():
    p = subprocess.run(["sqlite3", "/var/lib/sysmon/sysmon.db", "SELECT count(*) FROM sample"],
                       capture_output=True, text=True)
    return int(p.stdout or 0)


def span(count, work):
    """Ticks to look at: containers take turns at what is done seldom, of 256 or, dormant, 1,024, as they came."""
    turns = 1024 if work == "idle" else 256
    return turns if count < turns // 2 else 32


def measure(ynl, daemon, length):
    """Instructions of the kernel's ticks, of their walks, and of the daemon over some ticks; each for a tick."""
    put_ticks_first()
    m = module(ynl)
    wait_for(lambda: module(ynl)["ticks"] > m["ticks"], 60, 0.01)
    a, cpu = module(ynl), cgroup_ns(daemon)
    time.sleep(length)
    b, cpu = module(ynl), cgroup_ns(daemon) - cpu
    ticks = b["ticks"] - a["ticks"]
    return [(b["tick-total-ns"] - a["tick-total-ns"]) / ticks, (b["walk-total-ns"] - a["walk-total-ns"]) / ticks,
            cpu / ticks]


def report(count, work, own, figures):
    each = [(f - o) / count for f, o in zip(figures, own)]
    tick, walk, cpu = each
    print(f"| {count} | {work} | {tick:.0f} | {walk:.0f} | {cpu:.0f} | {tick + cpu:.0f} | {figures[0]:.0f} |", flush=True)


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
    time.sleep(5)
    own = measure(ynl, daemon, 1024)
    print(f"The machine alone, a tick: kernel {own[0]:.0f}, daemon {own[2]:.0f}. Beyond that, a container-tick:\n\n"
          "| containers | load | kernel tick | of it the walk | daemon | whole path | the whole kernel tick |\n"
          "| ---: | --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for count in [int(a) for a in sys.argv[1:]] or [10, 100, 500]:
        for work in ("idle", "busy"):
            load = Load("/bench", count, work, "net")
            time.sleep(SETTLE[work])
            before = samples()
            figures = measure(ynl, daemon, span(count, work))
            if samples() - before < count * span(count, work) * 0.9:
                sys.exit(f"cost: only {samples() - before} samples were stored")
            report(count, work, own, figures)
            load.end()
    os.sync()


main()
