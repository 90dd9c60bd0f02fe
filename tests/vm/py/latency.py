# SPDX-License-Identifier: GPL-2.0
"""How long a stop takes from the kernel's time stamp to its row, for a reader that looks every 5 ms and for
sysmonctl events --follow; and how many events a second are stored without a gap. For tests/vm/run -i, where a nanosecond
is one instruction. The database is in memory: idle, that clock jumps to the next timer, a disk or not.
"""
import json
import os
import sqlite3
import subprocess
import threading
import time

from cg import Cgroup
from tap import wait_for

DIR = "/dev/shm/latency"
DB = DIR + "/sysmon.db"
CONF = DIR + "/sysmon.conf"
TRUST = "/mnt/host/trust"
EVENTS = 3  # of each container: start, stop, removed


def configure(commit):
    os.makedirs(DIR, exist_ok=True)
    with open(CONF, "w", encoding="utf-8") as f:
        f.write(f"[collector]\ncommit_interval = {commit}\n[engine docker]\nenabled = no\n[engine podman]\nenabled = no\n")


def start(commit):
    """The daemon in a cgroup of its own, for its CPU time."""
    configure(commit)
    daemon = Cgroup("/daemon")
    daemon.spawn("sysmon-collectord", "--config", CONF, "--db", DB)
    wait_for(lambda: os.path.exists(DB) and os.path.getsize(DB) > 0, 60)
    time.sleep(5)
    return daemon


def connect():
    return sqlite3.connect(f"file:{DB}?mode=ro", uri=True, timeout=10, isolation_level=None)


class Follower(threading.Thread):
    """sysmonctl events --follow: when each line came."""

    def __init__(self):
        super().__init__()
        self.lines = []
        self.process = subprocess.Popen(
            ["sysmonctl", "--db", DB, "events", "--follow", "--type", "stop", "--lines", "0", "--format", "jsonl"],
            stdout=subprocess.PIPE)
        self.start()

    def run(self):
        for line in self.process.stdout:
            self.lines.append((time.time(), line))

    def end(self):
        """Seconds from the stop to its line, for each."""
        self.process.terminate()
        self.process.wait()
        self.join()
        return [at - json.loads(line)["time"] for at, line in self.lines]


class Reader:
    """Stops as they become visible."""

    def __init__(self):
        self.db = connect()
        self.version = None
        self.late = []  # seconds
        self.at = self.db.execute("SELECT session, seq FROM event ORDER BY 1 DESC, 2 DESC LIMIT 1").fetchone() or (0, 0)

    def look(self):
        version = self.db.execute("PRAGMA data_version").fetchone()
        if version == self.version:
            return
        self.version = version
        rows = self.db.execute("SELECT session, seq, ts_ns, type FROM event WHERE (session, seq) > (?, ?) ORDER BY 1, 2",
                               self.at).fetchall()
        now = time.time_ns()
        self.late += [(now - ts) / 1e9 for _, _, ts, kind in rows if kind == "stop"]
        if rows:
            self.at = rows[-1][:2]


def pace(rate, seconds):
    return subprocess.Popen([TRUST, "pace", str(rate), str(seconds)], stdout=subprocess.PIPE, text=True)


def watch(reader, paces):
    """Reads until all is seen, or has not come for long. Returns how many containers there were."""
    made, end = None, 0
    while made is None or (len(reader.late) < made and time.monotonic() < end):
        reader.look()
        time.sleep(0.005)
        if made is None and all(p.poll() is not None for p in paces):
            made = sum(int(p.stdout.read()) for p in paces)
            end = time.monotonic() + 20
    return made


def missing():
    db = connect()
    try:
        return db.execute("SELECT coalesce(sum(count), 0) FROM gap WHERE kind = 'event'").fetchone()[0]
    finally:
        db.close()


def of(values, part):
    """The least value that so large a part is not above, in milliseconds."""
    values = sorted(values)
    return round(values[min(len(values) - 1, int(len(values) * part))] * 1000)


def latency(name, commit, rate, seconds):
    follower, reader = Follower(), Reader()
    time.sleep(2)
    made = watch(reader, [pace(rate / EVENTS, seconds)])
    wait_for(lambda: len(follower.lines) >= made, 10)
    followed = follower.end()
    if not made or len(reader.late) != made or len(followed) != made:
        raise SystemExit(f"latency: {made} stops, {len(reader.late)} rows, {len(followed)} lines, {missing()} missing")
    print(f"| {commit} | {name} | {made * EVENTS / seconds:.1f} | {made} | {of(reader.late, 0.5)} | {of(reader.late, 0.99)} |"
          f" {of(followed, 0.5)} | {of(followed, 0.99)} |", flush=True)


def flood(daemon, workers, seconds):
    """As many events as the machine makes."""
    gone, reader = missing(), Reader()
    cpu = daemon.table("cpu.stat")["usage_usec"]
    made = watch(reader, [pace(0, seconds) for _ in range(workers)])
    cpu = daemon.table("cpu.stat")["usage_usec"] - cpu
    print(f"| {workers} | {made * EVENTS / seconds:.0f} | {made * EVENTS} | {len(reader.late) * EVENTS} | {missing() - gone} |"
          f" {cpu / made / EVENTS:.0f} | {of(reader.late, 0.5)} | {of(reader.late, 0.99)} |", flush=True)


def main():
    subprocess.run(["modprobe", "sysmon"], check=True)
    print("| commit interval | events a second, aimed at | there were | stops | row: median ms | 99% | --follow: median ms | 99% |\n"
          "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for commit in ("1s", "10s"):
        daemon = start(commit)
        # 1.3 a second: none falls on the same moment of the interval as the one before.
        for name, rate, seconds in (("now and then", 1.3, 240), ("100", 100, 15), ("1,000", 1000, 15)):
            latency(name, commit, rate, seconds)
        daemon.remove()
    daemon = start("1s")
    print("\n| makers | events a second | made | stored | missing | daemon's CPU us an event | row: median ms | 99% |\n"
          "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for workers in (1, 2, 4):
        flood(daemon, workers, 5)
    daemon.remove()


main()
