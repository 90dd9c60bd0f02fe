# SPDX-License-Identifier: GPL-2.0
"""
A day of a host in short: 1,000 containers, others that come and go, and all that can go wrong; then the books.

day.py SECONDS-AN-HOUR. The power cut ends the first boot, and the second goes on from what the first one left.
"""
import json
import os
import subprocess
import sys
import time

import daemon as d
import dockers
import ledger
import memory
from cg import Cgroup
from host import DB, UNIT, daemon_pid, fill, must, query, rss, sh
from load import TRUST, Load
from tap import equal, ok, run, say, wait_for
import tap

HOUR = float(sys.argv[1]) if len(sys.argv) > 1 else 8
RATE = 20
STEADY = 1000
STEADY_KEY = f"{0x10ad:08x}{0:040x}%016x"  # as `trust load` names them
KEEP = "/root/day"  # outlives the cut, apart from the database's disk
STATE = KEEP + "/state.json"
DISK = "/mnt/disk"
FILL = DISK + "/fill"
SECOND = 1_000_000_000
MIB = 1 << 20
# The daemon remembers those that have stopped, for ten minutes, so many at most.
REMEMBERED = 4096
REMEMBERED_SIZE = 8 << 10
# For longer than the watchdog waits.
HANG_SECONDS = 75
# The module holds files open of what was lately at work, for 48 s.
DORMANT_SECONDS = 60
# Objects of a slab cache that may come and go: less than one for each container.
OBJECTS = 500

# What the first boot tells the second.
state = {"boot": 1, "away": [], "emitted": {}, "hours": [], "kills": 0, "docker": {}}
steady = lives = None


def boottime():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def save():
    """The state, and the books of lives, on the disk."""
    state["tap"] = (tap.count, tap.failed)
    with open(STATE, "w") as f:
        json.dump(state, f)
    for name in (STATE, *(entry.path for entry in os.scandir(KEEP))):
        fd = os.open(name, os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)
    fd = os.open(KEEP, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# The host.

def start_daemon():
    """As installed, with access to Docker."""
    must(f"install -Dm644 /usr/share/sysmon/docker-group.conf /etc/systemd/system/{UNIT}.service.d/docker-group.conf && "
         f"systemctl daemon-reload && modprobe sysmon && systemctl restart {UNIT}")
    d.load()


def mount_state():
    """The database on a disk of its own, which can be filled without harm to others."""
    must(f"mkdir -p {DISK}/sysmon && chown sysmon:sysmon {DISK}/sysmon && chmod 750 {DISK}/sysmon && "
         f"mkdir -p /var/lib/sysmon && mount --bind {DISK}/sysmon /var/lib/sysmon")


def begin_lives():
    """The books of each boot are one file."""
    global lives
    with open(f"{KEEP}/lives.{state['boot']}", "a") as book:
        maker = f"da{state['boot']:02x}{int(time.monotonic()):04x}"
        lives = subprocess.Popen([TRUST, "lives", "day", maker, str(RATE)], stdout=book)


def end_lives():
    lives.terminate()
    equal(lives.wait(120), 0, "the lives end as they were meant to")


def begin_containers():
    global steady
    parent = Cgroup("/day")
    for path in ("/", "/day"):
        with open(f"/sys/fs/cgroup{path}/cgroup.subtree_control", "w") as f:
            f.write("+memory +pids")
    Cgroup.alive.remove(parent)
    steady = Load("/day", STEADY, "idle")
    begin_lives()


def runs(but=0):
    return wait_for(lambda: daemon_pid() not in (0, but) and daemon_pid(), 300, 0.5)


def unreclaimable():
    with open("/proc/meminfo") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("SUnreclaim"))


def stored(column):
    rows = query(f"SELECT {column} FROM session ORDER BY id DESC LIMIT 1")
    return rows[0][0] or 0 if rows else 0


def gaps():
    """Ticks that are in gaps."""
    return query("SELECT coalesce(sum(count), 0) FROM gap WHERE kind = 'tick'")[0][0]


def goes_on():
    """The daemon stores what happens now."""
    n = d.module()["ticks"]
    return ok(wait_for(lambda: stored("last_tick") > n, 300, 0.5), "ticks are stored",
              must(f"journalctl -q --no-pager -n 20 -u {UNIT}"))


# What goes wrong.

def kill_daemon():
    """the daemon is killed"""
    of = daemon_pid()
    os.kill(of, 9)
    state["kills"] += 1
    ok(runs(but=of), "systemd starts it again")
    goes_on()


def set_clock(hours):
    must(f"date -s @{int(time.time()) + hours * 3600}")
    goes_on()


def clock_forward():
    """the clock is set an hour forward"""
    set_clock(1)


def clock_back():
    """the clock is set two hours back"""
    set_clock(-2)


def reload_module():
    """the module is unloaded and loaded"""
    begin, m = boottime(), d.module()
    if not wait_for(lambda: sh("rmmod sysmon").returncode == 0, 60, 0.01):  # a dump in progress holds it for a moment
        raise Exception("the module does not unload")
    state["emitted"][str(m["instance"])] = m["ticks"]
    time.sleep(1)
    d.load()
    state["away"].append((state["boot"], begin, boottime()))
    ok(wait_for(lambda: query("SELECT 1 FROM session WHERE instance = ?", d.module()["instance"]), 60, 0.5),
       "the daemon turns to the new load")
    goes_on()


def restart_engine():
    """Docker is restarted, and its containers with it"""
    dockers.restart(state["docker"])
    dockers.connected()
    goes_on()


def hang_disk():
    """the disk hangs"""
    state["hung"] = (time.monotonic(), gaps())
    must(f"fsfreeze -f {DISK}")


def wake_disk():
    """the disk answers again"""
    since, before = state["hung"]
    time.sleep(max(0, since + HANG_SECONDS - time.monotonic()))
    m = d.module()["ticks"]
    ok("the disk does not answer" in must(f"journalctl -q --no-pager -p err -u {UNIT}"), "the daemon says that it hangs")
    must(f"fsfreeze -u {DISK}")
    ok(wait_for(lambda: stored("last_tick") >= m, 60, 0.5), "the ticks of that time are stored")
    equal(gaps(), before, "none is in a gap")


def stop_journal():
    """the journal is not read any more"""
    state["held"] = time.monotonic()
    must("systemctl kill -s STOP systemd-journald")


def wake_journal():
    """the journal is read again"""
    time.sleep(max(0, state["held"] + HANG_SECONDS - time.monotonic()))
    goes_on()
    must("systemctl kill -s CONT systemd-journald")
    ok(wait_for(lambda: "lines of the log are lost" in must(f"journalctl -q --no-pager -p warning -u {UNIT}"), 60, 1),
       "the daemon says how many lines are lost")


def fill_disk():
    """the disk is filled"""
    room = os.statvfs(DISK)
    with open(FILL, "wb") as f:
        os.posix_fallocate(f.fileno(), 0, max(room.f_bavail - 4, 1) * room.f_frsize)
    fill(FILL)
    ok(wait_for(lambda: "can't be written" in must(f"journalctl -q --no-pager -p warning -n 50 -u {UNIT}"), 60 + HOUR, 1),
       "the daemon says that it cannot write")


def free_disk():
    """there is room again"""
    say(f"the daemon has {rss(daemon_pid()) >> 20} MiB")
    os.unlink(FILL)
    goes_on()


HAPPENS = {1: kill_daemon, 2: kill_daemon, 4: clock_forward, 6: restart_engine, 8: hang_disk, 9: wake_disk,
           10: stop_journal, 11: wake_journal, 12: reload_module, 14: fill_disk, 15: free_disk, 16: restart_engine,
           17: clock_back, 18: kill_daemon, 19: reload_module, 20: clock_forward, 21: kill_daemon}
WAITED = [hour for hour, what in HAPPENS.items() if what in (wake_disk, free_disk)]
CUT = 23


# The day.

def lived():
    """How many lives the book of this boot has."""
    return len(ledger.read(f"{KEEP}/lives.{state['boot']}", state["boot"]))


def note(hour):
    """A line of the day's figures."""
    m, of = d.module(), runs()
    row = (hour, of, rss(of), m["containers"], m["events-head"], m["events-bytes"],
           m["containers"] * m["container-bytes"], unreclaimable(), m["tick-ns"], lived())
    state["hours"].append(row)
    say(f"{hour:02d}:00 | daemon {row[1]} {row[2] >> 10} KiB | {row[3]} containers | event {row[4]} |"
        f" events {row[5] >> 10} KiB, table {row[6] >> 10} KiB, kernel's own {row[7] >> 10} KiB | tick {row[8] // 1000} us |"
        f" database {os.path.getsize(DB) >> 10} KiB")


def calm_measure():
    """The kernel's memory with the steady containers alone."""
    end_lives()
    time.sleep(DORMANT_SECONDS)
    measure = memory.measure()
    begin_lives()
    return measure


def test_start():
    """the host comes up: the daemon, 1,000 containers, and some of Docker's"""
    os.makedirs(KEEP, exist_ok=True)
    must("sysctl -w vm.oom_dump_tasks=0")
    mount_state()
    start_daemon()
    begin_containers()
    dockers.begin(state["docker"])
    dockers.connected()
    ok(wait_for(lambda: (query("SELECT containers FROM tick ORDER BY id DESC LIMIT 1") or [[0]])[0][0] >= STEADY, 300, 1),
       "the record has them all")
    m = d.module()
    ok(wait_for(lambda: d.module()["events-head"] > m["events-capacity"], 600, 1), "the module's backlog is full")
    os.sync()


def test_day():
    """the day"""
    before = calm_measure()
    began, head = time.monotonic(), lived()
    for hour in range(CUT):
        ends = time.monotonic() + HOUR  # later, if what happens takes longer
        note(hour)
        what = HAPPENS.get(hour)
        if what:
            say(f"{hour:02d}:00 {what.__doc__}")
            what()
        time.sleep(max(0, ends - time.monotonic()))
    note(CUT)
    took = time.monotonic() - began
    made = lived() - head
    say(f"{CUT} hours took {took:.0f} s, in which {made} lives were lived: {made / took:.1f} a second of {RATE} wanted")
    after = calm_measure()
    say(f"the kernel's memory: {memory.most(before, after)}")
    equal(memory.growth(before, after, OBJECTS, 256 * MIB), {}, "its memory is where it was in the morning")
    daemon_is_flat()


def is_calm(hour):
    """What waited for a disk is given back within a minute of the time that it was stored."""
    return not any(end <= hour < end + 60 / HOUR + 1 for end in WAITED)


def daemon_is_flat():
    """
    Of each process of the daemon: its size, from an hour after its start on. It may grow by what it remembers of lives
    that have ended, and no more.
    """
    grown = []
    for of in {row[1] for row in state["hours"]}:
        rows = [row for row in state["hours"] if row[1] == of and is_calm(row[0])][1:]
        if len(rows) < 2:
            continue
        lives, size = rows[-1][-1] - rows[0][-1], rows[-1][2] - rows[0][2]
        say(f"daemon {of}: " + ", ".join(f"{row[2] >> 10}" for row in rows) + f" KiB, hour by hour, in {lives} lives")
        grown.append(size - REMEMBERED_SIZE * min(lives, REMEMBERED))
    ok(grown and max(grown) < 8 * MIB, "no daemon has grown by more than what it remembers", grown)
    equal(int(must(f"systemctl show -P NRestarts {UNIT}")), state["kills"], "it was started anew for the kills alone")


def test_cut():
    """the power is cut"""
    time.sleep(5)
    dockers.cut(state["docker"])
    m = d.module()
    state["emitted"][str(m["instance"])] = m["ticks"]
    state["cut"] = {"ns": boottime(), "unix_ns": time.time_ns(), "head": m["events-head"], "ticks": m["ticks"], "instance": m["instance"]}
    save()
    sys.stdout.flush()
    time.sleep(0.5)
    with open("/proc/sysrq-trigger", "w") as f:
        f.write("b")
    time.sleep(600)


def test_again():
    """the power is back"""
    mount_state()
    cut = state["cut"]
    equal(query("PRAGMA integrity_check"), [("ok",)], "the database that the cut left is whole")
    (tick, seq), = query("SELECT last_tick, last_seq FROM session WHERE instance = ?", cut["instance"])
    (last,), = query("SELECT max(boottime_ns) FROM event e JOIN session s ON s.id = e.session WHERE s.instance = ?",
                     cut["instance"])
    state["last"] = {1: last}
    say(f"of {cut['ticks']} ticks {max(cut['ticks'] - tick, 0)} were not on the disk yet, and of {cut['head']} events"
        f" {max(cut['head'] - seq, 0)}: those of the last {max(cut['ns'] - last, 0) / SECOND:.1f} s before the books were closed")
    ok(cut["ns"] - last < 15 * SECOND, "what is lost with the power is what was not committed", (cut, last))
    start_daemon()
    goes_on()
    begin_containers()
    dockers.again()
    dockers.connected()
    time.sleep(HOUR)
    note(CUT + 1)


def test_evening():
    """all containers end"""
    end_lives()
    steady.end()
    dockers.end(state["docker"])
    head = d.settled_head()
    ok(wait_for(lambda: stored("last_seq") == head, 120, 0.5), "all events arrive", (stored("last_seq"), head))
    m = d.module()
    state["emitted"][str(m["instance"])] = m["ticks"]
    goes_on()
    must(f"systemctl stop {UNIT}")


def test_ticks():
    """the books: ticks and events"""
    d.DB = DB
    equal(query("PRAGMA integrity_check"), [("ok",)], "the database is whole")
    equal(query("PRAGMA foreign_key_check"), [], "its references hold")
    equal(d.unaccounted(), [], "each number of a tick and of an event is stored, or in a gap, once")
    sessions = {str(i): n or 0 for i, n in query("SELECT instance, last_tick FROM session")}
    short = {i: (n, sessions.get(i)) for i, n in state["emitted"].items()
             if sessions.get(i, 0) < n and int(i) != state["cut"]["instance"]}
    equal(short, {}, "and that is all that the module emitted in each of its loads")
    counted = query("SELECT (SELECT count(*) FROM tick), (SELECT coalesce(sum(count), 0) FROM gap WHERE kind = 'tick'),"
                    " (SELECT sum(last_tick) FROM session), (SELECT count(*) FROM event),"
                    " (SELECT coalesce(sum(count), 0) FROM gap WHERE kind = 'event'), (SELECT sum(last_seq) FROM session)")
    ticks, tick_gaps, all_ticks, events, event_gaps, all_events = counted[0]
    equal((ticks + tick_gaps, events + event_gaps), (all_ticks, all_events), "stored and in gaps, that is all of them")
    say(f"{all_ticks} ticks = {ticks} stored + {tick_gaps} in gaps; {all_events} events = {events} + {event_gaps}")
    for kind, reason, gaps, count in query("SELECT kind, reason, count(*), sum(count) FROM gap GROUP BY kind, reason"):
        say(f"gaps: {count} {kind}s in {gaps}: {reason}")


def steady_faults(record):
    """The first 1,000 were there until the power was cut, the second until the evening."""
    wrong = []
    for number in range(STEADY):
        rows = [row[0] for row in record.rows.get(STEADY_KEY % number, [])]
        found = [record.fault_of(row, kind) for row, kind in zip(rows, ("cut", "group"))]
        if len(rows) != 2 or any(found):
            wrong.append((number, len(rows), found))
    return wrong


def late_keys():
    """Those that began between the closing of the books and the cut; a snapshot may have told of one, and not the start."""
    cut = state["cut"]
    return {key for key, in query("SELECT key FROM container c JOIN event e ON e.container = c.id"
                                  " JOIN session s ON s.id = e.session WHERE s.instance = ? AND e.type = 'start'"
                                  " AND e.boottime_ns > ?", cut["instance"], cut["ns"])} | {
        key for key, in query("SELECT key FROM container c WHERE key LIKE ? AND first_seen_ns > ? AND NOT EXISTS"
                              " (SELECT 1 FROM event e WHERE e.container = c.id AND e.type = 'start')",
                              "da01%", cut["unix_ns"])}


def test_lives():
    """the books: each container has one start, one stop and one reason"""
    record = ledger.Record(DB)
    equal(record.told_twice()[:5], [], "no container has two starts, or other than one stop")
    equal(query("SELECT count(*) FROM container WHERE stopped_ns IS NULL")[0][0], 0, "all have ended")
    lives = ledger.read(f"{KEEP}/lives.1", 1) + ledger.read(f"{KEEP}/lives.2", 2)
    last = {int(boot): ns for boot, ns in state["last"].items()}
    counts, wrong = ledger.judge(lives, record, state["away"], last)
    say(f"{len(lives)} lives: " + ", ".join(f"{n} {what}" for what, n in counts.most_common()))
    equal([(life.kind, fault) for life, fault in wrong[:8]], [], "each that nothing excuses is told as it was")
    ok(counts["whole"] > 0.8 * len(lives), "which are most of them", counts)
    equal(steady_faults(record)[:5], [], f"so is each of the {STEADY} that were there all day")
    equal(dockers.faults(state["docker"], record), [], "and each life of Docker's")
    known = {life.key for life in lives} | {STEADY_KEY % n for n in range(STEADY)} | {
        book["key"] for book in state["docker"].values()}
    others = sorted(set(record.rows) - known - late_keys())
    for key in others[:5]:
        rows = query("SELECT c.id, c.first_seen_ns, c.started_ns, c.stopped_ns, e.session, e.seq, e.type, e.boottime_ns"
                     " FROM container c LEFT JOIN event e ON e.container = c.id WHERE key = ?", key)
        say(f"{key}: {rows}, {state['cut']}")
    equal(others[:5], [], "there are no others")
    say(f"Docker's: {sum(len(book['ends']) for book in state['docker'].values())} lives of"
        f" {len(state['docker'])} containers; rows in all: {sum(map(len, record.rows.values()))}")


MORNING = [test_start, test_day, test_cut]
EVENING = [test_again, test_evening, test_ticks, test_lives]

if os.path.exists(STATE):
    with open(STATE) as saved:
        state = json.load(saved)
    state["boot"] += 1
    tap.count, tap.failed = state["tap"]
    run(EVENING)
run(MORNING)
