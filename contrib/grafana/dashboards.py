#!/usr/bin/env python3
"""Makes the dashboards out of the tables below: dashboards.py DIR. What is committed in dashboards/ is its output; a test
checks that it is current, and runs every query.

Queries read raw samples of up to half an hour, minutes of up to a day and a half, and hours beyond: of the three parts of a
query two have a condition that is false for the range that is shown, which SQLite finds out before it reads anything."""
import json
import pathlib
import sys

DATASOURCE = {"type": "frser-sqlite-datasource", "uid": "sysmon"}
RANGE = "$__to - $__from"
WITHIN = "time BETWEEN $__from / 1000.0 AND $__to / 1000.0"
TIERS = (
    ("", f"{RANGE} <= 1800000"),
    ("_1m", f"{RANGE} BETWEEN 1800001 AND 129600000"),
    ("_1h", f"{RANGE} > 129600000"),
)


def tiered(view, columns, also=""):
    """SELECT of one of v_VIEW, v_VIEW_1m and v_VIEW_1h, by the range; columns as the views have them."""
    parts = (f"SELECT time, {columns} FROM {view}{tier} WHERE {when} AND {WITHIN}{also}" for tier, when in TIERS)
    return "\nUNION ALL\n".join(parts) + "\nORDER BY time"


def newest(view, columns):
    return f"SELECT {columns} FROM {view} WHERE {WITHIN} ORDER BY time DESC LIMIT 1"


def machine(**columns):
    return tiered("v_machine", ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items()))


ONE = " AND container = ${container:sqlstring}"
SOME = " AND container IN (${container:sqlstring})"


def one(**columns):
    return tiered("v_container", ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items()), ONE)


def each(column):
    """A line for each container that is chosen."""
    return tiered("v_container", f"container, {column}", SOME)


# Panels: how they are drawn, title, unit, query, and what else there is to set.

def target(sql, kind):
    return {"refId": "A", "datasource": DATASOURCE, "queryType": kind, "rawQueryText": sql, "queryText": sql, "timeColumns": ["time"]}


def panel(kind, title, unit, sql, query, width, height, options, custom=None, **defaults):
    field = {"unit": unit, **defaults}
    if custom:
        field["custom"] = custom
    return {"type": kind, "title": title, "datasource": DATASOURCE, "targets": [target(sql, query)],
            "gridPos": {"w": width, "h": height}, "fieldConfig": {"defaults": field, "overrides": []}, "options": options}


def lines(title, unit, sql, width=12, stacked=False, **more):
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 12, "showPoints": "never", "spanNulls": False,
              "stacking": {"mode": "normal" if stacked else "none", "group": "A"}}
    options = {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, unit, sql, "time series", width, 8, options, custom, **{"min": 0, **more})


def bars(title, sql, width=12):
    p = lines(title, "short", sql, width, stacked=True)
    p["fieldConfig"]["defaults"]["custom"].update({"drawStyle": "bars", "fillOpacity": 80})
    return p


def stat(title, unit, sql, width=6, steps=None, **more):
    options = {"colorMode": "value", "graphMode": "none", "justifyMode": "auto", "orientation": "auto", "textMode": "auto",
               "wideLayout": True, "showPercentChange": False, "percentChangeColorMode": "standard",
               "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}}
    more["thresholds"] = {"mode": "absolute", "steps": [{"color": "green", "value": None},
                                                       *({"color": c, "value": v} for c, v in steps or ())]}
    return panel("stat", title, unit, sql, "table", width, 4, options, **more)


def table(title, sql, width=24, units=None, height=9):
    options = {"showHeader": True, "cellHeight": "sm"}
    p = panel("table", title, "short", sql, "table", width, height, options, {"align": "auto", "filterable": True})
    p["fieldConfig"]["overrides"] = [{"matcher": {"id": "byName", "options": name}, "properties": [{"id": "unit", "value": unit}]}
                                     for name, unit in (units or {}).items()]
    return p


def placed(panels):
    """From left to right, in rows as high as the highest in them."""
    x = y = high = 0
    for number, p in enumerate(panels, 1):
        grid = p["gridPos"]
        if x + grid["w"] > 24:
            x, y, high = 0, y + high, 0
        p["id"] = number
        grid.update(x=x, y=y)
        x, high = x + grid["w"], max(high, grid["h"])
    return panels


def variable(several):
    sql = ("SELECT DISTINCT coalesce(name, key) FROM container"
           " WHERE first_seen_ns <= $__to * 1000000 AND ifnull(stopped_ns, $__to * 1000000) >= $__from * 1000000 ORDER BY 1")
    made = {"name": "container", "label": "Container", "type": "query", "datasource": DATASOURCE, "refresh": 2, "sort": 1, "hide": 0,
            "query": {"rawQueryText": sql, "queryText": sql, "refId": "container", "timeColumns": []}, "multi": several,
            "includeAll": several, "skipUrlSync": False, "options": []}
    if several:
        made["current"] = {"selected": True, "text": ["All"], "value": ["$__all"]}
    return made


def dashboard(uid, title, about, panels, variables=(), span="now-1h"):
    return {"uid": "sysmon-" + uid, "title": title, "description": about, "tags": ["sysmon"], "schemaVersion": 41, "version": 1,
            "editable": True, "graphTooltip": 1, "timezone": "browser", "refresh": "10s", "time": {"from": span, "to": "now"},
            "fiscalYearStartMonth": 0, "liveNow": False, "preload": False, "weekStart": "", "timepicker": {},
            "annotations": {"list": []}, "templating": {"list": list(variables)},
            "links": [{"title": "sysmon", "type": "dashboards", "tags": ["sysmon"], "asDropdown": False, "includeVars": False,
                       "keepTime": True, "targetBlank": False, "icon": "dashboard", "tooltip": "", "url": ""}],
            "panels": placed(panels)}


def host():
    busy = [("orange", 80), ("red", 95)]
    return dashboard("host", "Host", "What the machine uses.", [
        stat("CPU", "percent", newest("v_machine", "CAST(cpu_pct / cpus AS REAL) AS cpu"), steps=busy, min=0, max=100),
        stat("Memory in use", "percent", newest("v_machine", "CAST(mem_used_bytes * 100.0 / mem_total_bytes AS REAL) AS memory"),
             steps=busy, min=0, max=100),
        stat("Load over 1 minute", "short", newest("v_machine", "load1"), decimals=2),
        stat("Containers", "short", newest("v_machine", "containers")),
        lines("CPU, percent of one", "percent", machine(user="cpu_user_pct", system="cpu_system_pct", iowait="cpu_iowait_pct", steal="cpu_steal_pct"), stacked=True),
        lines("Memory", "bytes", machine(**{"in use": "mem_used_bytes", "total": "mem_total_bytes", "swap": "swap_used_bytes"})),
        lines("Load", "short", machine(**{"1 minute": "load1", "5 minutes": "load5", "15 minutes": "load15"})),
        lines("Pressure: some task waits", "percent", machine(cpu="psi_cpu_some_pct", memory="psi_mem_some_pct", io="psi_io_some_pct")),
        lines("Pressure: all tasks wait", "percent", machine(memory="psi_mem_full_pct", io="psi_io_full_pct")),
        lines("Where memory is", "bytes", machine(anonymous="mem_anon_bytes", cached="mem_cached_bytes", shared="mem_shmem_bytes",
                                                  slab="mem_slab_bytes", dirty="mem_dirty_bytes", free="mem_free_bytes",
                                                  **{"page tables": "mem_page_tables_bytes"})),
    ])


def containers():
    now = ("SELECT container, image, cpu_pct AS cpu, mem_bytes AS memory, mem_pct AS \"of limit\", net_rx_bps AS received,"
           " net_tx_bps AS sent, io_read_bps AS read, io_write_bps AS written, pids AS tasks FROM v_container"
           " WHERE time = (SELECT max(time) FROM v_machine WHERE " + WITHIN + ")" + SOME + " ORDER BY cpu_pct DESC")
    return dashboard("containers", "Containers", "All containers beside each other.", [
        table("Newest sample", now, units={"cpu": "percent", "memory": "bytes", "of limit": "percent", "received": "Bps", "sent": "Bps",
                                           "read": "Bps", "written": "Bps"}),
        lines("CPU, percent of one", "percent", each("cpu_pct")),
        lines("Memory", "bytes", each("mem_bytes")),
        lines("Working set", "bytes", each("mem_working_set_bytes")),
        lines("Memory, of the limit", "percent", each("mem_pct")),
        lines("Received", "Bps", each("net_rx_bps")),
        lines("Sent", "Bps", each("net_tx_bps")),
        lines("Read", "Bps", each("io_read_bps")),
        lines("Written", "Bps", each("io_write_bps")),
        lines("Held back by the CPU quota", "percent", each("throttled_pct")),
        lines("Waits for a CPU", "percent", each("psi_cpu_some_pct")),
        lines("Waits for memory", "percent", each("psi_mem_some_pct")),
        lines("Tasks", "short", each("pids")),
    ], [variable(True)])


def container():
    lives = ("SELECT first_seen_ns / 1e9 AS time, image, command, runtime, key AS id, started_ns / 1000000 AS started,"
             " stopped_ns / 1000000 AS stopped FROM container WHERE coalesce(name, key) = ${container:sqlstring} ORDER BY first_seen_ns DESC LIMIT 100")
    return dashboard("container", "One container", "All that is known of one container.", [
        table("Lives", lives, units={"started": "dateTimeAsIso", "stopped": "dateTimeAsIso"}, height=6),
        lines("CPU, percent of one", "percent", one(used="cpu_pct", quota="cpu_limit_pct")),
        lines("Held back, and waiting", "percent", one(**{"by the CPU quota": "throttled_pct", "for a CPU": "psi_cpu_some_pct",
                                                          "for memory": "psi_mem_some_pct", "for io": "psi_io_some_pct"})),
        lines("Memory", "bytes", one(**{"in use": "mem_bytes", "working set": "mem_working_set_bytes", "limit": "mem_limit_bytes", "swap": "swap_bytes"})),
        lines("Where memory is", "bytes", one(anonymous="mem_anon_bytes", files="mem_file_bytes"), stacked=True),
        lines("Network", "Bps", one(received="net_rx_bps", sent="net_tx_bps")),
        lines("Packets", "pps", one(received="net_rx_pps", sent="net_tx_pps", dropped="net_drops", bad="net_errors")),
        lines("Disk", "Bps", one(read="io_read_bps", written="io_write_bps")),
        lines("Disk operations", "iops", one(read="io_read_iops", written="io_write_iops")),
        lines("Tasks", "short", one(tasks="pids", limit="pids_limit")),
        lines("Killed for lack of memory", "short", one(processes="oom_kills")),
        table("Stops", "SELECT time, reason, rule, exit_code, signal, duration_s, cpu_seconds, mem_peak_bytes, killer_comm, oom_comm FROM v_stop"
              " WHERE container = ${container:sqlstring} AND " + WITHIN + " ORDER BY time DESC LIMIT 200",
              units={"duration_s": "s", "cpu_seconds": "s", "mem_peak_bytes": "bytes"}),
    ], [variable(False)])


EVENTS = """SELECT e.ts_ns / 1e9 AS time, e.type, coalesce(c.name, c.key) AS container, c.image, e.exit_code, e.exit_signal AS signal,
 p.comm AS process, k.comm AS sender, e.count, e.limit_value AS "limit"
FROM event AS e LEFT JOIN container AS c ON c.id = e.container
LEFT JOIN event_process AS p ON p.session = e.session AND p.seq = e.seq AND p.role = 'subject'
LEFT JOIN event_process AS k ON k.session = e.session AND k.seq = e.seq AND k.role = 'sender'
WHERE e.ts_ns BETWEEN $__from * 1000000 AND $__to * 1000000 ORDER BY e.ts_ns DESC LIMIT 1000"""

ACTIONS = """SELECT a.decided_ns / 1e9 AS time, a.rule, coalesce(c.name, c.key) AS container, a.verb, a.state, a.attempt, a.http_status, a.error,
 CAST((a.confirmed_ns - a.decided_ns) / 1e9 AS REAL) AS took
FROM action AS a JOIN container AS c ON c.id = a.container
WHERE a.decided_ns BETWEEN $__from * 1000000 AND $__to * 1000000 ORDER BY a.decided_ns DESC LIMIT 1000"""

ALARMS = """SELECT a.ts_ns / 1e9 AS time, a.reason, a.rule, coalesce(c.name, c.key) AS container, a.detail
FROM alarm AS a LEFT JOIN container AS c ON c.id = a.container
WHERE a.ts_ns BETWEEN $__from * 1000000 AND $__to * 1000000 ORDER BY a.ts_ns DESC LIMIT 1000"""


def stops():
    return dashboard("stops", "Stops and events", "What stopped and why, what the policy did, and what the kernel told.", [
        bars("Stops by reason, in 5 minutes", "SELECT $__unixEpochGroupSeconds(time, 300) AS time, ifnull(reason, 'unknown') AS reason,"
             " count(*) AS stops FROM v_stop WHERE " + WITHIN + " GROUP BY 1, 2 ORDER BY 1"),
        bars("Events by type, in 5 minutes", "SELECT $__unixEpochGroupSeconds(ts_ns / 1000000000, 300) AS time, type, count(*) AS events FROM event"
             " WHERE ts_ns BETWEEN $__from * 1000000 AND $__to * 1000000 GROUP BY 1, 2 ORDER BY 1"),
        table("Stops", "SELECT time, container, image, command, duration_s AS \"ran for\", reason, rule, exit_code, signal, killer_comm AS killer,"
              " killer_parent_comm AS \"killer's parent\", oom_comm AS \"out of memory\", cpu_seconds AS \"CPU time\", mem_peak_bytes AS \"memory, highest\""
              " FROM v_stop WHERE " + WITHIN + " ORDER BY time DESC LIMIT 1000",
              units={"ran for": "s", "CPU time": "s", "memory, highest": "bytes"}, height=11),
        table("What the policy did", ACTIONS, 12, {"took": "s"}),
        table("Alarms", ALARMS, 12),
        table("Events", EVENTS, height=12),
    ], span="now-6h")


def status(key, scale=""):
    return f"(SELECT value{scale} FROM status WHERE key = '{key}')"


def sampled(column, name):
    """A figure of ticks that minutes do not have: beyond half an hour that of each minute's last tick, while it is kept."""
    return (f"SELECT time, {column} AS {name} FROM v_machine WHERE {RANGE} <= 1800000 AND {WITHIN}"
            f"\nUNION ALL\nSELECT m.ts_ns / 1e9, (SELECT {column} FROM tick WHERE id = m.last) FROM tick_1m AS m"
            f" WHERE {RANGE} > 1800000 AND m.ts_ns BETWEEN $__from * 1000000 AND $__to * 1000000\nORDER BY time")


def sysmon():
    age = "SELECT CAST($__to / 1000.0 - value / 1e9 AS REAL) AS age FROM status WHERE key = 'heartbeat_ns'"
    return dashboard("sysmon", "Health of sysmon itself", "Whether the record is whole, and what it takes.", [
        stat("Daemon heard from, ago", "s", age, steps=[("orange", 10), ("red", 60)], decimals=0),
        stat("Module", "string", f"SELECT {status('module_state')} AS module"),
        stat("Ticks missing, since the daemon's start", "short", f"SELECT {status('gap_ticks')} AS ticks", steps=[("orange", 1)]),
        stat("Database", "bytes", f"SELECT {status('db_bytes')} + {status('wal_bytes')} AS bytes"),
        lines("Samples that were taken, of those that should be", "percent",
              "SELECT time, CAST(ticks * 100.0 * interval_s / 60 AS REAL) AS \"in a minute\" FROM v_machine_1m,"
              f" (SELECT CAST({status('module_interval_ns')} / 1e9 AS REAL) AS interval_s) WHERE {WITHIN} ORDER BY time"),
        lines("The kernel's walk over all containers", "µs", sampled("walk_us", "walk")),
        lines("Containers that were sampled", "short", sampled("containers", "containers")),
        table("What is missing", "SELECT time, CAST(until * 1000 AS INTEGER) AS until, kind, count, reason FROM v_gap"
              f" WHERE {WITHIN} ORDER BY time DESC LIMIT 1000", 12, {"until": "dateTimeAsIso"}),
        table("What the daemon says of itself", "SELECT key, CAST(value AS TEXT) AS value FROM status WHERE value IS NOT NULL ORDER BY key", height=14),
    ], span="now-6h")


def main():
    folder = pathlib.Path(sys.argv[1])
    for make in (host, containers, container, stops, sysmon):
        made = make()
        text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
        (folder / (made["uid"].removeprefix("sysmon-") + ".json")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
