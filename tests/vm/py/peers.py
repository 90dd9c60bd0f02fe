# SPDX-License-Identifier: GPL-2.0
"""What sysmon and its peers cost with the same containers, in guest instructions: for tests/vm/run -i -p docker.

peers.py --tools TOOL,... [--in bare|docker|podman] [--work idle,busy] COUNT...
"""
import argparse
import glob
import time

from account import measure
from cg import Cgroup
from load import Load
from peer_tools import PEERS, must
from tap import wait_for

# What the containers' own start leaves behind is over then.
SETTLE = 15
HEAD = ("| tool | containers | load | samples | the machine | the tool's cgroups | kernel threads | the processor's use |\n"
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |")


class Bare:
    """Cgroups made by hand, with programs and network namespaces in them."""

    def __init__(self, count, work):
        parent = Cgroup("/bench")
        for folder in (Cgroup("/"), parent):
            folder.write("cgroup.subtree_control", "+cpu +io +memory +pids")
        self.load = Load("/bench", count, work, "net")
        self.folders = sorted(f.rstrip("/") for f in glob.glob("/sys/fs/cgroup/bench/*/"))

    def end(self):
        self.load.end()


class Engine:
    """Containers of Docker or Podman."""
    programs = {"idle": "exec sleep 100000", "busy": "while :; do sleep 0.2; done"}

    def __init__(self, engine, count, work):
        self.engine = engine
        must(f"vm-images {engine}")
        ids = [must(f"{engine} run -d --name peer{i} containerstack/alpine-stress sh -c '{self.programs[work]}'").strip()
               for i in range(count)]
        found = [glob.glob(f"/sys/fs/cgroup/**/*{id}*.scope", recursive=True) for id in ids]
        self.folders = [next(f for f in folders if "conmon" not in f) for folders in found]

    def end(self):
        must(f"{self.engine} rm -f $({self.engine} ps -aq)")


def row(peer, work, without, spent):
    def each(key):
        """For a sample, less what was used without the tool."""
        return (spent[key] - without[key] / without["seconds"] * spent["seconds"]) / spent["samples"]
    use = spent["machine"] / spent["seconds"] / 1e7
    machine = f"{each('machine'):.0f}" if use < 97 else "-"
    print(f"| {peer.name} | {len(peer.folders)} | {work} | {spent['samples']:.0f} | {machine} | {each('own'):.0f} |"
          f" {each('threads'):.0f} | {use:.0f}% |", flush=True)


def compare(tool, folders, work):
    peer = PEERS[tool](folders, work)
    without = measure(peer.seconds(), peer.cgroups, lambda: 0)
    peer.start()
    time.sleep(peer.warm)
    ticks = peer.ticks() if tool == "sysmon" else 0
    spent = measure(peer.seconds(), peer.cgroups, peer.samples)
    least = 0.9 * len(folders) * (spent["seconds"] - 2)
    if not spent["samples"] or spent["samples"] < least and spent["machine"] < 0.97e9 * spent["seconds"]:
        raise Exception(f"{peer.name}: {spent['samples']} samples in {spent['seconds']} s\n" + must(f"tail -n 20 '{peer.out}'"))
    row(peer, work, without, spent)
    if tool == "sysmon":
        print(f"|  of it sampling and push | | | | | | {(peer.ticks() - ticks) / spent['samples']:.0f} | |", flush=True)
    peer.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True)
    parser.add_argument("--in", dest="engine", default="bare")
    parser.add_argument("--work", default="idle,busy")
    parser.add_argument("counts", type=int, nargs="+")
    args = parser.parse_args()
    print(HEAD, flush=True)
    for count in args.counts:
        for work in args.work.split(","):
            containers = Bare(count, work) if args.engine == "bare" else Engine(args.engine, count, work)
            time.sleep(SETTLE)
            for tool in args.tools.split(","):
                compare(tool, containers.folders, work)
            containers.end()


main()
