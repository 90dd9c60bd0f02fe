"""Runs each query of each dashboard on a database as Grafana and the plugin frser-sqlite-datasource would:

	queries.py DATABASE DASHBOARD...

The rules are the plugin's documented ones: Grafana's front end puts values in the place of variables, the back end then
expands the macro $__unixEpochGroupSeconds. Of the result a column that timeColumns names is a time in unix seconds; one
without a declared type gets that of its first value, and later values of other types are mangled; of a time series columns
of text are labels, and rows must come in the order of time."""
import json
import os
import re
import sqlite3
import sys
import time

from tap import ok

# What is read by its key or an index, or not at all: it grows with every sample or event.
LARGE = ("tick", "sample", "cpu", "io_device", "event")
# Aliases of those tables in the views and the dashboards; what else there may be a scan of is small.
LARGE_ALIASES = {"t", "r", "b", "s", "m", "e", "p", "k"}
RANGES = (("15 minutes", 900), ("3 hours", 3 * 3600), ("4 days", 4 * 86400))
SECONDS_MAX = 3.0


def sqlstring(values):
    return ",".join("'" + value.replace("'", "''") + "'" for value in values)


def front_end(sql, begin, end, containers):
    """What Grafana puts in the place of its variables."""
    known = {"$__from": str(begin * 1000), "$__to": str(end * 1000)}
    sql = sql.replace("${container:sqlstring}", sqlstring(containers))
    return re.sub(r"\$__(?:from|to)\b", lambda match: known[match.group()], sql)


def back_end(sql):
    """The plugin's macro."""
    def group(match):
        column, seconds = match.group(1).split(",")
        return f"cast(({column} / {int(seconds)}) as int) * {int(seconds)}"
    return re.sub(r"\$__unixEpochGroupSeconds\(([^)]*)\)", group, sql)


def scans(db, sql):
    """Lines of the plan that read all of a large table."""
    found = []
    for row in db.execute("EXPLAIN QUERY PLAN " + sql):
        match = re.match(r"SCAN (\S+)", row[3])
        if match and (match.group(1).startswith(LARGE) or match.group(1) in LARGE_ALIASES):
            found.append(row[3])
    return found


def kinds(rows, column):
    return {type(row[column]) for row in rows} - {type(None)}


def column_faults(names, rows, target):
    """What Grafana would show wrongly."""
    faults = []
    series = target["queryType"] == "time series"
    for i, name in enumerate(names):
        found = kinds(rows, i)
        is_time = name in target["timeColumns"]
        if len(found) > 1:
            faults.append(f"{name} is of several types: {found}")
        if is_time and not found <= {int, float}:
            faults.append(f"{name} is no time: {found}")
    if len(set(names)) != len(names):
        faults.append(f"columns of one name: {names}")
    if series and "time" not in names:
        faults.append("a series without time")
    if series and not any(kinds(rows, i) <= {int, float} for i, name in enumerate(names) if name != "time"):
        faults.append("a series without numbers")
    return faults


def time_faults(names, rows, target, begin, end):
    if "time" not in names:
        return []
    times = [row[names.index("time")] for row in rows]
    faults = []
    if None in times:
        return ["time is unknown"]
    if target["queryType"] == "time series" and times != sorted(times):
        faults.append("rows are not in the order of time")
    if target["queryType"] == "time series" and times and not begin - 3600 <= min(times) <= max(times) <= end + 1:
        faults.append(f"outside of the range: {min(times)} to {max(times)}")
    return faults


class Steps:
    """Counts what SQLite's machine does for a query, in hundreds of instructions."""

    def __init__(self, db):
        self.count = 0
        db.set_progress_handler(self.step, 100)

    def step(self):
        self.count += 1


def check_target(db, target, begin, end, containers):
    """Returns (faults, rows, steps)."""
    sql = back_end(front_end(target["queryText"], begin, end, containers))
    left = re.findall(r"\$\{?\w+", sql)
    if left:
        return [f"not expanded: {left}"], [], 0
    steps = Steps(db)
    started = time.monotonic()
    cursor = db.execute(sql)
    rows = cursor.fetchall()
    seconds = time.monotonic() - started
    names = [column[0] for column in cursor.description]
    faults = column_faults(names, rows, target) + time_faults(names, rows, target, begin, end)
    faults += [f"reads a whole table: {line}" for line in scans(db, sql)]
    if seconds > SECONDS_MAX:
        faults.append(f"takes {seconds:.1f} s")
    return faults, rows, steps.count


def check_variable(db, variable, begin, end):
    sql = front_end(variable["query"]["queryText"], begin, end, [])
    cursor = db.execute(sql)
    rows = cursor.fetchall()
    good = len(cursor.description) == 1 and "web" in [row[0] for row in rows]
    ok(f"variable {variable['name']} has one column with the containers", good, rows)
    return [row[0] for row in rows]


def shown(rows):
    """Whether there is anything to be seen: not just unknown figures."""
    return any(value is not None for row in rows for value in row[1:] or row)


def check_panel(db, title, panel, end, containers):
    rows_of = {}
    for target in panel["targets"]:
        ok(f"{title}: front and back end have the same query", target["rawQueryText"] == target["queryText"]
           and target["queryType"] in ("table", "time series") and target["timeColumns"] == ["time"])
        steps = {}
        for name, seconds in RANGES:
            faults, rows, steps[name] = check_target(db, target, end - seconds, end, containers)
            rows_of[name] = rows
            ok(f"{title}: {name}: {len(rows)} rows", not faults, "\n".join(faults))
            if target["queryType"] == "time series" and "5 minutes" not in panel["title"]:
                ok(f"{title}: {name}: not empty", len(rows) > 1 and shown(rows))
        if "_1h" in target["queryText"]:
            ok(f"{title}: four days cost less than a quarter of an hour of raw samples", steps["4 days"] < steps["15 minutes"] / 2, steps)
    ok(f"{title}: not empty", shown(rows_of["4 days"]) and shown(rows_of["3 hours"]))


def check_hostile_name(db, sql, end):
    """A name of a container may be anything."""
    name = "a'); DROP TABLE tick; --"
    try:
        rows = db.execute(back_end(front_end(sql, end - 900, end, [name]))).fetchall()
        ok("a hostile name is a text that no container has", rows == [])
    except sqlite3.Error as error:
        ok("a hostile name is a text that no container has", False, error)


def check_dashboard(db, path, end):
    with open(path, encoding="utf-8") as file:
        dashboard = json.load(file)
    containers = []
    several = True
    for variable in dashboard["templating"]["list"]:
        containers = check_variable(db, variable, end - 10800, end)
        several = variable["multi"]
    for panel in dashboard["panels"]:
        chosen = containers if several else ["leaky" if panel["title"] == "Stops" else "api"]
        check_panel(db, f"{dashboard['title']}: {panel['title']}", panel, end, chosen)
    if containers:
        check_hostile_name(db, dashboard["panels"][0]["targets"][0]["queryText"], end)


def check_plain_reader(path):
    """Grafana's process can't write: neither the files nor the folder."""
    if os.getuid():
        return
    folder = os.path.dirname(path)
    os.chmod(os.path.dirname(folder), 0o755)
    os.chmod(folder, 0o755)
    for name in os.listdir(folder):
        os.chmod(os.path.join(folder, name), 0o644)
    child = os.fork()
    if not child:
        os.setgid(65534)
        os.setuid(65534)
        try:
            db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            os._exit(0 if db.execute("SELECT count(*) FROM tick").fetchone()[0] else 1)
        except sqlite3.Error:
            os._exit(2)
    ok("who may not write can read, beside the write-ahead log", os.waitpid(child, 0)[1] == 0)


def main():
    path = sys.argv[1]
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    end = int(db.execute("SELECT max(ts_ns) / 1e9 FROM tick").fetchone()[0]) + 1
    assert scans(db, "SELECT * FROM v_machine"), "a scan would not be seen"
    assert scans(db, "SELECT * FROM v_container WHERE cpu_pct > 5"), "a scan would not be seen"
    for dashboard in sys.argv[2:]:
        check_dashboard(db, dashboard, end)
    db.close()
    check_plain_reader(path)


main()
