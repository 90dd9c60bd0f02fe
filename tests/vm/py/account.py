# SPDX-License-Identifier: GPL-2.0
"""Who took the processor, in ns; with tests/vm/run -i that is instructions.

The machine's time is all that the one processor did not idle, interrupts and what the kernel does in nobody's name
included. The kernel adds up idle time in ns, and tells it in /proc/timer_list alone.
"""
import os
import re
import time

from cg import Cgroup

PF_KTHREAD = 0x00200000
IDLE = re.compile(r"\.(?:idle|iowait)_sleeptime\s*:\s*(\d+) nsecs")


def idle_ns():
    with open("/proc/timer_list") as f:
        found = IDLE.findall(f.read())
    if len(found) != 2:
        raise Exception(f"{len(found)} idle times: this is for tests/vm/run -i")
    return sum(map(int, found))


def threads_ns():
    """The run time of each kernel thread, by process id."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                if not int(f.read().rpartition(")")[2].split()[6]) & PF_KTHREAD:
                    continue
            with open(f"/proc/{pid}/schedstat") as f:
                found[pid] = int(f.read().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def cgroup_ns(cgroup):
    return cgroup.table("cpu.stat")["usage_usec"] * 1000


def measure(seconds, cgroups, samples):
    """What was used in so many seconds by all, by kernel threads and by cgroups, and how many samples were made."""
    made, threads, own = samples(), threads_ns(), sum(map(cgroup_ns, cgroups))
    begin, idle = time.monotonic_ns(), idle_ns()
    time.sleep(seconds)
    idle, end = idle_ns() - idle, time.monotonic_ns()
    own, now = sum(map(cgroup_ns, cgroups)) - own, threads_ns()
    return {"seconds": (end - begin) / 1e9, "machine": end - begin - idle, "own": own, "samples": samples() - made,
            "threads": sum(ns - threads.get(pid, 0) for pid, ns in now.items())}


class Existing(Cgroup):
    """One that somebody else made, and will remove."""

    def __init__(self, path):
        super().__init__(path)
        Cgroup.alive.remove(self)
