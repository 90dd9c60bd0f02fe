# SPDX-License-Identifier: GPL-2.0
"""The module when the kernel has no memory for it: loading, lives, requests, sampling, unloading. Debug kernel only."""
import os
import subprocess
import sys
import threading

import kmod
from cg import Cgroup, hexname
from tap import equal, ok, run

TRUST = "/mnt/host/trust"
KNOBS = "/sys/kernel/debug/failslab"
SAMPLING_PERCENT = 15


def knob(name, value):
    with open(f"{KNOBS}/{name}", "w") as f:
        f.write(str(value))


def trust(*argv):
    """Run the guest program and show what it says; its exit status."""
    p = subprocess.Popen([TRUST, *map(str, argv)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in p.stdout:
        print(f"# {line.lstrip('# ')}", end="", flush=True)
    return p.wait()


def module_file():
    return kmod.sh("modinfo", "-n", "sysmon").stdout.strip()


def test_load():
    """each allocation of loading fails once, with containers there"""
    groups = [Cgroup("/" + hexname(i, "5")) for i in range(3)]
    for cg in groups:
        cg.spawn("/bin/sleep", "100000")
    equal(trust("fail-load", module_file()), 0, "the load is refused or whole, and nothing stays of a refused one")


def test_requests():
    """each allocation of each request fails once"""
    kmod.load()
    equal(trust("fail-request"), 0, "the request fails for want of memory or its answer is whole")


def test_lives():
    """the first allocations of containers' lives fail"""
    equal(trust("fail-life"), 0, "every number is an event or in a gap, and gaps are what was lost")


def fail_workers(end):
    """The kernel's workers, among them the module's, run short of memory until the end."""
    while not end.wait(2):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/comm") as f:
                    name = f.read()
                if name.startswith("kworker/"):
                    with open(f"/proc/{pid}/make-it-fail", "w") as f:
                        f.write("1")
            except OSError:
                pass  # it has ended


def test_sampling():
    """allocations of samples and events fail at random"""
    end = threading.Event()
    marker = threading.Thread(target=fail_workers, args=(end,))
    knob("probability", SAMPLING_PERCENT)
    marker.start()
    status = trust("churn", 200, 20, "lossy")
    knob("probability", 0)
    end.set()
    marker.join()
    equal(status, 0, "what is missing is counted, number by number")


def test_unload():
    """each allocation of unloading fails once"""
    ok(kmod.sh("rmmod", "sysmon").returncode == 0, "the module unloads")
    equal(trust("fail-unload", module_file()), 0, "it unloads all the same, at once or when asked again")


for name, value in (("probability", 0), ("interval", 1), ("times", -1), ("space", 0), ("verbose", 0),
                    ("task-filter", "Y"), ("ignore-gfp-wait", "N")):
    knob(name, value)
run([test_requests, test_lives, test_sampling, kmod.test_many, kmod.test_busy, kmod.test_events_pushed,
     test_unload, test_load], sys.argv[1:], cleanup=Cgroup.remove_all)
