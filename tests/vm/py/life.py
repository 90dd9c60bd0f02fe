# SPDX-License-Identifier: GPL-2.0
"""Tests of sysmon.ko: who started, what ended and who ended it, limits met, and the figures behind them.

life.py [TEST]...: those tests alone.
"""
import ctypes
import os
import resource
import signal
import subprocess
import sys
import time

from cg import Cgroup, hexname
from family import containers, events
from starve import workers_starved
from tap import equal, ok, run, wait_for
import kmod
from kmod import check_idle, event_of, head, load, open_files, set_interval, unload

CLONE_NEWPID = 0x20000000

number = 0


def container():
    global number
    number += 1
    return Cgroup("/" + hexname(number, "5"))


def program(*argv):
    """Argv that runs a program as the init of a PID namespace, as a container's is."""
    return ("/usr/bin/unshare", "-p", "-f", *argv)


HOSTILE = b"/tmp/\x1b[1m\n\"\xff\xfe"


def hostile(script):
    """The path of a script whose name, and so comm, no terminal should get."""
    with open(HOSTILE, "w") as f:
        f.write(script)
    os.chmod(HOSTILE, 0o755)
    return HOSTILE


def test_start():
    """who starts"""
    cg, before = container(), head()
    word = b"a\x1b[31m\n\"\xff\xfe"
    cg.spawn(*program("/bin/sh", "-c", "sleep 1000", word))
    e = event_of(cg, "start", before)
    p = e["process"]
    equal(p["argv"], b"/bin/sh\0-c\0sleep 1000\0" + word + b"\0", "the first program's arguments, byte for byte")
    equal((p["comm"], p["uid"], p["argv-bytes"]), (b"sh", 0, len(p["argv"])), "its comm, uid and their length")
    with open(f"/proc/{p['pid']}/status") as f:
        nspid = next(line.split()[1:] for line in f if line.startswith("NSpid:"))
    equal(nspid, [str(p["pid"]), "1"], "its pid is that of the namespace's init")
    ok(0 < e["exec-delay-ns"] < 10**10, "the time from the first process to it", e)
    ok(e["boottime-ns"] >= e["container"]["started-boottime-ns"], "the start is no earlier than the first process")
    cg.kill()

    cg, before = container(), head()
    cg.spawn(*program("/bin/true", "x" * 3000, "y"))
    e = event_of(cg, "start", before)
    equal((len(e["process"]["argv"]), e["process"]["argv-bytes"]), (2048, 10 + 3001 + 2),
          "long arguments are cut, and it shows")
    ok("exit-code" in event_of(cg, "stop", before), "a short life has both ends")

    hostile("#!/bin/sh\n")
    cg, before = container(), head()
    os.waitpid(fork_in(cg, lambda: (os.setuid(1234), os.execv(HOSTILE, [b"x"]))), 0)
    e = event_of(cg, "start", before)
    equal((e["process"]["comm"], e["process"]["uid"], e["container"]["path"]), (HOSTILE[5:], 1234, cg.path),
          "a program's name of any bytes, another user, and where")


def fork_in(cg, work):
    """A process that goes into the cgroup as a runtime's does, and works there until it executes something."""
    pid = os.fork()
    if not pid:
        try:
            cg.write("cgroup.procs", "0")
            work()
        finally:
            os._exit(99)
    return pid


def told_of(cg, before):
    """All events that a container had after a sequence number."""
    return [m["event"] for m in events(kmod.ynl, before + 1)
            if "event" in m and m["event"]["container"]["cgroup-id"] == cg.id]


def stop_of(cg, before):
    e = event_of(cg, "stop", before)
    return e.get("exit-code"), e.get("exit-signal"), e.get("sender"), e.get("sender-signal")


def test_ends():
    """what ends, and who"""
    cg, before = container(), head()
    cg.spawn("/bin/sh", "-c", "exit 7")
    equal(stop_of(cg, before), (7, None, None, None), "an exit code")

    cg, before = container(), head()
    cg.spawn("/bin/sh", "-c", "kill -KILL $$")
    equal(stop_of(cg, before), (None, 9, None, None), "a signal from inside has no sender")

    cg, before = container(), head()
    p = cg.spawn("/bin/sleep", "1000")
    event_of(cg, "start", before)
    sent = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    os.kill(p.pid, signal.SIGKILL)
    e = event_of(cg, "stop", before)
    s = e["sender"]
    with open(f"/proc/{os.getppid()}/comm", "rb") as f:
        parent = f.read().strip()
    with open("/proc/self/cgroup") as f:
        own = f.read().strip().split("::")[1]
    equal((e["exit-signal"], e["sender-signal"], s["pid"], s["comm"], s["uid"], s["parent-comm"], s["cgroup"],
           s.get("container")), (9, 9, os.getpid(), b"python3", 0, parent, own, None), "a signal's sender")
    ok(0 <= e["sender-boottime-ns"] - sent < 10**9, "and when", e)

    cg, before = container(), head()
    p = cg.spawn("/bin/sh", "-c", "trap 'exit 3' TERM; echo >/tmp/trapped; while :; do sleep 0.05; done")
    wait_for(lambda: os.path.exists("/tmp/trapped") and p.pid)
    event_of(cg, "start", before)
    os.kill(p.pid, signal.SIGTERM)
    code, sig, sender, sent = stop_of(cg, before)
    equal((code, sig, sender and sender["pid"], sent), (3, None, os.getpid(), 15), "a signal that was handled")

    cg, before = container(), head()
    cg.spawn(*program("/bin/sleep", "1000"))
    event_of(cg, "start", before)
    cg.kill()
    code, sig, sender, sent = stop_of(cg, before)
    equal((code, sig, sender and sender["pid"], sent), (None, 9, os.getpid(), 9), "cgroup.kill")

    victim, killer, before = container(), container(), head()
    p = victim.spawn("/bin/sleep", "1000")
    event_of(victim, "start", before)
    killer.spawn(hostile("#!/bin/sh\nkill -TERM $1; sleep 1000\n"), str(p.pid))
    code, sig, sender, sent = stop_of(victim, before)
    equal((sig, sent, sender["comm"], sender["container"], sender["cgroup"]),
          (15, 15, HOSTILE[5:], killer.id, killer.path), "a sender in another container, with a name of any bytes")


def becoming(*_):
    """What a runtime's process does that has made a PID namespace: its child is to execute the program."""
    ctypes.CDLL(None).unshare(CLONE_NEWPID)
    if not os.fork():
        while True:
            pass


def first_process(cg):
    """The pid of the one that is alone in the cgroup: whoever made it has left."""
    procs = wait_for(lambda: [p for p in [cg.read("cgroup.procs").split()] if len(p) == 1])
    return int(procs[0][0])


def test_unborn():
    """who ends what has not executed its program yet"""
    cg, before = container(), head()
    os.waitpid(fork_in(cg, becoming), 0)
    os.kill(first_process(cg), signal.SIGKILL)
    code, sig, sender, sent = stop_of(cg, before)
    equal((code, sig, sender and sender["pid"], sent), (None, 9, os.getpid(), 9), "it is killed at once")
    equal([e["type"] for e in told_of(cg, before)], ["start", "stop"], "and has a start, and a stop")

    s, cg, before = listening(), container(), head()
    os.waitpid(fork_in(cg, becoming), 0)
    pid = first_process(cg)
    cg.write("cpu.max", "5000 50000")
    ok(event_of(cg, "start", before, 15), "one that is throttled is told of without its program")
    os.kill(pid, signal.SIGKILL)
    code, sig, sender, sent = stop_of(cg, before)
    equal((code, sig, sender and sender["pid"], sent), (None, 9, os.getpid(), 9), "and killed before that is found")
    s.close()


def test_oom():
    """a kill for memory"""
    cg, before = container(), head()
    cg.write("memory.max", str(16 << 20))
    cg.write("memory.swap.max", "0")
    p = cg.spawn(hostile("#!/usr/bin/python3\nx = bytearray(64 << 20)\n"))
    e = event_of(cg, "oom", before)
    v = e["process"]
    equal((v["pid"], v["comm"], v["uid"], e["limit"]), (p.pid, HOSTILE[5:], 0, 16 << 20),
          "the victim, with a name of any bytes, and the limit")
    ok(8 << 20 < v["rss-bytes"] < 64 << 20, "its resident memory", v)
    code, sig, sender, _ = stop_of(cg, before)
    equal((code, sig, sender), (None, 9, None), "nobody sent the signal")
    seqs = [event_of(cg, t, before)["seq"] for t in ("start", "oom", "stop")]
    equal(seqs, sorted(seqs), "start, oom and stop in this order")
    e = event_of(cg, "memory-max", before)
    ok(e["count"] > 0 and e["limit"] == 16 << 20, "the limit was met before", e)


GROUP = "for i in 1 2 3 4 5; do sleep 1000 & done; exec python3 -c 'x = bytearray(64 << 20)'"


def test_oom_group():
    """a kill of all processes for memory"""
    cg, before = container(), head()
    cg.write("memory.max", str(24 << 20))
    cg.write("memory.swap.max", "0")
    cg.write("memory.oom.group", "1")
    cg.spawn("/bin/sh", "-c", GROUP)
    stop = event_of(cg, "stop", before)
    ooms = [m["event"] for m in events(kmod.ynl, before + 1) if m.get("event", {}).get("type") == "oom"]
    equal(len(ooms), 1, "is one event")
    # The kernel's own oom_kill has the first victim twice.
    equal(ooms[0]["count"] + stop.get("count", 0), 6, "and each victim is counted, the late ones with the stop")
    cg.remove()

    cg, before = container(), head()
    cg.write("memory.max", str(16 << 20))
    cg.write("memory.swap.max", "0")
    take = "python3 -c 'x = bytearray(64 << 20)'; "
    cg.spawn("/bin/sh", "-c", take + "sleep 1.1; " + take)
    event_of(cg, "stop", before, 120)
    equal([e.get("count") for e in told_of(cg, before) if e["type"] == "oom"], [1, 1],
          "kills more than a second apart are an event each")


def listening():
    """Someone who wants snapshots, or there is no walk that sees limits."""
    return kmod.listen(kmod.ynl, "snapshots")


def test_limits():
    """limits met"""
    s = listening()
    cg, before = container(), head()
    cg.write("memory.high", str(8 << 20))
    cg.write("memory.swap.max", "0")
    cg.spawn("/usr/bin/python3", "-c", "import time; x = bytearray(10 << 20); time.sleep(1000)")
    e = event_of(cg, "memory-high", before)
    ok(e["count"] > 0 and e["limit"] == 8 << 20, "memory.high", e)
    cg.remove()

    cg, before = container(), head()
    cg.write("pids.max", "4")
    cg.spawn("/bin/sh", "-c", "for i in 1 2 3 4 5 6; do sleep 1000 & done; wait")
    e = event_of(cg, "pids-max", before)
    ok(e["count"] > 0 and e["limit"] == 4, "pids.max", e)
    found, _ = containers(kmod.ynl)
    equal((found[cg.id]["pids-limit"], found[cg.id]["pids-max-hits"]), (4, cg.table("pids.events")["max"]),
          "pids.max and its hits equal the files'")
    cg.remove()

    cg, before = container(), head()
    cg.write("cpu.max", "10000 50000")
    cg.spawn("/bin/sh", "-c", "while :; do :; done")
    e = event_of(cg, "throttled", before)
    ok(e["count"] > 0 and e["limit"] == 10_000_000, "the CPU quota", e)
    time.sleep(3)
    again = [m for m in events(kmod.ynl, e["seq"] + 1) if m.get("event", {}).get("type") == "throttled"]
    equal(again, [], "is not told again without a calm minute")
    check_throttling(cg)
    cg.remove()
    s.close()


def test_early_limit():
    """a limit met before the start was told, by a container that does nothing more"""
    set_interval(0.1)
    s = listening()
    cg, before = container(), head()
    cg.write("cpu.max", "5000 50000")
    cg.spawn("/bin/sh", "-c", "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; exec sleep 1000")
    e, start = event_of(cg, "throttled", before), event_of(cg, "start", before)
    delay = (e["boottime-ns"] - start["boottime-ns"]) / 1e9
    ok(e["seq"] > start["seq"] and delay < 0.6, "is told after the start, by the next ticks", (start["seq"], e, delay))
    cg.remove()
    s.close()
    set_interval(1)


def check_throttling(cg):
    low = cg.table("cpu.stat")
    time.sleep(2.1)
    c = containers(kmod.ynl)[0][cg.id]
    high = cg.table("cpu.stat")
    ok(low["nr_periods"] <= c["cpu-periods"] <= high["nr_periods"] and
       low["nr_throttled"] <= c["cpu-throttled-periods"] <= high["nr_throttled"] and
       low["throttled_usec"] <= c["cpu-throttled-ns"] // 1000 <= high["throttled_usec"],
       "throttling is cpu.stat's", f"{low}\n{c}\n{high}")
    equal((c["cpu-quota-ns"], c["cpu-period-ns"]), (10_000_000, 50_000_000), "quota and period")


def test_pids_below():
    """pids.max met by a process in a cgroup below the container's own"""
    s = listening()
    cg, before = container(), head()
    cg.write("cgroup.subtree_control", "+pids")
    cg.write("pids.max", "4")
    sub = Cgroup(cg.path + "/container")
    sub.spawn("/bin/sh", "-c", "for i in 1 2 3 4 5 6; do sleep 1000 & done; wait")
    e = event_of(cg, "pids-max", before)
    ok(e and e["count"] > 0 and e["limit"] == 4, "is told of the container", e)

    def hits():
        return containers(kmod.ynl)[0][cg.id].get("pids-max-hits")
    counts_below = os.environ["SYSMON_VM_KERNEL"] == "6.1"
    want = cg.table("pids.events")["max"] + (sub.table("pids.events")["max"] if counts_below else 0)
    ok(wait_for(lambda: hits() == want, 10, 0.5) and want > 0, "and counted wherever the kernel counts it", (hits(), want))
    kept = want

    sub.remove()
    sub = Cgroup(cg.path + "/container")
    for _ in range(3):
        sub.spawn("/bin/sleep", "1000")
    wait_for(lambda: containers(kmod.ynl)[0][cg.id]["pids"] == 3, 10, 0.5)
    time.sleep(5)  # near the limit, a look each fourth tick
    equal(hits(), kept, "nor does it fall when a cgroup below goes with its share")

    more = [Cgroup(f"{cg.path}/{i}") for i in range(4)]
    sub.spawn("/bin/true").wait()  # a process that goes makes the module look again
    want = None if counts_below else kept
    ok(wait_for(lambda: hits() == want, 10, 0.5), "unknown where too many cgroups count", (hits(), want))
    for group in more + [sub, cg]:
        group.remove()
    s.close()


BURN = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"


def throttlings(cg, before):
    return [e for e in told_of(cg, before) if e["type"] == "throttled"]


def await_ticks(number):
    begin = kmod.module()["ticks"]
    wait_for(lambda: kmod.module()["ticks"] > begin + number, 180, 0.2)


def test_dormant():
    """containers that were idle for so long that their files were closed"""
    s = listening()
    set_interval(1.1)  # long enough for limits to be looked at by time
    throttled, before = container(), head()
    throttled.write("cpu.max", "10000 50000")
    p = throttled.spawn("/bin/sh", "-c", f"while read x; do {BURN}; done", stdin=subprocess.PIPE, bufsize=0)
    p.stdin.write(b"\n")
    event_of(throttled, "throttled", before)

    groups = [container() for _ in range(100)]
    for group in groups:
        group.spawn("/bin/sleep", "1000")
    cg = groups[0]
    await_ticks(5)
    opened = open_files()
    cg.write("cpu.max", "90000 100000")
    cg.write("pids.max", "77")

    def limits():
        c = containers(kmod.ynl)[0][cg.id]
        return c.get("cpu-quota-ns"), c.get("pids-limit")
    ok(wait_for(lambda: limits() == (90_000_000, 77), 30, 1), "limits set from outside are seen soon", limits())
    await_ticks(50)
    ok(opened - open_files() >= len(groups), "no file stays open after a minute", (opened, open_files()))
    equal(containers(kmod.ynl)[0][cg.id]["pids"], 1, "which leaves the figures")
    cg.write("cpu.max", "80000 100000")
    cg.write("pids.max", "88")
    cg.spawn("/bin/dd", "if=/dev/zero", "of=/mnt/disk/dormant", "bs=64k", "count=4", "oflag=direct").wait()
    cg.spawn("/bin/sleep", "1000")

    def figures():
        c = containers(kmod.ynl)[0][cg.id]
        return c.get("pids"), c.get("io-write-bytes")
    want = (2, cg.io()["wbytes"])
    ok(wait_for(lambda: figures() == want, 10, 0.2) and want[1] >= 4 << 16, "and there are new ones once one works",
       (figures(), want))
    ok(wait_for(lambda: limits() == (80_000_000, 88), 10, 0.2), "and the limits that were set meanwhile", limits())

    last = throttlings(throttled, before)[-1]
    wait_for(lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME) > last["boottime-ns"] + 62 * 10**9, 70, 0.5)
    p.stdin.write(b"\n")
    again = wait_for(lambda: throttlings(throttled, before)[1:], 20, 0.5)
    ok(again and again[0]["count"] > 0, "throttling is told again after a calm minute", again)
    set_interval(1)
    s.close()


ONCE_TOLD = """
import mmap, os, signal, sys, time
def work(*_):
    os.write(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_DIRECT), mmap.mmap(-1, 1 << 16))
    if not os.fork():
        time.sleep(1000)
    os.rename(sys.argv[1], sys.argv[1] + ".done")
signal.signal(signal.SIGUSR1, work)
open(sys.argv[1] + ".ready", "w").close()
while True:
    time.sleep(0.05)
"""


def test_calm():
    """containers that had nothing new for long, after ticks without a listener"""
    set_interval(0.1)
    s = listening()
    groups = [container() for _ in range(4)]  # one has its turn in any tick
    names = [f"/mnt/disk/calm{i}" for i in range(len(groups))]
    procs = [cg.spawn("/usr/bin/python3", "-c", ONCE_TOLD, name) for cg, name in zip(groups, names)]
    wait_for(lambda: all(os.path.exists(n + ".ready") for n in names), 120)
    await_ticks(80)
    s.close()
    ok(wait_for(kmod.quiet_walks, 30, 0.1), "no listener, no walk")
    for p in procs:
        p.send_signal(signal.SIGUSR1)
    wait_for(lambda: all(os.path.exists(n + ".done") for n in names), 120)
    found, _ = containers(kmod.ynl)
    got = [(found[cg.id]["pids"], found[cg.id]["io-write-bytes"]) for cg in groups]
    equal(got, [(2, cg.io()["wbytes"]) for cg in groups], "the first dump has all that is new")
    ok(all(wbytes >= 1 << 16 for _, wbytes in got), "and there is", got)
    set_interval(1)


def test_freezer():
    """freeze, thaw, and the end of the cgroup"""
    cg, before = container(), head()
    cg.spawn("/bin/sleep", "1000")
    event_of(cg, "start", before)
    cg.write("cgroup.freeze", "1")
    ok(event_of(cg, "freeze", before), "freezing is told")
    cg.write("cgroup.freeze", "0")
    ok(event_of(cg, "thaw", before), "thawing is told")
    ident = cg.id
    cg.remove()

    def kinds():
        return [e["type"] for e in (m["event"] for m in events(kmod.ynl, before + 1))
                if e["container"]["cgroup-id"] == ident]
    wait_for(lambda: "removed" in kinds())
    equal(kinds(), ["start", "freeze", "thaw", "stop", "removed"], "and its removal comes last")


def test_memory():
    """the memory lists and pressure"""
    cg = container()
    cg.spawn("/usr/bin/python3", "-c", "import time; x = bytearray(24 << 20); open('/mnt/disk/f', 'wb').write(b'x' * (8 << 20)); time.sleep(1000)")
    wait_for(lambda: cg.table("memory.stat")["file"] >= 8 << 20)
    os.sync()
    time.sleep(2)

    def off():
        c, stat = containers(kmod.ynl)[0][cg.id], cg.table("memory.stat")
        want = {"mem-anon-bytes": stat["inactive_anon"] + stat["active_anon"],
                "mem-file-bytes": stat["inactive_file"] + stat["active_file"],
                "mem-working-set-bytes": cg.number("memory.current") - stat["inactive_file"]}
        return {k: (c[k], v) for k, v in want.items() if abs(c[k] - v) > 1 << 20}
    ok(wait_for(lambda: not off(), 10, 0.5), "anon, file and working set", off())
    c = containers(kmod.ynl)[0][cg.id]
    psi = pressure(cg)
    late = {k: (c[k], v) for k, v in psi.items() if not 0 <= v - c[k] // 1000 < 5_000_000}
    ok(len(psi) == 6 and not late, "pressure", late)
    cg.remove()


def pressure(cg):
    """The totals of its pressure files, in us, by the names of the figures."""
    return {f"psi-{key}-{line.split()[0]}-ns": int(line.split("total=")[1])
            for name, key in (("cpu", "cpu"), ("memory", "mem"), ("io", "io"))
            for line in cg.read(name + ".pressure").splitlines()}


def test_pressure():
    """the last pressure, which is of the very end"""
    cg, before = container(), head()
    for _ in range(4):
        cg.spawn("/bin/sh", "-c", "while :; do :; done")
    time.sleep(3)  # the kernel sums up every two seconds
    cg.kill()
    final, files = event_of(cg, "stop", before)["container"], pressure(cg)
    # The last process may still have waited when it had left.
    late = {k: (final.get(k), v) for k, v in files.items() if not 0 <= v - final.get(k, 0) // 1000 < 50_000}
    ok(len(files) == 6 and not late, "is that of the files", late)
    ok(files["psi-cpu-some-ns"] > 10**6, "which is much", files)
    ok(any(final[k] % 1000 for k in files), "as fine as in the ticks, so it never falls", final)
    cg.remove()


NO_IPV6 = "echo 1 >/proc/sys/net/ipv6/conf/{}/disable_ipv6\n"  # it talks by itself
NET = NO_IPV6.format("v1") + """
ip link set lo up
ip addr add 10.9.9.1/24 dev v1
ip link set v1 up
ping -c 3 -i 0.2 10.9.9.2 >/dev/null
ping -c 2 -i 0.2 127.0.0.1 >/dev/null
cat /proc/net/dev >/tmp/net
"""


def test_network():
    """a namespace's devices, to the last packet"""
    subprocess.run(["sh", "-ec", "ip link add v0 type veth peer name v1\n" + NO_IPV6.format("v0") +
                    "ip addr add 10.9.9.2/24 dev v0; ip link set v0 up"], check=True)
    cg, before = container(), head()
    p = cg.spawn("/usr/bin/unshare", "-n", "/bin/sh", "-c", "read x; " + NET, stdin=subprocess.PIPE)
    wait_for(lambda: os.readlink(f"/proc/{p.pid}/ns/net") != os.readlink("/proc/self/ns/net"))
    subprocess.run(["ip", "link", "set", "v1", "netns", str(p.pid)], check=True)
    p.stdin.write(b"\n")
    p.stdin.close()
    e = event_of(cg, "stop", before)
    with open("/tmp/net") as f:
        row = next(line.split() for line in f if line.strip().startswith("v1:"))
    want = [int(row[i]) for i in (1, 2, 4, 3, 9, 10, 12, 11)]
    keys = [f"net-{way}-{what}" for way in ("rx", "tx") for what in ("bytes", "packets", "drops", "errors")]
    equal([e["container"].get(k) for k in keys], want, "the final sample has what the container saw last, less lo")
    ok(want[1] >= 3 and want[5] >= 3, "which is more than nothing", want)
    cg2, before = container(), head()
    cg2.spawn("/bin/true")
    e = event_of(cg2, "stop", before)
    ok(not any(k in e["container"] for k in keys), "on the host's namespace there is none", e)


def in_namespace(pid, *argv):
    return subprocess.run(["nsenter", f"--net=/proc/{pid}/ns/net", *argv], check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def device_row(pid, name):
    """A device's counters in the order of ours."""
    row = next(l.split() for l in in_namespace(pid, "cat", "/proc/net/dev").splitlines() if l.strip().startswith(name + ":"))
    return [int(row[i]) for i in (1, 2, 4, 3, 9, 10, 12, 11)]


NET_KEYS = [f"net-{way}-{what}" for way in ("rx", "tx") for what in ("bytes", "packets", "drops", "errors")]
LIMITS = {"memory.max": 1 << 30, "memory.high": 1 << 29, "memory.swap.max": 1 << 28, "cpu.max": "90000 100000",
          "pids.max": 99}


def test_short():
    """a container that lives for a moment between two ticks"""
    set_interval(60)
    lasting, before = container(), head()
    p = lasting.spawn("/usr/bin/unshare", "-n", "/bin/sleep", "1000")
    wait_for(lambda: os.readlink(f"/proc/{p.pid}/ns/net") != os.readlink("/proc/self/ns/net"))
    near, far = "02:00:00:00:00:02", "02:00:00:00:00:03"  # known, so that nobody asks for them later
    subprocess.run(["sh", "-ec", f"ip link add v2 address {near} type veth peer name v3 address {far}\n" +
                    NO_IPV6.format("v2") + NO_IPV6.format("v3") + "ip addr add 10.9.8.2/24 dev v2; ip link set v2 up; " +
                    f"ip neigh add 10.9.8.1 lladdr {far} dev v2; ip link set v3 netns {p.pid}"], check=True)
    in_namespace(p.pid, "sh", "-ec", NO_IPV6.format("v3") + "ip addr add 10.9.8.1/24 dev v3; ip link set v3 up; " +
                 f"ip neigh add 10.9.8.2 lladdr {near} dev v3")
    in_namespace(p.pid, "ping", "-c", "3", "10.9.8.2")

    cg, before = container(), head()
    for name, value in LIMITS.items():
        cg.write(name, str(value))
    cg.spawn("/usr/bin/nsenter", f"--net=/proc/{p.pid}/ns/net", "ping", "-c", "1", "10.9.8.2").wait()
    row = device_row(p.pid, "v3")
    stop = event_of(cg, "stop", before)
    final = stop["container"]
    lived = (stop["boottime-ns"] - final["started-boottime-ns"]) / 1e6
    ok(lived < 10_000, "lived for less than a sixth of the time between ticks", lived)
    print(f"# lived {lived:.0f} ms", flush=True)
    every = {a for a in kmod.ynl.attr_sets["container"]} - {"pad", "parent-id", "io-device"}
    equal(every - set(final), set(), "its last record has every figure")
    late = cg.table("cpu.stat")["usage_usec"] - final["cpu-usage-ns"] // 1000
    # The last process counts until it was waited for.
    last = {"mem-current-bytes", "pids"} if final["pids"] == 1 else {"mem-current-bytes"}
    wrong = [w for w in check_idle(final, cg) if w not in last and not w.startswith("cpu-")]
    ok(not wrong and 0 <= late < 100_000, "which are the files', but for the last process's way out", (wrong, late))
    equal([final[k] for k in NET_KEYS], row, "its network's to the last packet")
    ok(row[1] >= 4 and row[5] >= 4, "which is more than nothing", row)
    set_interval(1)

    def live():
        return [containers(kmod.ynl)[0][lasting.id].get(k) for k in NET_KEYS]
    ok(wait_for(lambda: live() == device_row(p.pid, "v3"), 10, 0.5), "as is that of one that still runs",
       (live(), device_row(p.pid, "v3")))


def test_inner():
    """a program in a cgroup below the container's own, as crun has it"""
    cg, before = container(), head()
    sub = Cgroup(cg.path + "/container")
    sub.spawn(*program("/bin/sh", "-c", "sleep 1; exit 5"))
    e = event_of(cg, "start", before)
    equal(e["process"]["comm"], b"sh", "is the container's")
    executed = e["container"]["started-boottime-ns"] + e["exec-delay-ns"]
    ok(e["boottime-ns"] - executed < 500_000_000, "its start is told at once", e)
    equal(stop_of(cg, before), (5, None, None, None), "and its end")
    sub.remove()


def test_hidden():
    """a first program that goes into a container inside its own"""
    for end, want in (("exit 9", (9, None, None)), ("sleep 1000", (None, 9, os.getpid()))):
        cg, before = container(), head()
        inner = Cgroup(cg.path + "/" + hexname(number, "4"))
        cg.spawn(*program("/bin/sh", "-c", f"echo 0 >{inner.dir.decode()}/cgroup.procs; {end}"))
        e = event_of(cg, "start", before)
        if want[1]:
            wait_for(lambda: event_of(inner, "start", before))
            os.kill(e["process"]["pid"], signal.SIGKILL)
        code, sig, sender, _ = stop_of(cg, before)
        equal((code, sig, sender and sender["pid"]), want, f"is known by its end: {end}")
        inner.remove()


def test_late_program():
    """a program that its runtime executes long after it made the cgroup"""
    cg, before = container(), head()
    pid = os.fork()
    if not pid:
        try:
            cg.write("cgroup.procs", "0")
            time.sleep(4)
            os.execv("/bin/sh", ["/bin/sh", "-c", "sleep 1; exit 6"])
        finally:
            os._exit(99)
    e = event_of(cg, "start", before)
    equal(e.get("process", {}).get("argv"), b"/bin/sh\0-c\0sleep 1; exit 6\0", "is known all the same")
    ok(e.get("exec-delay-ns", 0) > 3 * 10**9, "and how long it took", e)
    os.waitpid(pid, 0)
    equal(stop_of(cg, before), (6, None, None, None), "and its end")


def test_no_runtime():
    """starts that need not wait for a runtime"""
    s = listening()
    moved, seen, busy, before = container(), container(), container(), head()
    p = subprocess.Popen(["/bin/sleep", "1000"])
    moved.write("cgroup.procs", str(p.pid))
    os.mkfifo("/tmp/fifo")
    # A program that makes a PID namespace, whose first process executes nothing.
    seen.spawn("/usr/bin/unshare", "-p", "/bin/sh", "-c", "(while :; do read x; done </tmp/fifo) & exec sleep 1000")
    busy.write("cpu.max", "5000 50000")
    child = fork_in(busy, lambda: [None for _ in iter(int, 1)])

    def waited(cg, seconds):
        e = event_of(cg, "start", before, seconds)
        return e and (e["boottime-ns"] - e["container"]["started-boottime-ns"]) / 1e9
    delay = waited(moved, 10)
    ok(delay and delay < 5, "with a program that was moved there", delay)
    p.kill()
    p.wait()
    equal(event_of(moved, "stop", before).get("exit-signal"), 9, "whose end is known from then on")
    e = event_of(busy, "throttled", before, 15)
    ok(e and e["seq"] > event_of(busy, "start", before)["seq"], "with a limit that was met, even while one prepares", e)
    delay = waited(seen, 30)
    ok(delay and delay < 15, "with a program whose child may be another's preparation", delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    s.close()


def toggle(cg, times):
    """Freeze and thaw so often, a change each."""
    with open(os.path.join(cg.dir, b"cgroup.freeze"), "wb", buffering=0) as f:
        for i in range(times):
            f.write(b"10"[i % 2:][:1])


def test_waiting_notes():
    """a start that is due while the module has more to handle than fits one go"""
    subprocess.run(["/bin/sleep", "0"], check=True)
    cg, other, before, known = container(), container(), head(), kmod.module()["containers"]
    pid = cg.clone("/bin/sleep", "1000")
    wait_for(lambda: kmod.module()["containers"] > known, 10, 0.01)
    end = time.monotonic() + 2.5
    with workers_starved():
        toggle(other, 300)
        cg.write("cgroup.freeze", "1")
        while time.monotonic() < end:
            pass
    freeze, start = event_of(cg, "freeze", before), event_of(cg, "start", before)
    ok(start["seq"] < freeze["seq"] and start["boottime-ns"] <= freeze["boottime-ns"],
       "is told before what came later, in numbers and in time", (start, freeze))
    equal(start["process"]["comm"], b"sleep", "with its program")
    cg.write("cgroup.kill", "1")
    os.waitpid(pid, 0)


def test_crowd():
    """a container in which more happens at once than the module takes, and others beside it"""
    if os.environ["SYSMON_VM_KERNEL"] == "debug":
        print("# takes too long on the debug kernel")
        return
    unload()
    load("ring=32768")
    subprocess.run(["/bin/sh", "-c", "exit 0"], check=True)
    outer, others = container(), [container(), container()]
    inner = Cgroup(outer.path + "/" + hexname(number, "4"))
    outer.spawn("/bin/sleep", "1000")
    event_of(outer, "start")
    before = kmod.module()
    with workers_starved():
        for _ in range(150):
            os.waitpid(inner.clone(), 0)
        os.waitpid(others[0].clone("/bin/sh", "-c", "exit 5"), 0)
        toggle(inner, 8400)
        os.waitpid(others[1].clone("/bin/sh", "-c", "exit 6"), 0)
    wait_for(lambda: head() == (time.sleep(1), head())[1], 60)
    after, backlog = kmod.module(), events(kmod.ynl, 1)
    told = {(e["container"]["cgroup-id"], e["type"]): e for e in (m.get("event") for m in backlog) if e}
    for cg, code in zip(others, (5, 6)):
        start, stop = told.get((cg.id, "start"), {}), told.get((cg.id, "stop"), {})
        equal((start.get("process", {}).get("argv"), stop.get("exit-code")),
              (f"/bin/sh\0-c\0exit {code}\0".encode(), code), "have their events and programs")
    lost = {k: after[k] - before[k] for k in ("facts-lost", "events-lost")}
    print(f"# lost: {lost}", flush=True)
    ok(lost["facts-lost"] and lost["events-lost"], "while the crowd's are lost", lost)
    equal(sum(m["gap"]["count"] for m in backlog if "gap" in m), lost["events-lost"], "and told as gaps, to the last one")
    unload()
    load()


def test_old_limits():
    """limits met before the module was there"""
    unload()
    running, empty, again = groups = [container() for _ in range(3)]
    for cg, then in zip(groups, ("exec sleep 1000", "exit 0", "exit 0")):
        cg.write("cpu.max", "20000 50000")
        cg.spawn("/bin/sh", "-c", f"{BURN}; {then}")
    empty.procs[0].wait()
    again.procs[0].wait()
    wait_for(lambda: open(f"/proc/{running.procs[0].pid}/comm").read().strip() == "sleep", 60)
    load()
    s = listening()
    empty.write("cgroup.freeze", "1")
    event_of(empty, "freeze")
    again.spawn("/bin/sleep", "1000")
    event_of(again, "start")
    ok(wait_for(lambda: all(containers(kmod.ynl)[0][cg.id].get("cpu-throttled-periods") for cg in groups)), "are counted")
    time.sleep(2.5)
    equal([e["type"] for e in (m["event"] for m in events(kmod.ynl))], ["freeze", "start"], "and make no events")
    s.close()


def test_old_limits_found_late():
    """limits met before the module heard of the container, which it does when it has run for long"""
    wait_for(lambda: kmod.module()["ticks"] > 60, 90, 0.5)
    cg, before = Cgroup("/late-box"), head()
    cg.write("memory.high", str(8 << 20))
    cg.spawn("/usr/bin/python3", "-c", "import time; x = bytearray(12 << 20); time.sleep(1000)")
    wait_for(lambda: cg.table("memory.events")["high"], 60)
    kmod.ynl.do("config-set", {"match": ["late-*"]})
    first = containers(kmod.ynl)[0][cg.id]
    ok(first.get("mem-events-high") and first.get("cpu-usage-ns") and "pids" in first, "are counted at once", first)
    time.sleep(2.5)
    equal([e["type"] for e in (m["event"] for m in events(kmod.ynl, before + 1)) if e["container"]["cgroup-id"] == cg.id],
          [], "and make no events")
    cg.remove()
    kmod.ynl.do("config-set", {"match": [""]})


WORK = """
import time
open("/dev/shm/left", "wb").write(bytes(1 << 16))
end = time.process_time() + 0.3
while time.process_time() < end: pass
"""


def children_us():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((used.ru_utime + used.ru_stime) * 1000000)


def removed_unseen(parent):
    """
    A container that is removed, and what computed in it, before anybody looks: the least and the most it used, and what
    its stop has. The memory that is left behind keeps the cgroup below from being released.
    """
    begin = children_us()
    cg = kmod.folder(parent + "/" + hexname(1, "6"))
    first, second = [Cgroup(cg.path + "/" + name) for name in ("init", "work")]
    p, before = first.spawn("/bin/sleep", "1000"), head()
    with open("/usr/bin/python3", "rb") as f:
        f.read()
    low = cg.table("cpu.stat")["usage_usec"] + 300000
    with workers_starved():
        second.spawn("/usr/bin/python3", "-c", WORK).wait()
        second.remove()
        p.kill()
        first.remove()
        cg.remove()
    high = children_us() - begin
    told = event_of(cg, "stop", before)["container"]["cpu-usage-ns"] // 1000
    os.unlink("/dev/shm/left")
    return low, told, high


def test_removed_unseen():
    """the CPU time of what ran in a container that is gone before its end is handled"""
    folder = kmod.folder("/goes")
    for parent, name in (("/goes", "is all in its stop, and once"), ("", "with nothing around it, too")):
        low, told, high = removed_unseen(parent)
        ok(low <= told <= high, name, (low, told, high))
    folder.remove()


def test_adopted():
    """containers that ran before the module"""
    unload()
    cg = container()
    inner = Cgroup(cg.path + "/container")
    inner.spawn(*program("/bin/sleep", "1000"))
    many = container()
    for i in range(8):
        Cgroup(f"{many.path}/{i}").spawn("/bin/sleep", "1000")
    time.sleep(3)  # until the kernel has summed all up
    load()
    found = containers(kmod.ynl)[0]
    equal([found[c.id].get("cpu-usage-ns", 0) // 1000 for c in (cg, many)],
          [c.table("cpu.stat")["usage_usec"] for c in (cg, many)], "what they used is known, though nothing runs")
    cg.kill()
    code, sig, sender, _ = stop_of(cg, 0)
    equal((code, sig, sender and sender["pid"]), (None, 9, os.getpid()), "their end is known all the same")


load()
run([test_start, test_ends, test_unborn, test_oom, test_oom_group, test_limits, test_early_limit, test_pids_below,
     test_dormant, test_calm, test_freezer, test_memory, test_pressure, test_network, test_short, test_inner,
     test_hidden, test_late_program, test_no_runtime, test_old_limits_found_late, test_waiting_notes, test_crowd,
     test_old_limits, test_removed_unseen, test_adopted],
    sys.argv[1:], cleanup=Cgroup.remove_all)
