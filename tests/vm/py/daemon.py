# SPDX-License-Identifier: GPL-2.0
"""Tests of sysmon-collectord with the module: rows against cgroup files, and that no tick or event is lost."""
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request

from cg import Cgroup, hexname
from family import events, open_family, reopen
from tap import equal, ok, run, wait_for

DIR = "/mnt/disk/sysmon"
DB = DIR + "/sysmon.db"
CONF = "/mnt/disk/sysmon.conf"
POLICY = "/mnt/disk/policy.d"
LOG = "/mnt/disk/collectord.log"
LIFE = [("start",), ("stop",), ("removed",)]

daemon = None
ynl = None


def sh(*argv):
    p = subprocess.run(argv, capture_output=True, text=True)
    if p.returncode:
        raise Exception(f"{argv}: {p.stderr}")
    return p.stdout


def configure(interval="200ms", extra=""):
    with open(CONF, "w") as f:
        f.write(f"[collector]\ninterval = {interval}\ncommit_interval = 200ms\n{extra}\n"
                "[engine docker]\nenabled = no\n[engine podman]\nenabled = no\n")
    os.makedirs(POLICY, exist_ok=True)


def start():
    """Starts the daemon and waits until it has told its process id: then it also takes signals."""
    global daemon
    log = open(LOG, "a")
    daemon = subprocess.Popen(["sysmon-collectord", "--config", CONF, "--policy-dir", POLICY, "--db", DB, "-v"],
                              stderr=log)
    log.close()
    if not wait_for(lambda: one("SELECT value FROM status WHERE key = 'pid'") == daemon.pid, 60):
        raise Exception(log_text()[-1000:])


def stop(how=signal.SIGTERM):
    daemon.send_signal(how)
    return daemon.wait(30)


def load(*params):
    global ynl
    sh("modprobe", "sysmon", *params)
    ynl = reopen(ynl) if ynl else open_family()


def module():
    return ynl.do("module-get", {})["module"]


def query(sql, *args):
    if not os.path.exists(DB) or not os.path.getsize(DB):
        return []
    db = sqlite3.connect(f"file:{DB}?mode=ro", uri=True, timeout=10)
    try:
        return db.execute(sql, args).fetchall()
    except sqlite3.OperationalError as e:
        if "no such table" in str(e):  # the daemon is about to make it
            return []
        raise
    finally:
        db.close()


def one(sql, *args):
    rows = query(sql, *args)
    return rows[0][0] if rows else None


def last_seq():
    return one("SELECT last_seq FROM session ORDER BY id DESC LIMIT 1")


def log_text():
    with open(LOG) as f:
        return f.read()


def sleeper(number, prefix="c"):
    cg = Cgroup("/" + hexname(number, prefix))
    cg.spawn("/bin/sleep", "1000")
    return cg


def busy(number, prefix="b"):
    cg = Cgroup("/" + hexname(number, prefix))
    cg.spawn("/bin/sh", "-c", "while :; do :; done")
    return cg


def key(cg):
    return os.path.basename(cg.path)


def unaccounted():
    """
    Per session: the numbers stored and those in gaps, each once and without a hole. Returns what is wrong. One
    transaction reads it all, since the daemon goes on storing.
    """
    wrong = []
    db = sqlite3.connect(f"file:{DB}?mode=ro", uri=True, timeout=10, isolation_level=None)
    try:
        db.execute("BEGIN")
        for kind, column, newest in (("tick", "number", "last_tick"), ("event", "seq", "last_seq")):
            for session, last in db.execute(f"SELECT id, coalesce({newest}, 0) FROM session").fetchall():
                numbers = [n for n, in db.execute(f"SELECT {column} FROM {kind} WHERE session = ?", (session,))]
                for first, count in db.execute("SELECT first, count FROM gap WHERE session = ? AND kind = ?",
                                               (session, kind)):
                    numbers += range(first, first + count)
                numbers.sort()
                if numbers != list(range(1, last + 1)):
                    hole = next((i for i, n in enumerate(numbers, 1) if n != i), None)
                    wrong.append((kind, session, last, len(numbers), hole))
        return wrong + db.execute("SELECT * FROM gap").fetchall() if wrong else []
    finally:
        db.close()


def check_account(name):
    ok(wait_for(lambda: not unaccounted(), 10, 0.3), name, unaccounted())


def of_container(cg, table="event", columns="type"):
    """A container's rows in the order of their numbers, of its newest life."""
    return query(f"SELECT {columns} FROM {table} t WHERE t.container ="
                 " (SELECT max(id) FROM container WHERE key = ?) ORDER BY t.seq", key(cg))


def test_starts_before_the_module():
    """the daemon is up first"""
    configure()
    start()
    ok(wait_for(lambda: "modprobe sysmon" in log_text()), "says what to do without the module", log_text())
    equal(one("SELECT value FROM status WHERE key = 'module_state'"), "not-loaded", "and says so in its status")
    load()
    ok(wait_for(lambda: one("SELECT count(*) FROM tick") or 0), "stores ticks once it is loaded", log_text())
    equal(one("SELECT b.uuid FROM session s JOIN boot b ON b.id = s.boot"), module()["boot-id"],
          "in a session of this boot")
    equal(module()["interval-ns"], 200_000_000, "the module has the configured interval")
    check_account("ticks = stored + gaps, events = stored + gaps")


def test_figures():
    """samples against the cgroup's own files"""
    idle, work = sleeper(1), busy(1)
    idle.write("memory.max", str(64 << 20))
    wait_for(lambda: len(query("SELECT id FROM container")) == 2)
    time.sleep(3)
    rows = dict(query("SELECT c.key, c.id FROM container c"))
    equal(set(rows), {key(idle), key(work)}, "both containers are known")
    last = query("SELECT mem_bytes, mem_limit_bytes, mem_peak_bytes, swap_bytes, pids, oom_kills, cpu_usage_us"
                 " FROM sample WHERE container = ? ORDER BY tick DESC LIMIT 1", rows[key(idle)])[0]
    peak = idle.number("memory.peak")
    equal(last, (idle.number("memory.current"), 64 << 20, peak, 0, 1, 0, 0), "an idle one's figures are its files'")
    work.kill()
    usage = work.table("cpu.stat")["usage_usec"]
    stop_row = wait_for(lambda: query("SELECT final_cpu_us FROM stop WHERE container = ?", rows[key(work)]))
    ok(abs(stop_row[0][0] - usage) <= max(10_000, usage // 100), "the stop has the total CPU time", (stop_row, usage))
    total = one("SELECT sum(cpu_usage_us) FROM sample WHERE container = ?", rows[key(work)])
    ok(0.7 * usage < total <= usage + 1000, "the samples add up to it, but for the last interval", (total, usage))
    # An emulated processor's single ticks are jittery: look at the mean.
    pct = one("SELECT avg(cpu_pct) FROM v_container WHERE container = ? AND cpu_pct NOT NULL", key(work))
    ok(40 < pct < 120, "v_container gives percent of one CPU", pct)
    pct = one("SELECT avg(cpu_pct) FROM v_machine WHERE cpu_pct NOT NULL")
    ok(5 < pct < 100 * os.cpu_count() + 10, "v_machine gives percent of one CPU", pct)
    idle.remove()
    work.remove()


def test_events():
    """starts and stops"""
    cg = sleeper(2)
    cg.kill()
    cg.remove()
    wait_for(lambda: ("removed",) in of_container(cg))
    equal(of_container(cg), LIFE, "of a short life are all three stored")
    numbers = of_container(cg, columns="seq")
    row = query("SELECT started_ns, c.stopped_ns, p.seq, p.reason, p.signal FROM container c"
                " JOIN stop p ON p.container = c.id WHERE key = ?", key(cg))
    ok(len(row) == 1 and 0 < row[0][0] < row[0][1] and row[0][2:] == (*numbers[1], "signal", 9),
       "and make one stop, with the signal that the kernel told", (row, numbers))
    cg = Cgroup(cg.path)
    cg.spawn("/bin/sleep", "1000")
    wait_for(lambda: len(query("SELECT 1 FROM container WHERE key = ?", key(cg))) == 2)
    equal(query("SELECT stopped_ns IS NULL FROM container WHERE key = ? ORDER BY id", key(cg)), [(0,), (1,)],
          "a second life is a second row")
    cg.remove()


def get(path):
    """Status and body of an answer over HTTP; (0, why) while there is none."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:9815" + path, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError as e:
        return 0, str(e)


def test_http():
    """a container over HTTP"""
    sh("ip", "link", "set", "lo", "up")  # the daemon tries again until it is
    ok(wait_for(lambda: get("/healthz")[0] == 200, 40, 0.5), "/healthz is content", get("/healthz"))
    cg = busy(3)
    cg.write("memory.max", str(64 << 20))
    sample = re.compile(r'^(\w+){id="' + re.escape(cg.path) + r'"[^}]*} (\S+)$', re.M)

    def metrics():
        return {m[1]: float(m[2]) for m in sample.finditer(get("/metrics")[1])}
    ok(wait_for(lambda: metrics().get("container_cpu_usage_seconds_total", 0) > 1), "/metrics has its CPU time",
       get("/metrics"))
    usage = cg.table("cpu.stat")["usage_usec"] / 1e6
    got = metrics()
    ok(abs(got["container_cpu_usage_seconds_total"] - usage) < 1.5, "which is the cgroup's", (got, usage))
    equal(got["container_spec_memory_limit_bytes"], 64 << 20, "and its limit")
    ok(got["container_processes"] >= 1 and got["container_memory_usage_bytes"] > 0, "and others", got)
    body = get("/metrics")[1]
    ok(f"\nmachine_cpu_cores {os.cpu_count()}\n" in body and "\nsysmon_module_up 1\n" in body,
       "the machine and the module are there", body[-2000:])

    def top():
        document = json.loads(get("/api/v1/top")[1])
        return document["stale"], {c["id"]: c["cpu_pct"] or 0 for c in document["containers"]}.get(key(cg), 0)
    found = wait_for(lambda: top()[1] > 20)  # single ticks are jittery
    ok(found, "/api/v1/top has it, busy", get("/api/v1/top"))
    equal(top()[0], False, "and is current")
    cg.remove()
    gone = wait_for(lambda: not metrics() and key(cg) in get("/json_file")[1])
    ok(gone, "once stopped it is in /json_file, and no more in /metrics", get("/json_file"))


def test_parts():
    """snapshots of many messages"""
    groups = [sleeper(i, "d") for i in range(120)]
    n = wait_for(lambda: one("SELECT max(containers) FROM tick") == 120)
    ok(n, "are stored whole", query("SELECT number, containers FROM tick ORDER BY id DESC LIMIT 5"))
    for cg in groups:
        cg.kill()
    for cg in groups:
        cg.remove()
    ok(wait_for(lambda: one("SELECT count(*) FROM container WHERE stopped_ns IS NULL") == 0), "and all have stopped",
       query("SELECT key FROM container WHERE stopped_ns IS NULL LIMIT 3"))
    equal(one("SELECT count(*) FROM stop"), one("SELECT count(*) FROM container"), "each once")
    check_account("still nothing is lost")


def settled_head():
    """The newest event's number, once the last notes were made into events."""
    while True:
        head = module()["events-head"]
        time.sleep(1)
        if module()["events-head"] == head:
            return head


def churn(seconds, prefix):
    end, n = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        cg = Cgroup("/" + hexname(n, prefix))
        cg.spawn("/bin/true").wait()
        cg.remove()
        n += 1
    return n


def test_restarts():
    """the daemon ends and comes back in the middle of things"""
    staying = sleeper(3)
    wait_for(lambda: query("SELECT 1 FROM container WHERE key = ?", key(staying)))
    for how, name in ((signal.SIGTERM, "SIGTERM"), (signal.SIGKILL, "SIGKILL"), (signal.SIGINT, "SIGINT")):
        churn(1, "e")
        code = stop(how)
        equal(code, -9 if how == signal.SIGKILL else 0, f"{name} ends it")
        leaving = sleeper(4, "a")
        churn(2, "f")
        leaving.remove()
        start()
        churn(1, "a")
    head = settled_head()
    ok(wait_for(lambda: last_seq() == head, 20), "all events arrive", (last_seq(), head))
    stored = [s for s, in query("SELECT seq FROM event ORDER BY seq")]
    equal(stored, list(range(1, head + 1)), "each event is stored, none is in a gap")
    equal(one("SELECT count(*) FROM gap WHERE kind = 'event'"), 0, "no gap of events")
    reasons = {r for r, in query("SELECT DISTINCT reason FROM gap WHERE kind = 'tick'")}
    ok(reasons <= {"daemon-stopped", "incomplete"}, "ticks are missing for the reasons given", reasons)
    check_account("ticks = stored + gaps over all restarts")
    equal(query("SELECT count(*), max(stopped_ns) FROM container WHERE key = ?", key(staying)), [(1, None)],
          "what ran on is the same container")
    starts = one("SELECT count(*) FROM event WHERE type = 'start'")
    equal(one("SELECT count(*) FROM container") >= starts, True, "each start has a container")
    equal(one("SELECT count(*) FROM stop WHERE seq IS NULL"), 0, "no stop was missed")
    equal(one("SELECT count(*) FROM session"), 1, "one session throughout")
    staying.remove()


def test_reload():
    """the module goes and comes back"""
    staying = sleeper(5)
    going = sleeper(6)
    wait_for(lambda: len(query("SELECT 1 FROM container WHERE stopped_ns IS NULL")) == 2)
    sh("rmmod", "sysmon")
    ok(wait_for(lambda: "was unloaded" in log_text()), "its going is noticed")
    going.remove()
    load()
    ok(wait_for(lambda: one("SELECT count(*) FROM session") == 2 and
                one("SELECT count(*) FROM tick WHERE session = 2") > 3), "its coming is a new session", log_text())
    ok(wait_for(lambda: query("SELECT seq, reason FROM stop p JOIN container c ON c.id = p.container WHERE key = ?",
                              key(going)) == [(None, None)]), "what went meanwhile has a stop without a number")
    equal(query("SELECT count(*), max(stopped_ns) FROM container WHERE key = ?", key(staying)), [(1, None)],
          "what stayed is the same container")
    staying.kill()
    ok(wait_for(lambda: query("SELECT p.session, p.seq FROM stop p JOIN container c ON c.id = p.container"
                              " WHERE key = ?", key(staying)) == [(2, 1)]), "and its stop is the new load's first event",
       query("SELECT p.session, p.seq, key FROM stop p JOIN container c ON c.id = p.container ORDER BY p.id DESC"))
    staying.remove()
    check_account("ticks and events of both sessions are accounted for")


def test_quick_reloads():
    """the module is unloaded and loaded in quick succession"""
    for _ in range(5):
        sh("rmmod", "sysmon")
        load()
    n = one("SELECT max(id) FROM session")
    ok(wait_for(lambda: one("SELECT instance FROM session ORDER BY id DESC LIMIT 1") == module()["instance"] and
                one("SELECT count(*) FROM tick WHERE session = (SELECT max(id) FROM session)") > 2),
       "the daemon follows", (n, log_text()[-2000:]))
    check_account("and accounts for all")


def test_overrun():
    """the daemon is stopped until its socket runs over"""
    stop()
    configure(extra="receive_buffer = 256K")
    start()
    wait_for(lambda: last_seq() == module()["events-head"])
    before = one("SELECT max(id) FROM gap") or 0
    daemon.send_signal(signal.SIGSTOP)
    groups = [sleeper(i, "c") for i in range(200)]
    ynl.do("config-set", {"interval-ns": 100_000_000})
    n = 0
    end = time.monotonic() + 120
    while not module()["dropped"] and time.monotonic() < end:
        n += churn(1, "f")
    ok(module()["dropped"] > 0, "messages were dropped", module())
    daemon.send_signal(signal.SIGCONT)
    ok(wait_for(lambda: one("SELECT value FROM status WHERE key = 'overruns'"), 20), "the overrun is noticed")
    ok(wait_for(lambda: last_seq() == module()["events-head"], 30), "all events are asked for", (last_seq(), module()))
    ok(wait_for(lambda: query("SELECT 1 FROM gap WHERE kind = 'tick' AND reason = 'overrun' AND id > ?", before)),
       "the ticks lost are in a gap", query("SELECT * FROM gap"))
    equal(query("SELECT * FROM gap WHERE kind = 'event' AND id > ?", before), [], "no event is lost")
    check_account("and all is accounted for")
    for cg in groups:
        cg.remove()
    stop()
    configure()
    start()


def test_ring():
    """more events than the ring holds, while the daemon is away"""
    sh("rmmod", "sysmon")
    load("ring=64")
    churn(1, "f")
    head = settled_head()
    wait_for(lambda: last_seq() == head)
    stop()
    before = module()["events-head"]
    while module()["events-head"] < before + 100:
        churn(1, "e")
    start()
    ok(wait_for(lambda: last_seq() == module()["events-head"], 30), "the daemon catches up", (last_seq(), module()))
    gap = query("SELECT first, count, reason FROM gap WHERE kind = 'event'"
                " AND session = (SELECT max(id) FROM session)")
    tail = module()["events-tail"]
    equal(gap, [(before + 1, tail - before - 1, "overwritten")], "what was overwritten is one gap, and no more than that")
    check_account("and all is accounted for")
    sh("rmmod", "sysmon")
    load()


def test_full_disk():
    """the database can't grow"""
    stop()
    sh("mount", "-t", "tmpfs", "-o", "size=8m", "none", "/mnt/disk/small")
    global DB
    keep, DB = DB, "/mnt/disk/small/s.db"
    start()
    wait_for(lambda: one("SELECT count(*) FROM tick"))
    with open("/mnt/disk/small/fill", "wb", buffering=0) as f:
        try:
            while f.write(b"x" * 4096) == 4096:
                pass
        except OSError:
            pass
    ok(wait_for(lambda: "can't be written" in log_text(), 60), "is said in the log", log_text()[-1000:])
    cg = sleeper(7)
    cg.remove()
    ok(daemon.poll() is None, "the daemon goes on")
    os.unlink("/mnt/disk/small/fill")
    ok(wait_for(lambda: "can be written again" in log_text(), 30), "and stores again when there is room")
    wait_for(lambda: ("removed",) in of_container(cg))
    equal(of_container(cg), LIFE, "also what came meanwhile")
    check_account("nothing was lost")
    equal(stop(), 0, "and ends cleanly")
    equal(one("PRAGMA integrity_check"), "ok", "its database is whole")
    DB = keep
    sh("umount", "/mnt/disk/small")
    start()


def test_refusals():
    """what the daemon does not start with"""
    stop()
    db = sqlite3.connect("/mnt/disk/new.db")
    db.execute("PRAGMA user_version = 9999")
    db.execute("PRAGMA application_id = 0x5359534d")
    db.commit()
    db.close()
    for path, text in (("/mnt/disk/new.db", "newer sysmon"), (CONF, "not a sysmon database"),
                       ("/mnt/disk/none/x/y.db", "/mnt/disk/none/x/y.db")):
        p = subprocess.run(["sysmon-collectord", "--config", CONF, "--policy-dir", POLICY, "--db", path],
                           capture_output=True, text=True, timeout=20)
        ok(p.returncode == 1 and text in p.stderr and path in p.stderr, f"says: {text}", (p.returncode, p.stderr))
    p = subprocess.run(["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "timeout", "3",
                        "sysmon-collectord", "--config", CONF, "--policy-dir", POLICY, "--db", "/tmp/user.db"],
                       capture_output=True, text=True)
    ok("CAP_NET_ADMIN" in p.stderr, "says which capability is missing", p.stderr)
    start()


def test_end():
    """the end"""
    equal(stop(), 0, "SIGTERM ends it with status 0")
    equal(one("PRAGMA integrity_check"), "ok", "the database is whole")
    equal(query("PRAGMA foreign_key_check"), [], "and its references hold")
    ok(one("SELECT value FROM status WHERE key = 'stopped_ns'"), "its status says that it stopped")
    check_account("ticks = stored + gaps, events = stored + gaps, over everything")
    sh("rmmod", "sysmon")


if __name__ == "__main__":
    for d in (DIR, POLICY, "/mnt/disk/small"):
        os.makedirs(d, exist_ok=True)
    run([test_starts_before_the_module, test_figures, test_events, test_http, test_parts, test_restarts, test_reload,
         test_quick_reloads, test_overrun, test_ring, test_full_disk, test_refusals, test_end],
        cleanup=Cgroup.remove_all)
