#!/usr/bin/python3
"""Writes a PCP archive of the containers' minutes of a database of fill.sh: CPU time as a counter, and memory.

	pcp-archive.py DATABASE ARCHIVE
"""
import sqlite3
import sys

import cpmapi
from pcp import pmi

CGROUPS = 3  # Linux's PMDA of cgroups
MINUTES = """
    SELECT t.ts_ns / 1000000000, s.container, s.cpu_usage_us, s.mem_bytes
    FROM tick_1m AS t CROSS JOIN sample_1m AS s ON s.tick = t.id ORDER BY t.ts_ns, s.container"""


def add_metrics(log, names):
    """The handles of each container, by its row: (CPU, memory)."""
    indom = log.pmiInDom(CGROUPS, 0)
    log.pmiAddMetric("cgroup.cpu.stat.usage", log.pmiID(CGROUPS, 0, 0), cpmapi.PM_TYPE_U64, indom, cpmapi.PM_SEM_COUNTER,
                     log.pmiUnits(0, 1, 0, 0, cpmapi.PM_TIME_USEC, 0))
    log.pmiAddMetric("cgroup.memory.current", log.pmiID(CGROUPS, 0, 1), cpmapi.PM_TYPE_U64, indom, cpmapi.PM_SEM_INSTANT,
                     log.pmiUnits(1, 0, 0, cpmapi.PM_SPACE_BYTE, 0, 0))
    for row, name in names.items():
        log.pmiAddInstance(indom, name, row)
    return {row: (log.pmiGetHandle("cgroup.cpu.stat.usage", name), log.pmiGetHandle("cgroup.memory.current", name))
            for row, name in names.items()}


def main():
    db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    names = dict(db.execute("SELECT id, name FROM container WHERE id IN (SELECT container FROM sample_1m_base)"))
    log = pmi.pmiLogImport(sys.argv[2])
    log.pmiSetHostname("bench")
    log.pmiSetTimezone("UTC")
    handles = add_metrics(log, names)
    used, now = dict.fromkeys(names, 0), None
    for at, row, cpu, memory in db.execute(MINUTES):
        if now not in (None, at):
            log.pmiWrite(now + 60, 0)  # a minute's figures are known at its end
        now = at
        used[row] += cpu
        log.pmiPutValueHandle(handles[row][0], str(used[row]))
        log.pmiPutValueHandle(handles[row][1], str(memory))
    log.pmiWrite(now + 60, 0)
    log.pmiEnd()


main()
