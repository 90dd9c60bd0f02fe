# SPDX-License-Identifier: GPL-2.0
"""A whole host with sysmon installed: its commands, its database, the demo's steps."""
import sqlite3
import subprocess

DB = "/var/lib/sysmon/sysmon.db"
STEPS = ". /mnt/host/demo/steps.sh; "


def sh(command):
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True)


def must(command):
    p = sh(command)
    if p.returncode:
        raise Exception(f"{command}: {p.returncode}\n{p.stdout}{p.stderr}")
    return p.stdout


def query(sql, *args):
    db = sqlite3.connect(f"file:{DB}?mode=ro", uri=True, timeout=10)
    try:
        return db.execute(sql, args).fetchall()
    finally:
        db.close()
