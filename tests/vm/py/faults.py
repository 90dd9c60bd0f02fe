# SPDX-License-Identifier: GPL-2.0
"""
Tests of the daemon under faults: kills, clocks, sleep, disks, damage; after each the books must balance.
"""
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import daemon as d
from cg import Cgroup
from host import fill, rss
from tap import equal, ok, run, wait_for

SMALL = "/mnt/disk/small"
SECOND = 1_000_000_000


def reasons(kind="tick"):
    return dict(d.query("SELECT reason, sum(count) FROM gap WHERE kind = ? GROUP BY reason", kind))


def status(key):
    return d.one("SELECT value FROM status WHERE key = ?", key)


def ticks():
    return d.one("SELECT count(*) FROM tick") or 0


def check_whole(name):
    equal(d.one("PRAGMA integrity_check"), "ok", f"{name}: the database is whole")


def check_events(name):
    """All events of this load are stored: none is in a gap."""
    head = d.settled_head()
    ok(wait_for(lambda: d.last_seq() == head, 30), f"{name}: all events arrive", (d.last_seq(), head))
    equal(reasons("event"), {}, f"{name}: no event is in a gap")


def run_delay():
    with open(f"/proc/{d.daemon.pid}/task/{d.daemon.pid}/schedstat") as f:
        return int(f.read().split()[1])


def test_kills():
    """kill -9, again and again"""
    wait_for(lambda: ticks() > 2)
    worst = 0
    for i in range(8):
        d.churn(random.uniform(0.2, 1.5), "e")
        seen = d.module()["ticks"]
        d.stop(signal.SIGKILL)
        stored = d.one("SELECT last_tick FROM session ORDER BY id DESC LIMIT 1")
        worst = max(worst, seen - stored)
        if d.one("PRAGMA integrity_check") != "ok":
            ok(False, f"kill {i}: the database is whole")
        d.start()
    # A commit each 200 ms, a tick each 200 ms: one commit interval, and the tick under way.
    ok(worst <= 3, "at most one commit interval of ticks is lost each time", worst)
    print(f"# at most {worst} ticks of 200 ms were not stored when it was killed")
    check_events("kills")
    equal(set(reasons()) - {"daemon-stopped", "incomplete"}, set(), "the ticks lost have their reason")
    d.check_account("kills: ticks and events are accounted for")
    check_whole("kills")


def test_reload_of_config():
    """SIGHUP under load"""
    wait_for(lambda: d.module()["interval-ns"] == 200_000_000)
    gaps, cg = d.one("SELECT count(*) FROM gap"), d.sleeper(3)
    for i, interval in enumerate(("100ms", "500ms", "200ms")):
        d.configure(interval=interval, extra="match = extra-*\n" if i == 0 else "")
        d.daemon.send_signal(signal.SIGHUP)
        d.churn(1, "f")
        want = int(interval[:-2]) * 1_000_000
        ok(wait_for(lambda: d.module()["interval-ns"] == want, 10), f"the module has the interval {interval}",
           d.module())
    cg.remove()
    before = status("config_loaded_ns")
    d.configure(extra="interval = 3\n")
    d.daemon.send_signal(signal.SIGHUP)
    ok(wait_for(lambda: status("config_error"), 20), "a bad one is in the status")
    equal((status("config_loaded_ns"), d.module()["interval-ns"]), (before, 200_000_000), "and changes nothing")
    d.configure()
    d.daemon.send_signal(signal.SIGHUP)
    check_events("reload")
    equal(d.one("SELECT count(*) FROM gap"), gaps, "no tick is lost")
    d.check_account("reload: all is accounted for")


def set_clock(seconds):
    d.sh("date", "-s", f"@{int(time.time()) + seconds}")


def test_clock():
    """the clock is set"""
    gaps, before = d.one("SELECT count(*) FROM gap"), ticks()
    for seconds, name in ((86400, "forward a day"), (-2 * 86400, "back two days"), (86400, "right again")):
        set_clock(seconds)
        n = ticks()
        d.churn(1, "c")
        ok(wait_for(lambda: ticks() > n + 4), f"{name}: ticks are stored")
    equal(d.one("SELECT count(*) FROM gap"), gaps, "no tick is lost")
    spans = d.query("SELECT min(span_us), max(span_us) FROM tick WHERE id > ?", before)
    ok(0 < spans[0][0] and spans[0][1] < 10_000_000, "the spans are those of the machine's own time", spans)
    check_events("clock")
    d.check_account("clock: all is accounted for")


def clock(which):
    return time.clock_gettime(which)


def test_suspend():
    """the machine sleeps (suspend to memory)"""
    wait_for(lambda: ticks() > 2)
    before, gaps = ticks(), d.one("SELECT coalesce(sum(count), 0) FROM gap")
    slept = clock(time.CLOCK_BOOTTIME) - clock(time.CLOCK_MONOTONIC)
    alarm = "/sys/class/rtc/rtc0/wakealarm"
    for text, path in (("0", alarm), ("+6", alarm), ("mem", "/sys/power/state")):
        with open(path, "w") as f:
            f.write(text)
    slept = clock(time.CLOCK_BOOTTIME) - clock(time.CLOCK_MONOTONIC) - slept
    ok(slept > 2, "it did sleep", slept)
    ok(wait_for(lambda: ticks() > before + 5), "ticks are stored again")
    told = d.query("SELECT count, (to_ns - from_ns) / 1e9, first FROM gap WHERE reason = 'suspended'")
    ok(len(told) == 1 and told[0][0] == 0 and slept < told[0][1] < slept + 3, "a gap says so, without a tick in it",
       (told, slept))
    spans = d.query("SELECT span_us / 1e6 FROM tick WHERE number = ? AND session = (SELECT max(id) FROM session)",
                    told[0][2])
    ok(spans and slept <= spans[0][0] < slept + 3, "the tick behind it has the time in its span", (spans, slept))
    equal(d.one("SELECT coalesce(sum(count), 0) FROM gap"), gaps, "no tick is lost")
    ok("suspended" in d.sh("sysmonctl", "--db", d.DB, "status"), "sysmonctl status tells it")
    check_events("suspend")
    d.check_account("suspend: all is accounted for")
    check_whole("suspend")


def test_held_up():
    """the daemon is stopped for a while (SIGSTOP)"""
    d.stop()
    d.configure(interval="100ms", extra="receive_buffer = 64K")
    d.start()
    wait_for(lambda: d.last_seq() == d.module()["events-head"])
    groups = [d.sleeper(i, "d") for i in range(60)]
    d.daemon.send_signal(signal.SIGSTOP)
    end = time.monotonic() + 60
    while not d.module()["dropped"] and time.monotonic() < end:
        d.churn(0.5, "f")
    d.daemon.send_signal(signal.SIGCONT)
    ok(wait_for(lambda: status("overruns"), 30), "messages were dropped, and that is noticed", d.module())
    for cg in groups:
        cg.remove()
    check_events("held up")
    ok(wait_for(lambda: "overrun" in reasons()), "the ticks lost have their reason", reasons())
    d.check_account("held up: all is accounted for")
    d.stop()
    d.configure()
    d.start()


def test_module():
    """the module is loaded anew"""
    d.sh("rmmod", "sysmon")
    d.load()
    ok(wait_for(lambda: d.one("SELECT count(*) FROM tick WHERE session = (SELECT max(id) FROM session)") or 0),
       "its ticks are stored")
    d.check_account("module: all is accounted for")


def test_full_disk():
    """the disk is full until no more fits into memory, while the backlog grows"""
    d.stop()
    d.sh("mount", "-t", "tmpfs", "-o", "size=48m", "none", SMALL)
    keep, d.DB = d.DB, SMALL + "/s.db"
    d.configure(interval="100ms")
    d.start()
    groups = [d.sleeper(i, "a") for i in range(250)]
    wait_for(lambda: d.one("SELECT max(containers) FROM tick") == 250)
    before, began = len(d.log_text()), time.monotonic()

    def says(text):
        fill(SMALL + "/fill")  # also what a log that was cut short gave back
        return text in d.log_text()[before:]

    ok(wait_for(lambda: says("the backlog of events waits"), 120), "the backlog is left to the kernel",
       d.log_text()[before:])
    ok(wait_for(lambda: says("ticks go into a gap"), 240), "then ticks are left out", d.log_text()[before:])
    print(f"# memory was full after {time.monotonic() - began:.0f} s of 250 containers each 100 ms")
    d.churn(3, "b")
    size = rss(d.daemon.pid)
    ok(size < 128 << 20, "memory is bounded", size)
    print(f"# the daemon has {size >> 10} KiB")
    os.unlink(SMALL + "/fill")
    ok(wait_for(lambda: "store-full" in reasons(), 60), "the ticks left out have their reason", reasons())
    for cg in groups:
        cg.remove()
    check_events("full disk")
    d.check_account("full disk: all is accounted for")
    d.stop()
    check_whole("full disk")
    d.DB = keep
    d.sh("umount", SMALL)
    d.configure()
    d.start()


def is_read_only(path):
    with open("/proc/mounts") as f:
        return next(line.split()[3].startswith("ro") for line in f if line.split()[1] == path)


def test_read_only():
    """the file system turns read-only under the daemon, and back"""
    # Files that are open for writing keep the mount from being changed; the kernel's emergency remount does not ask.
    # It is for all disks at once; the database's own image is in memory, where none of them is.
    d.stop()
    image = "/dev/shm/readonly.img"
    shutil.copyfile("/mnt/host/power.img", image)
    d.sh("mount", "-o", "loop", image, SMALL)
    keep, d.DB = d.DB, SMALL + "/s.db"
    keep_log, d.LOG = d.LOG, "/dev/shm/collectord.log"
    d.start()
    wait_for(lambda: ticks() > 3)
    before = reasons()
    with open("/proc/sysrq-trigger", "w") as f:
        f.write("u")
    ok(wait_for(lambda: is_read_only(SMALL) and is_read_only("/mnt/disk")), "the disks are read-only")
    d.sh("mount", "-o", "remount,rw", "/mnt/disk")
    ok(wait_for(lambda: "can't be written" in d.log_text()), "the daemon says that it cannot write", d.log_text())
    stored = ticks()
    d.churn(5, "e")
    ok(d.daemon.poll() is None and is_read_only(SMALL), "it runs on")
    d.sh("mount", "-o", "remount,rw", SMALL)
    ok(wait_for(lambda: "can be written again" in d.log_text()), "it stores again by itself", d.log_text())
    ok(wait_for(lambda: ticks() > stored + 10), "also ticks of meanwhile")
    check_events("read-only")
    equal(reasons(), before, "no tick is in a gap")
    d.check_account("read-only: all is accounted for")
    check_whole("read-only")
    equal([f for f in os.listdir(SMALL) if ".corrupt-" in f], [], "it was not taken for damaged")
    equal(d.stop(), 0, "it ends cleanly")
    d.DB, d.LOG = keep, keep_log
    d.sh("umount", SMALL)
    os.unlink(image)
    d.start()


def test_damage():
    """the database is damaged"""
    wait_for(lambda: ticks())
    staying = d.sleeper(8)
    wait_for(lambda: d.query("SELECT 1 FROM container WHERE key = ?", d.key(staying)))
    db = sqlite3.connect(d.DB, isolation_level=None, timeout=20)
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE tick (' WHERE name = 'tick'")
    db.execute("PRAGMA schema_version = 4711")
    db.close()
    names = wait_for(lambda: [f for f in os.listdir(d.DIR) if ".corrupt-" in f], 30)
    ok(names, "it is moved aside", d.log_text()[-1000:])
    ok(wait_for(lambda: status("db_moved") and ticks() > 2, 30), "a new one is begun, and the status says so",
       d.log_text()[-1000:])
    ok(wait_for(lambda: "database-damaged" in reasons(), 10), "the ticks that were in it have their reason", reasons())
    equal(d.query("SELECT count(*), max(stopped_ns) FROM container WHERE key = ?", d.key(staying)), [(1, None)],
          "what runs is known")
    head = d.settled_head()
    tail = d.module()["events-tail"]
    ok(wait_for(lambda: d.last_seq() == head, 30), "all events that the kernel still has are stored again")
    equal(d.one("SELECT count(*) FROM event"), head - tail + 1, "each once")
    d.check_account("damage: all is accounted for")
    check_whole("damage")
    staying.remove()
    for name in names:
        os.unlink(f"{d.DIR}/{name}")


def snapshot(image, to):
    """Copies the disk's image at one moment: as long as it takes for two copies to be the same."""
    for _ in range(50):
        shutil.copyfile(image, to)
        with open(image, "rb") as a, open(to, "rb") as b:
            if a.read() == b.read():
                return True
    return False


def test_power():
    """the power is cut, 20 times"""
    # A copy of the disk has what was written to it, and nothing of what the file system still held back.
    d.stop()
    image, copy, at = "/mnt/disk/power.img", "/mnt/disk/copy.img", "/mnt/disk/copy"
    shutil.copyfile("/mnt/host/power.img", image)
    os.makedirs(at, exist_ok=True)
    d.sh("mount", "-o", "loop", image, SMALL)
    keep, d.DB = d.DB, SMALL + "/s.db"
    d.start()
    wait_for(lambda: ticks() > 3)
    os.sync()
    whole, behind, events = 0, 0, 0
    for _ in range(20):
        d.churn(random.uniform(0.1, 0.8), "e")
        seen, told = d.module()["ticks"], d.last_seq()
        if not snapshot(image, copy):
            ok(False, "the disk never stood still for a copy")
            break
        d.sh("mount", "-o", "loop", copy, at)
        live, d.DB = d.DB, at + "/s.db"
        db = sqlite3.connect(d.DB)
        whole += db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        last, last_seq = db.execute("SELECT last_tick, last_seq FROM session ORDER BY id DESC LIMIT 1").fetchone()
        db.close()
        behind = max(behind, seen - last)
        events = max(events, told - last_seq)
        wrong = d.unaccounted()
        if wrong:
            ok(False, "what is on the disk is accounted for", wrong)
        d.DB = live
        d.sh("umount", at)
    equal(whole, 20, "each time the database is whole")
    # A commit and a tick each 200 ms: one commit interval, the tick under way, and those of the longest commit.
    slow = status("commit_ns_max") // 200_000_000
    ok(behind <= 3 + slow, "at most one commit interval of ticks has not reached it", (behind, slow))
    equal(events, 0, "it has all events that were committed")
    print(f"# at most {behind} ticks of 200 ms had not reached the disk; the longest commit took {slow} of them")
    d.stop()
    d.DB = keep
    d.sh("umount", SMALL)
    d.start()


def test_user():
    """the daemon as a user with CAP_NET_ADMIN and nothing else"""
    d.stop()
    os.makedirs("/mnt/disk/user", exist_ok=True)
    os.chown("/mnt/disk/user", 1000, 1000)
    keep, d.DB = d.DB, "/mnt/disk/user/s.db"
    command = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "--inh-caps", "-all,+net_admin",
               "--ambient-caps", "+net_admin", "--bounding-set", "-all,+net_admin", "--no-new-privs",
               "sysmon-collectord", "--config", d.CONF, "--policy-dir", d.POLICY, "--db", d.DB, "-v"]
    with open(d.LOG, "a") as log:
        d.daemon = subprocess.Popen(command, stderr=log)
    # Before them, root's reading would make them, root's own for a moment.
    wait_for(lambda: all(os.path.exists(d.DB + suffix) for suffix in ("-wal", "-shm")), 30)
    ok(wait_for(lambda: ticks() > 3, 30), "stores ticks", d.log_text()[-1000:])
    with open(f"/proc/{d.daemon.pid}/status") as f:
        fields = dict(line.split(":\t", 1) for line in f if ":\t" in line)
    equal((fields["Uid"].split()[0], int(fields["CapPrm"], 16)), ("1000", 1 << 12), "is no root")
    cg = d.sleeper(7)
    cg.remove()
    ok(wait_for(lambda: ("removed",) in d.of_container(cg)), "and events", d.of_container(cg))
    d.configure(interval="300ms")
    d.daemon.send_signal(signal.SIGHUP)
    ok(wait_for(lambda: d.module()["interval-ns"] == 300_000_000, 10), "configures the module at a reload")
    d.check_account("user: all is accounted for")
    equal(d.stop(), 0, "ends cleanly")
    d.DB = keep
    d.configure()
    d.start()


def test_stalls():
    """how long the loop was held up"""
    groups = [d.sleeper(i, "d") for i in range(50)]
    d.churn(5, "e")
    wait_for(lambda: status("loop_stall_ns_minute"))
    time.sleep(1.5)
    stall, waited = status("loop_stall_ns_max"), run_delay()
    ok(0 < stall < 50_000_000 + waited, "never for 50 ms, but for others' turns on the processor", (stall, waited))
    print(f"# the longest turn took {stall / 1e6:.1f} ms, and it waited for a processor {waited / 1e6:.0f} ms in all")
    for cg in groups:
        cg.remove()


def test_end():
    """the end"""
    equal(d.stop(), 0, "it ends cleanly")
    check_whole("end")
    d.check_account("end: ticks emitted = ticks stored + ticks in gaps, events likewise")
    d.sh("rmmod", "sysmon")


if __name__ == "__main__":
    for folder in (d.DIR, d.POLICY, SMALL):
        os.makedirs(folder, exist_ok=True)
    d.load()
    d.configure()
    d.start()
    only = sys.argv[1:]  # the names of some tests, to run them alone
    tests = [test_kills, test_reload_of_config, test_clock, test_suspend, test_held_up, test_module,
             test_full_disk, test_read_only, test_stalls, test_user, test_damage, test_power, test_end]
    run([t for t in tests if not only or t.__name__ in only], cleanup=Cgroup.remove_all)
