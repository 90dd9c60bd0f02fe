# SPDX-License-Identifier: GPL-2.0
"""What sysmon and its peers cost with the same containers, in guest instructions: for tests/vm/run -i -p docker.

peers.py --tools TOOL,... [--in bare|docker|podman] [--work idle,busy] COUNT...
"""
import argparse
import sys
import time
import traceback

from account import measure
from fleet import Bare, Engine
from peer_tools import PEERS, must

# From this many instructions a second on, the containers get less done than without the tool.
FULL = 0.97e9
HEAD = ("| tool | containers | load | samples | the machine | the tool's cgroups | kernel threads | the processor's use |\n"
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |")


def row(peer, without, spent):
    def each(key):
        """For a sample, less what was used without the tool."""
        return (spent[key] - without[key] / without["seconds"] * spent["seconds"]) / spent["samples"]
    use = spent["machine"] / spent["seconds"] / 1e7
    machine = f"{each('machine'):.0f}" if use < FULL / 1e7 else "-"
    print(f"| {peer.name} | {len(peer.folders)} | {peer.work} | {spent['samples']:.0f} | {machine} | {each('own'):.0f} |"
          f" {each('threads'):.0f} | {use:.0f}% |", flush=True)


def without_tool(peer, known):
    """The same containers, and nobody who watches them."""
    key = peer.seconds(), peer.standing
    if key not in known:
        known[key] = measure(peer.seconds(), peer.cgroups, lambda: 0)
    return known[key]


def with_tool(peer):
    """
    Samples are counted, and cut to what falls into the time: a tool that keeps up makes one a second. Some pause for a
    second after each, and make fewer.
    """
    peer.start()
    time.sleep(peer.warm)
    peer.settled()
    spent, count = measure(peer.seconds(), peer.cgroups, peer.samples), len(peer.folders)
    wanted = spent["seconds"] * count
    if abs(spent["samples"] - wanted) <= 2 * count:
        spent["samples"] = wanted
    elif not spent["samples"] or spent["samples"] < wanted / 2 and spent["machine"] < FULL * spent["seconds"]:
        raise Exception(f"{spent['samples']} samples in {spent['seconds']} s\n" + must(f"tail -n 20 {peer.out}"))
    return spent


def measure_peer(peer, known):
    without = without_tool(peer, known)
    spent = with_tool(peer)
    row(peer, without, spent)
    for what, figure in peer.parts():
        print(f"| of it {what} | | | | | | {figure:.0f} | |", flush=True)


def compare(tool, folders, work, known):
    """Whether it could be measured; if not, it is said why."""
    peer = PEERS[tool](folders, work)
    try:
        measure_peer(peer, known)
        return True
    except Exception:
        print(f"peers: {peer.name}, {len(folders)} {work}: {traceback.format_exc()}", flush=True)
        return False
    finally:
        peer.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True)
    parser.add_argument("--in", dest="engine", default="bare")
    parser.add_argument("--work", default="idle,busy")
    parser.add_argument("counts", type=int, nargs="+")
    args = parser.parse_args()
    failed = 0
    print(HEAD, flush=True)
    for count in args.counts:
        for work in args.work.split(","):
            containers = Bare(count, work) if args.engine == "bare" else Engine(args.engine, count, work)
            known = {}
            time.sleep(containers.settle[work])
            for tool in args.tools.split(","):
                failed += not compare(tool, containers.folders, work, known)
            containers.end()
    sys.exit(failed > 0)


main()
