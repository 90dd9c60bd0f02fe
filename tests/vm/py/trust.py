# SPDX-License-Identifier: GPL-2.0
"""Whether the module may be trusted: under churn, when reloaded, with hostile messages.

trust.py short|long|debug [TEST]...
"""
import os
import signal
import subprocess
import sys
import time

import memory
from cg import Cgroup
from tap import equal, ok, run, wait_for

TRUST = "/mnt/host/trust"
SEED = 20261122

# Rounds of so many containers; makers of churn, and loads before and after the first measure; messages. The form
# debug leaves memory to kmemleak, since KASAN keeps freed objects for a while.
FORMS = {
    "short": dict(churn=[300, 300], makers=2, loads=(0, 20), messages=100_000),
    "long": dict(churn=[2500, 2500, 2500, 2500], makers=3, loads=(20, 180), messages=1_000_000),
    "debug": dict(churn=[300], makers=2, loads=(0, 10), messages=30_000),
}
form_name = sys.argv[1] if len(sys.argv) > 1 else "short"
form = FORMS[form_name]


def sh(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def trust(*argv):
    """Run the guest program, show what it says and return its exit status."""
    p = sh(TRUST, *map(str, argv))
    print("".join(f"# {l.lstrip('# ')}\n" for l in p.stdout.splitlines()), end="", flush=True)
    return p.returncode


def load(*params):
    p = sh("modprobe", "sysmon", *params)
    if p.returncode:
        raise Exception(p.stdout)


# What free memory differs by, when no page was leaked: that is seen best in the objects.
FREE_NOISE = 48 << 20


def unload():
    """A dump in progress holds the module for a moment; where all is slow, one that follows the other for many."""
    p = wait_for(lambda: [q for q in [sh("rmmod", "sysmon")] if q.returncode == 0], 120, 0.01)
    if not p:
        print(f"# not unloaded in two minutes: {sh('rmmod', 'sysmon').stdout}", flush=True)
    return bool(p)


def no_growth(before, after, objects, free, name):
    print(f"# memory: {memory.most(before, after)}", flush=True)
    equal(memory.growth(before, after, objects, free), {}, name)


def test_churn():
    """containers that live for moments, 50 at a time"""
    measures = []
    for count in form["churn"]:
        load()
        equal(trust("churn", count, 50), 0, f"each of {count} has one start and one stop, and nothing is lost")
        ok(unload(), "the module unloads")
        if form_name != "debug":
            measures.append(memory.measure())
    if len(measures) > 1:
        lives = sum(form["churn"][1:])
        no_growth(measures[0], measures[-1], lives // 2, FREE_NOISE,
                  f"memory is where it was {lives} containers ago")


def reload(times):
    """Load and unload under churn; return how often that went well."""
    storm = subprocess.Popen([TRUST, "storm", str(form["makers"])], start_new_session=True)
    dumper = subprocess.Popen([TRUST, "dumper"], start_new_session=True)
    done = 0
    for i in range(times):
        load()
        answers = trust("poke") == 0
        time.sleep(0.05 * (i % 5))
        done += unload() and answers
    for p in (storm, dumper):
        os.killpg(p.pid, signal.SIGTERM)
        equal(p.wait(), 0, f"{p.args[1]} ends well")
    return done


def test_reload():
    """load and unload while containers are made, killed, starved, frozen, with a listener and a reader"""
    first, then = form["loads"]
    if first:
        equal(reload(first), first, f"{first} times")
    before = memory.measure()
    equal(reload(then), then, f"{then} times")
    if first:
        no_growth(before, memory.measure(), then // 2, FREE_NOISE, f"memory is where it was {then} loads ago")


def test_messages():
    """random and damaged requests"""
    load()
    for mode, share in (("root", 60), ("user", 25), ("userns", 15)):
        count = form["messages"] * share // 100
        print(f"# seed {SEED}", flush=True)
        status = trust("fuzz", count, SEED, mode)
        if status == 77:
            ok(True, f"{mode} # SKIP this kernel has no user namespaces")
        else:
            equal(status, 0, f"{count} messages as {mode} do no harm")
    ok(unload(), "the module unloads")


sh("sysctl", "-w", "vm.oom_dump_tasks=0")
run([test_churn, test_reload, test_messages], sys.argv[2:], cleanup=Cgroup.remove_all)
