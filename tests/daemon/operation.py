# SPDX-License-Identifier: GPL-2.0
"""Tests of sysmon-collectord as a process: what an administrator does to it, and what it tells systemd."""
import fcntl
import os
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, TOP + "/tests/vm/py")
from tap import equal, ok, run, wait_for  # noqa: E402

COLLECTORD = os.environ.get("COLLECTORD", TOP + "/build/obj/sysmon-collectord")
CTL = os.environ.get("SYSMONCTL", TOP + "/build/obj/sysmonctl")
BASE = "[collector]\ncommit_interval = 100ms\n[engine docker]\nenabled = no\n[engine podman]\nenabled = no\n"


class Daemon:
    """One daemon with a folder, a configuration and a systemd of its own."""

    all = []

    def __init__(self, config=BASE, env=None, start=True):
        self.dir = tempfile.mkdtemp(prefix="sysmon-")
        self.db = self.dir + "/s.db"
        self.conf = self.dir + "/sysmon.conf"
        self.log = self.dir + "/log"
        self.env = env or {}
        self.before = None  # what the process does before it becomes the daemon
        self.process = None
        self.told = []
        os.mkdir(self.dir + "/policy.d")
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(self.dir + "/notify")
        threading.Thread(target=self.listen, daemon=True).start()
        Daemon.all.append(self)
        self.configure(config)
        if start:
            self.start()

    def configure(self, text):
        with open(self.conf, "w") as f:
            f.write(text)

    def command(self, *args):
        return [COLLECTORD, "--config", self.conf, "--policy-dir", self.dir + "/policy.d", "--db", self.db, *args]

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.command(), stderr=log, stdin=subprocess.DEVNULL,
                                            env={**os.environ, "NOTIFY_SOCKET": self.dir + "/notify", **self.env},
                                            preexec_fn=self.before)
        if not wait_for(lambda: self.status("pid") == self.process.pid, 30):
            raise Exception(self.text())

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(30)

    def reload(self, text):
        """Writes a configuration, sends SIGHUP and returns what systemd was told of it."""
        self.configure(text)
        before = len(self.messages())
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: any("READY=1" in m for m in self.messages()[before:]))
        return self.messages()[before:]

    def listen(self):
        """Reads as systemd does, at once: who tells it something waits until there is room."""
        while True:
            text = self.notify.recv(8192).decode()
            if text == "END":
                return
            self.told.append(text)

    def messages(self):
        return list(self.told)

    def query(self, sql):
        if not os.path.exists(self.db) or not os.path.getsize(self.db):
            return []
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(sql).fetchall()
        except sqlite3.DatabaseError:  # it is being made, or damaged
            return []
        finally:
            db.close()

    def status(self, key):
        rows = self.query(f"SELECT value FROM status WHERE key = '{key}'")
        return rows[0][0] if rows else None

    def ctl_status(self):
        return subprocess.run([CTL, "--db", self.db, "status"], capture_output=True, text=True).stdout

    def text(self):
        with open(self.log) as f:
            return f.read()

    @classmethod
    def remove_all(cls):
        for d in cls.all:
            if d.process and d.process.poll() is None:
                d.process.kill()
                d.process.wait()
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"END", d.dir + "/notify")
            shutil.rmtree(d.dir)
        cls.all = []


def test_good_reload():
    """SIGHUP with a good configuration"""
    d = Daemon(BASE + "[job gone]\nexec = sleep 1000\nevery = 1s\n"
               "[job same]\nexec = sleep 1000\nevery = 1s\n")
    loaded = d.status("config_loaded_ns")
    ok(loaded and d.status("config_error") is None, "the status has the time of the first reading", loaded)
    ok(wait_for(lambda: len(d.query("SELECT 1 FROM job WHERE kind = 'schedule' AND started_ns NOTNULL")) == 2),
       "two jobs run")
    told = d.reload(BASE.replace("100ms", "200ms\nlog_level = debug") +
                    "[job same]\nexec = sleep 1000\nevery = 1s\n"
                    "[job new]\nexec = echo it is new\nevery = 1s\n"
                    "[engine third]\nsocket = /nowhere/engine.sock\n"
                    "[policy p]\nmatch_name = x\n")
    states = [line for m in told for line in m.split("\n")]
    ok("RELOADING=1" in states and states.index("RELOADING=1") < states.index("READY=1"), "systemd is told", told)
    ok(sum(line.startswith("MONOTONIC_USEC=") for line in states) >= 1, "and when it began", told)
    ok(wait_for(lambda: "job new: it is new" in d.text()), "a new job runs", d.text())
    equal(wait_for(lambda: d.query("SELECT error FROM job WHERE name = 'gone' AND error NOTNULL")),
          [("no longer configured",)], "one that has gone is ended")
    equal(d.query("SELECT runs, ended_ns FROM job WHERE name = 'same'"), [(1, None)], "one that stayed was let be")
    ok(wait_for(lambda: "engine third (/nowhere/engine.sock)" in d.text()), "a new engine is tried", d.text())
    equal(wait_for(lambda: d.status("commit_interval_ns") == 200_000_000), True, "the commit interval is the new one")
    ok(wait_for(lambda: d.status("config_loaded_ns") > loaded), "the status has the time of the reload")
    d.reload(BASE)
    ok(wait_for(lambda: "third" not in (d.status("engines") or "third")), "an engine that has gone is let go",
       d.status("engines"))
    equal(d.stop(), 0, "and it ends cleanly")


def test_bad_reload():
    """SIGHUP with a configuration that is wrong"""
    d = Daemon(BASE + "[job a]\nexec = echo first\nevery = 1s\n")
    told = d.reload("[collector]\ninterval = 1\n[policy p]\nkeep = x\n[job a]\nexec = echo second\nevery = 1s\n")
    for line in (2, 4):
        ok(f"{d.conf}:{line}: " in d.text(), f"the log has the error of line {line}", d.text())
    ok("the old one stays in force" in d.text(), "and that nothing has changed")
    ok(any("STATUS=Runs on with the old configuration: " + d.conf in m for m in told), "systemd's status has it", told)
    ok(wait_for(lambda: (d.status("config_error") or "").startswith(d.conf + ":2:")), "the daemon's status, too",
       d.status("config_error"))
    ok(wait_for(lambda: "could not be reloaded" in d.ctl_status()), "and sysmonctl status", d.ctl_status())
    ok(wait_for(lambda: "job a: first" in d.text()) and "second" not in d.text(), "the old jobs go on", d.text())
    d.reload(BASE)
    ok(wait_for(lambda: d.status("config_error") is None), "a good one takes the error back")
    os.unlink(d.conf)
    d.process.send_signal(signal.SIGHUP)
    ok(wait_for(lambda: "cannot open" in d.text()), "a file that has gone is an error as well", d.text())
    equal(d.stop(), 0, "and it ends cleanly")


def test_fixed_settings():
    """SIGHUP with a setting that needs a restart"""
    d = Daemon(start=False)
    d.configure(BASE.replace("[collector]", f"[collector]\ndatabase = {d.db}"))
    command = d.command
    d.command = lambda *args: [a for a in command(*args) if a not in ("--db", d.db)]
    d.start()
    d.reload(BASE.replace("[collector]", f"[collector]\ndatabase = {d.dir}/other.db"))
    ok("needs a restart" in d.text() and "other.db" in d.text(), "is named in the log", d.text())
    ok(not os.path.exists(d.dir + "/other.db"), "and does not take effect")
    equal(d.stop(), 0, "it ends cleanly")
    ok(d.status("stopped_ns"), "in the database that it began with")


def test_check_config():
    """--check-config"""
    d = Daemon(start=False)
    p = subprocess.run(d.command("--check-config"), capture_output=True, text=True)
    equal((p.returncode, p.stderr), (0, ""), "a good configuration is good")
    d.configure("[collector]\nbad = 1\n[job x]\nevery = 1s\n")
    with open(d.dir + "/policy.d/a.conf", "w") as f:
        f.write("[policy p]\nkeep = none\n")
    os.mkdir(d.dir + "/policy.d/b.conf")
    with open(d.dir + "/policy.d/c.conf", "w") as f:
        f.write("[collector]\n")
    p = subprocess.run(d.command("--check-config"), capture_output=True, text=True)
    equal(p.returncode, 2, "one that is not makes it exit with 2")
    for place in (d.conf + ":2: ", d.conf + ":3: ", "a.conf:2: ", "b.conf: ", "c.conf:1: "):
        ok(place in p.stderr, f"the error in {os.path.basename(place)}is told", p.stderr)


def build_hang():
    path = tempfile.mkdtemp(prefix="sysmon-hang-") + "/hang.so"
    subprocess.run([os.environ.get("CC", "gcc"), "-shared", "-fPIC", "-O1", "-o", path, TOP + "/tests/daemon/hang.c"],
                   check=True)
    return path


def go_on(path):
    """Ends the hanging of the disk, whether something waits for it or not."""
    fd = os.open(path, os.O_RDWR)
    os.unlink(path)
    os.close(fd)


def pings(d):
    return sum("WATCHDOG=1" in m for m in d.messages())


def test_watchdog():
    """the watchdog's ping"""
    hang = build_hang()
    d = Daemon(env={"WATCHDOG_USEC": "2000000", "LD_PRELOAD": hang}, start=False)
    d.env["HANG"] = d.dir + "/hang"
    d.start()
    ok(wait_for(lambda: pings(d) >= 3, 10), "comes as long as all is well", d.messages())
    os.mkfifo(d.env["HANG"])
    d.process.send_signal(signal.SIGHUP)  # so that there is something to store
    ok(wait_for(lambda: "a commit does not end" in d.text(), 60), "a disk that hangs is told in the log", d.text())
    before = pings(d)
    time.sleep(2)
    equal(pings(d) - before, 0, "and ends the pings")
    go_on(d.env["HANG"])
    ok(wait_for(lambda: pings(d) > before, 15), "they come again once the disk goes on", d.text())
    d.stop()
    shutil.rmtree(os.path.dirname(hang))


def test_hung_disk():
    """a disk that does not answer"""
    hang = build_hang()
    d = Daemon(env={"WATCHDOG_USEC": "2000000", "LD_PRELOAD": hang, "ASLEEP": "1"}, start=False)
    d.env["HANG"] = d.dir + "/hang"
    d.start()
    os.mkfifo(d.env["HANG"])
    d.process.send_signal(signal.SIGHUP)  # so that there is something to store
    ok(wait_for(lambda: "the disk does not answer" in d.text(), 60), "is told in the log", d.text())
    before = pings(d)
    time.sleep(3)
    ok(pings(d) - before >= 3, "and stops no ping: a new start would mend nothing", pings(d) - before)
    go_on(d.env["HANG"])
    ok(wait_for(lambda: "make progress again" in d.text(), 15), "its end is told", d.text())
    equal(d.stop(), 0, "and it ends cleanly")
    shutil.rmtree(os.path.dirname(hang))


def read_all(fd):
    """What there is to read, as text."""
    text = b""
    while chunk := os.read(fd, 65536) if select.select([fd], [], [], 1)[0] else b"":
        text += chunk
    return text.decode()


def test_unread_log():
    """a log that nobody reads"""
    d = Daemon(env={"WATCHDOG_USEC": "2000000"}, start=False)
    os.mkfifo(d.log)
    log = os.open(d.log, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(log, fcntl.F_SETPIPE_SZ, 4096)
    d.start()
    before = pings(d)
    for _ in range(200):
        d.process.send_signal(signal.SIGHUP)
        time.sleep(0.02)
    ok(pings(d) - before >= 6, "stops no ping", pings(d) - before)
    text = read_all(log)
    d.process.send_signal(signal.SIGHUP)
    text += read_all(log)
    ok("lines of the log are lost" in text, "how many lines are lost is told when it is read again", text)
    equal(d.stop(), 0, "and it ends cleanly")
    os.close(log)


def run_delay(d):
    """Nanoseconds that the daemon's loop was ready to run, and others had the processors."""
    with open(f"/proc/{d.process.pid}/task/{d.process.pid}/schedstat") as f:
        return int(f.read().split()[1])


def test_stall():
    """a database that someone else holds locked for seconds"""
    d = Daemon(env={"WATCHDOG_USEC": "2000000"})
    wait_for(lambda: d.status("commits") > 1)
    db = sqlite3.connect(d.db, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    before = pings(d)
    for _ in range(14):
        d.process.send_signal(signal.SIGHUP)  # so that there is something to store
        time.sleep(0.5)
    db.execute("ROLLBACK")
    db.close()
    ok(pings(d) - before >= 7, "stops no ping: it says why", (before, pings(d), d.text()))
    ok(wait_for(lambda: "can be written again" in d.text()), "is over when that one lets go", d.text())
    ok(wait_for(lambda: d.status("commit_failures") > 0), "was told in the status")
    stall, waited = d.status("loop_stall_ns_max"), run_delay(d)
    ok(0 < stall < 50_000_000 + waited, "the loop was never held up for 50 ms", (stall, waited))
    print(f"# the longest turn took {stall / 1e6:.1f} ms; in all it waited {waited / 1e6:.1f} ms for a processor")
    equal(d.stop(), 0, "and it ends cleanly")


def test_stall_of_a_slow_disk():
    """a disk of which each write takes 20 ms, while 20 commands are started each second"""
    hang = build_hang()
    d = Daemon(BASE + "".join(f"[job j{i}]\nexec = true\nevery = 1s\n" for i in range(20)),
               env={"LD_PRELOAD": hang, "SLOW": "20000"}, start=False)
    d.start()
    ok(wait_for(lambda: d.query("SELECT 1 WHERE (SELECT sum(runs) FROM job) > 60"), 60), "commands run")
    for _ in range(20):
        d.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
    ok(d.status("commit_ns_max") > 100_000_000, "commits take long", d.status("commit_ns_max"))
    stall, waited = d.status("loop_stall_ns_max"), run_delay(d)
    ok(0 < stall < 50_000_000 + waited, "the loop was never held up for 50 ms", (stall, waited))
    print(f"# the longest turn took {stall / 1e6:.1f} ms; in all it waited {waited / 1e6:.1f} ms for a processor")
    ok(d.status("queue_rows") is not None, "the status has the queue's depth")
    equal(d.stop(), 0, "and it ends cleanly")
    shutil.rmtree(os.path.dirname(hang))


def test_read_only():
    """a disk that turns read-only, and back"""
    hang = build_hang()
    d = Daemon(BASE + "[job j]\nexec = true\nevery = 1s\n", env={"LD_PRELOAD": hang}, start=False)
    d.env["READONLY"] = d.dir + "/readonly"
    d.start()
    wait_for(lambda: d.query("SELECT 1 FROM job WHERE runs > 1"))
    with open(d.env["READONLY"], "w"):
        pass
    ok(wait_for(lambda: "can't be written" in d.text(), 30), "is told in the log", d.text())
    runs = d.query("SELECT runs FROM job")[0][0]
    time.sleep(5)
    equal(d.query("SELECT runs FROM job")[0][0], runs, "nothing is stored meanwhile")
    ok(d.process.poll() is None, "the daemon runs on")
    os.unlink(d.env["READONLY"])
    ok(wait_for(lambda: "can be written again" in d.text(), 30), "it stores again by itself", d.text())
    ok(wait_for(lambda: d.query("SELECT 1 FROM job WHERE runs > %d + 3" % runs), 30), "also what came meanwhile",
       d.query("SELECT runs FROM job"))
    equal(d.query("PRAGMA integrity_check"), [("ok",)], "the database is whole")
    equal(moved(d), [], "it was not taken for damaged")
    ok(wait_for(lambda: d.status("commit_error") is None, 10), "and the status has no error any more")
    equal(d.stop(), 0, "and it ends cleanly")
    shutil.rmtree(os.path.dirname(hang))


def test_inherited_signals():
    """a parent that ignores the end of its children"""
    d = Daemon(BASE + "[startup s]\nexec = exit 3\n", start=False)
    d.before = lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    d.start()
    equal(wait_for(lambda: d.query("SELECT exit_code, failures FROM job WHERE ended_ns NOTNULL")), [(3, 1)],
          "the end of a command is known nevertheless")
    equal(d.stop(), 0, "and it ends cleanly")


def moved(d):
    return sorted(f for f in os.listdir(d.dir) if ".corrupt-" in f)


def check_moved(d, before, name):
    files = moved(d)
    main = [f for f in files if not f.endswith(("-wal", "-shm"))]
    ok(len(main) == 1 and main[0].endswith("Z"), f"{name}: the damaged one was moved aside", files)
    if before:
        with open(f"{d.dir}/{main[0]}", "rb") as f:
            equal(f.read() == before, True, f"{name}: with each byte")
    ok(main and main[0] in d.text(), f"{name}: the log has its name", d.text())
    ok(wait_for(lambda: (d.status("db_moved") or "").endswith(main[0])), f"{name}: the status, too")
    ok(wait_for(lambda: main[0] in d.ctl_status()), f"{name}: and sysmonctl status", d.ctl_status())
    equal(d.query("PRAGMA integrity_check"), [("ok",)], f"{name}: the new one is whole")


def test_damaged_at_rest():
    """a database that is damaged when the daemon starts"""
    d = Daemon()
    wait_for(lambda: d.status("heartbeat_ns"))
    d.stop()
    with open(d.db, "r+b") as f:  # the schema's page, behind the header
        f.seek(100)
        f.write(b"\xff" * 3996)
    with open(d.db, "rb") as f:
        before = f.read()
    os.truncate(d.db + "-wal", 0)
    d.start()
    check_moved(d, before, "schema")
    d.stop()
    for f in moved(d):
        os.unlink(f"{d.dir}/{f}")
    with open(d.db, "r+b") as f:  # no database any more, but for our id
        f.write(b"\x5a" * 68)
    os.truncate(d.db + "-wal", 0)
    d.start()
    check_moved(d, None, "header")
    equal(d.stop(), 0, "and it ends cleanly")


def test_damaged_while_running():
    """a database that is damaged while the daemon runs"""
    d = Daemon(BASE + "[job a]\nexec = true\nevery = 1s\n[startup s]\nexec = echo once\n")
    wait_for(lambda: d.query("SELECT 1 FROM job WHERE name = 'a'"))
    wait_for(lambda: "job s: once" in d.text())
    pid = d.process.pid
    db = sqlite3.connect(d.db, isolation_level=None)
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE status (' WHERE name = 'status'")
    db.execute("PRAGMA schema_version = 4711")
    db.close()
    ok(wait_for(lambda: moved(d), 30), "is noticed", d.text())
    ok(wait_for(lambda: d.status("pid") == pid, 30), "the same process goes on with a new one", d.text())
    check_moved(d, None, "running")
    wait_for(lambda: d.query("SELECT 1 FROM job WHERE name = 'a'"))
    equal(d.query("SELECT name FROM job WHERE kind = 'schedule'"), [("a",)], "the jobs go on")
    equal(d.text().count("job s: once"), 1, "the start-up commands are not run again")
    equal(d.stop(), 0, "and it ends cleanly")


def test_foreign_files():
    """files at the database's place that are not its own"""
    d = Daemon(start=False)
    for name, content in (("text", b"important, but no database\n" * 100), ("zeros", bytes(8192))):
        with open(d.db, "wb") as f:
            f.write(content)
        p = subprocess.run(d.command(), capture_output=True, text=True, timeout=20)
        ok(p.returncode == 1 and "not a sysmon database" in p.stderr, f"{name}: is refused", (p.returncode, p.stderr))
        with open(d.db, "rb") as f:
            equal(f.read() == content, True, f"{name}: and left as it was")
    for application, version, text in ((0x12345678, 1, "another application"), (0x5359534d, 9999, "newer sysmon")):
        os.unlink(d.db)
        db = sqlite3.connect(d.db)
        db.execute("CREATE TABLE t (x)")
        db.execute(f"PRAGMA user_version = {version}")
        db.execute(f"PRAGMA application_id = {application}")
        db.close()
        p = subprocess.run(d.command(), capture_output=True, text=True, timeout=20)
        ok(p.returncode == 1 and text in p.stderr, f"{text}: is refused", (p.returncode, p.stderr))
        equal(d.query("SELECT count(*) FROM t"), [(0,)], f"{text}: and left as it was")
    equal(moved(d), [], "nothing was moved")


if __name__ == "__main__":
    only = os.environ.get("ONLY")  # a test's name, to run it alone
    run([t for t in [test_good_reload, test_bad_reload, test_fixed_settings, test_check_config, test_watchdog,
                     test_hung_disk, test_unread_log, test_stall, test_stall_of_a_slow_disk, test_read_only,
                     test_inherited_signals, test_damaged_at_rest, test_damaged_while_running, test_foreign_files]
         if not only or t.__name__ == only],
        cleanup=Daemon.remove_all)
