# SPDX-License-Identifier: GPL-2.0
"""Tests of sysmon.ko: who started, what ended and who ended it, limits met, and the figures behind them."""
import os
import signal
import subprocess
import time

from cg import Cgroup, hexname
from family import containers, events
from tap import equal, ok, run, wait_for
import kmod
from kmod import event_of, head, load, unload

number = 0


def container():
    global number
    number += 1
    return Cgroup("/" + hexname(number, "5"))


def program(*argv):
    """Argv that runs a program as the init of a PID namespace, as a container's is."""
    return ("/usr/bin/unshare", "-p", "-f", *argv)


def test_start():
    """who starts"""
    cg, before = container(), head()
    hostile = b"a\x1b[31m\n\"\xff\xfe"
    cg.spawn(*program("/bin/sh", "-c", "sleep 1000", hostile))
    e = event_of(cg, "start", before)
    p = e["process"]
    equal(p["argv"], b"/bin/sh\0-c\0sleep 1000\0" + hostile + b"\0", "the first program's arguments, byte for byte")
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
    killer.spawn("/bin/sh", "-c", f"kill -TERM {p.pid}; sleep 1000")
    code, sig, sender, sent = stop_of(victim, before)
    equal((sig, sent, sender["comm"], sender["container"], sender["cgroup"]),
          (15, 15, b"sh", killer.id, killer.path), "a sender in another container")


def test_oom():
    """a kill for memory"""
    cg, before = container(), head()
    cg.write("memory.max", str(16 << 20))
    cg.write("memory.swap.max", "0")
    p = cg.spawn("/usr/bin/python3", "-c", "x = bytearray(64 << 20)")
    e = event_of(cg, "oom", before)
    v = e["process"]
    equal((v["pid"], v["comm"], v["uid"], e["limit"]), (p.pid, b"python3", 0, 16 << 20), "the victim and the limit")
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
    s = listening()
    cg, before = container(), head()
    cg.write("cpu.max", "5000 50000")
    cg.spawn("/bin/sh", "-c", "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; exec sleep 1000")
    e = event_of(cg, "throttled", before)
    ok(e and e["seq"] > event_of(cg, "start", before)["seq"], "is told after the start", e)
    cg.remove()
    s.close()


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
    more = [Cgroup(f"{cg.path}/{i}") for i in range(4)]
    sub.spawn("/bin/true").wait()  # a process that goes makes the module look again
    want = None if counts_below else want
    ok(wait_for(lambda: hits() == want, 10, 0.5), "unknown where too many cgroups count", (hits(), want))
    for group in more + [sub, cg]:
        group.remove()
    s.close()


def test_dormant():
    """a container that was idle for so long that its files were closed"""
    s = listening()
    kmod.ynl.do("config-set", {"interval-ns": 100_000_000})
    cg = container()
    cg.spawn("/bin/sleep", "1000")
    begin = kmod.module()["ticks"]
    wait_for(lambda: kmod.module()["ticks"] > begin + 500, 180, 0.5)
    equal(containers(kmod.ynl)[0][cg.id]["pids"], 1, "keeps its figures")
    cg.spawn("/bin/dd", "if=/dev/zero", "of=/mnt/disk/dormant", "bs=64k", "count=4", "oflag=direct").wait()
    cg.spawn("/bin/sleep", "1000")

    def figures():
        c = containers(kmod.ynl)[0][cg.id]
        return c.get("pids"), c.get("io-write-bytes")
    want = (2, cg.io()["wbytes"])
    ok(wait_for(lambda: figures() == want, 10, 0.2) and want[1] >= 4 << 16, "and has new ones once it works",
       (figures(), want))
    kmod.ynl.do("config-set", {"interval-ns": 1_000_000_000})
    cg.remove()
    s.close()


def test_freezer():
    """freeze and thaw"""
    cg, before = container(), head()
    cg.spawn("/bin/sleep", "1000")
    event_of(cg, "start", before)
    cg.write("cgroup.freeze", "1")
    ok(event_of(cg, "freeze", before), "freezing is told")
    cg.write("cgroup.freeze", "0")
    ok(event_of(cg, "thaw", before), "thawing is told")
    cg.remove()


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
    psi = {}
    for name, key in (("cpu", "cpu"), ("memory", "mem"), ("io", "io")):
        for line in cg.read(name + ".pressure").splitlines():
            psi[f"psi-{key}-{line.split()[0]}-ns"] = int(line.split("total=")[1])
    late = {k: (c[k], v) for k, v in psi.items() if not 0 <= v - c[k] // 1000 < 5_000_000}
    ok(len(psi) == 6 and not late, "pressure", late)
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


def test_inner():
    """a program in a cgroup below the container's own, as crun has it"""
    cg, before = container(), head()
    sub = Cgroup(cg.path + "/container")
    sub.spawn(*program("/bin/sh", "-c", "sleep 1; exit 5"))
    e = event_of(cg, "start", before)
    equal(e["process"]["comm"], b"sh", "is the container's")
    ok(e["boottime-ns"] - e["container"]["started-boottime-ns"] < 1_500_000_000, "its start is told at once", e)
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


def test_adopted():
    """containers that ran before the module"""
    unload()
    cg = container()
    inner = Cgroup(cg.path + "/container")
    inner.spawn(*program("/bin/sleep", "1000"))
    time.sleep(0.5)
    load()
    cg.kill()
    code, sig, sender, _ = stop_of(cg, 0)
    equal((code, sig, sender and sender["pid"]), (None, 9, os.getpid()), "their end is known all the same")


load()
run([test_start, test_ends, test_oom, test_oom_group, test_limits, test_early_limit, test_pids_below, test_dormant, test_freezer, test_memory, test_network,
     test_inner, test_hidden, test_late_program, test_adopted],
    cleanup=Cgroup.remove_all)
