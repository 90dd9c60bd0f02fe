# SPDX-License-Identifier: GPL-2.0
"""
The books of lives that `trust lives` keeps, against the daemon's database.

A time is nanoseconds of CLOCK_BOOTTIME, which no clock that is set disturbs, within a boot of the machine.
"""
import sqlite3
from collections import Counter, namedtuple

# A life, or one that was under way when the books ended: then its end is None.
Life = namedtuple("Life", "boot key kind begun ended")

# What the record has to say of each kind of end: reason, exit code, signal.
ENDS = {
    "done": ("exit", 0, None),
    "failed": ("exit", 3, None),
    "killed": ("signal", None, 9),
    "termed": ("signal", None, 15),
    "group": ("signal", None, 9),
    "oom": ("oom", None, 9),
    "cut": (None, None, None),  # the power: nobody could tell of it
}


def read(path, boot):
    """The lives of a book; a last line that the power cut short is none."""
    begun, ended = {}, {}
    with open(path, errors="replace") as f:
        for line in f:
            words = line.split()
            if not line.endswith("\n"):
                break
            if words[0] == "begin":
                begun[words[1]] = (words[2], int(words[3]))
            else:
                ended[words[1]] = int(words[2])
    return [Life(boot, key, kind, at, ended.get(key)) for key, (kind, at) in begun.items()]


class Record:
    """What the database has of containers, stops and events, read at once."""

    def __init__(self, path):
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
        self.events = {c: (starts, stops) for c, starts, stops in db.execute(
            "SELECT container, sum(type = 'start'), sum(type = 'stop') FROM event GROUP BY container")}
        self.stops = {}
        for container, *row in db.execute("SELECT container, reason, exit_code, signal FROM stop"):
            self.stops.setdefault(container, []).append(tuple(row))
        self.rows = {}
        for id_, key, stopped in db.execute("SELECT id, key, stopped_ns FROM container ORDER BY id"):
            self.rows.setdefault(key, []).append((id_, stopped))
        db.close()

    def told_twice(self):
        """Containers with more than one start or stop, or that ended without exactly one stop: there are to be none."""
        wrong = []
        for key, rows in self.rows.items():
            for id_, stopped in rows:
                starts, stops = self.events.get(id_, (0, 0))
                if starts > 1 or stops > 1 or len(self.stops.get(id_, [])) != (stopped is not None):
                    wrong.append((key, id_, starts, stops, self.stops.get(id_)))
        return wrong

    def fault(self, life):
        """What is wrong with the record of a life, or None."""
        rows = self.rows.get(life.key, [])
        return self.fault_of(rows[0][0], life.kind) if len(rows) == 1 else f"{len(rows)} rows"

    def fault_of(self, id_, kind):
        """What is wrong with a row, or None: one start, one stop, and the reason that it had."""
        if self.events.get(id_) != (1, int(kind != "cut")):
            return f"starts and stops {self.events.get(id_)}"
        stops = self.stops.get(id_, [])
        if len(stops) != 1:
            return f"{len(stops)} stops"
        reason, code, signal = ENDS[kind]
        said, said_code, said_signal = stops[0]
        if said != reason or (code is not None and said_code != code) or (reason == "signal" and said_signal != signal):
            return f"{kind}: {stops[0]}"
        return None


def judge(lives, record, away, last):
    """
    Counts lives by what became of them: whole; or not, and then whether the module was away in their time (`away`:
    boot, from, to) or the power was cut before their end was stored (`last`: the newest event of a boot that ended so).
    Returns the counts and the lives for whose faults there is no such excuse.
    """
    counts, wrong = Counter(), []
    for life in lives:
        fault = record.fault(life)
        if not fault:
            counts["whole"] += 1
        elif any(boot == life.boot and life.begun <= to and (life.ended is None or life.ended >= begin)
                 for boot, begin, to in away):
            counts["module away"] += 1
        elif life.boot in last and (life.ended is None or life.ended > last[life.boot]):
            counts["power cut"] += 1
        else:
            counts["wrong"] += 1
            wrong.append((life, fault))
    return counts, wrong
