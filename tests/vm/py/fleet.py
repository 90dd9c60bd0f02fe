# SPDX-License-Identifier: GPL-2.0
"""The containers that tests/bench compares sysmon and its peers with, and the folders of their cgroups."""
import glob

from cg import Cgroup
from host import must
from load import Load


class Bare:
    """Cgroups made by hand, with programs and network namespaces in them."""
    # Seconds until nothing is left to do of what made them, and unmade those before.
    settle = {"idle": 60, "busy": 60}

    def __init__(self, count, work):
        # Otherwise systemd takes away the controllers that it has no use for itself.
        must("systemctl set-property --runtime system.slice CPUWeight=100 IOAccounting=yes MemoryAccounting=yes TasksAccounting=yes")
        for folder in (Cgroup("/"), Cgroup("/bench")):
            folder.write("cgroup.subtree_control", "+cpu +io +memory +pids")
        self.load = Load("/bench", count, work, "net")
        self.folders = sorted(f.rstrip("/") for f in glob.glob("/sys/fs/cgroup/bench/*/"))

    def end(self):
        self.load.end()


class Engine:
    """Containers of Docker or Podman; a busy one starts a process each second."""
    settle = {"idle": 120, "busy": 60}
    programs = {"idle": "exec sleep 100000", "busy": "while :; do sleep 1; done"}

    def __init__(self, engine, count, work):
        self.engine = engine
        must(f"vm-images {engine}")
        ids = [must(f"{engine} run -d --name peer{i} containerstack/alpine-stress sh -c '{self.programs[work]}'").strip()
               for i in range(count)]
        found = [glob.glob(f"/sys/fs/cgroup/**/*{id}*.scope", recursive=True) for id in ids]
        self.folders = [next(f for f in folders if "conmon" not in f) for folders in found]

    def end(self):
        must(f"{self.engine} rm -f $({self.engine} ps -aq)")
