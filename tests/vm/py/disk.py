# SPDX-License-Identifier: GPL-2.0
"""Bytes on disk for each container-sample, one a second: of sysmon's database, atop's log and PCP's archive, for the
same containers one after the other. disk.py [COUNT [SECONDS]]
"""
import glob
import os
import sqlite3
import sys
import time

from fleet import Bare
from peer_tools import STATE, Atop, Pcp, Sysmon


def database_bytes(peer):
    """As large as the file will be once the log is in it."""
    db = sqlite3.connect(f"file:{peer.database}?mode=ro", uri=True, timeout=10)
    try:
        return db.execute("PRAGMA page_count").fetchone()[0] * db.execute("PRAGMA page_size").fetchone()[0]
    finally:
        db.close()


def files_bytes(pattern):
    return sum(os.path.getsize(f) for f in glob.glob(pattern))


KEPT = {
    Sysmon: database_bytes,
    Atop: lambda peer: files_bytes(peer.log),
    Pcp: lambda peer: files_bytes(STATE + "/archive.*"),
}


def growth(kind, folders, work, seconds):
    """What it grows by, and by how many samples: what each has at its start is left out."""
    peer = kind(folders, work)
    peer.start()
    time.sleep(peer.warm)
    size, samples = KEPT[kind](peer), peer.samples()
    time.sleep(seconds)
    size, samples = KEPT[kind](peer) - size, peer.samples() - samples
    if samples < 0.9 * len(folders) * (seconds - 2):
        raise SystemExit(f"disk: {peer.name} has made {samples} samples in {seconds} s")
    peer.stop()
    return size, samples


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 600
    print("| tool | containers | load | samples | bytes | bytes a sample |\n| --- | ---: | --- | ---: | ---: | ---: |", flush=True)
    for work in ("idle", "busy"):
        containers = Bare(count, work)
        for kind in KEPT:
            size, samples = growth(kind, containers.folders, work, seconds)
            print(f"| {kind.name} | {count} | {work} | {samples:.0f} | {size} | {size / samples:.1f} |", flush=True)
        containers.end()


main()
