# SPDX-License-Identifier: GPL-2.0
"""A whole host with sysmon installed: its commands, its database, the demo's steps."""
import sqlite3
import subprocess

DB = "/var/lib/sysmon/sysmon.db"
STEPS = ". /mnt/host/demo/steps.sh; "
UNIT = "sysmon-collectord"


def sh(command):
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True)


def must(command):
    p = sh(command)
    if p.returncode:
        raise Exception(f"{command}: {p.returncode}\n{p.stdout}{p.stderr}")
    return p.stdout


def daemon_pid():
    """0 while none runs."""
    return int(must(f"systemctl show -P MainPID {UNIT}"))


def rss(pid):
    """A process's resident memory, in bytes."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) << 10 for line in f if line.startswith("VmRSS"))


def fill(path):
    """Append to a file until its disk takes no more."""
    with open(path, "ab", buffering=0) as f:
        try:
            while f.write(b"x" * 4096) == 4096:
                pass
        except OSError:
            pass


def query(sql, *args):
    db = sqlite3.connect(f"file:{DB}?mode=ro", uri=True, timeout=10)
    try:
        return db.execute(sql, args).fetchall()
    finally:
        db.close()
