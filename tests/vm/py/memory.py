# SPDX-License-Identifier: GPL-2.0
"""The kernel's memory, measured so that it comes out the same when nothing was leaked.

Counts of slab objects are exact once each cache was shrunk, which takes back what the processors keep for themselves;
before that, removed cgroups have to be gone for good, and the caches of files and names dropped.
"""
import os

from tap import wait_for

SLAB = "/sys/kernel/slab"
DYING_MAX = 20


def dying():
    """Cgroups that are removed and not yet freed."""
    with open("/sys/fs/cgroup/cgroup.stat") as f:
        return dict(l.split() for l in f)["nr_dying_descendants"]


def drop_caches():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("3")


def settled():
    drop_caches()
    return int(dying()) <= DYING_MAX


def shrink():
    for entry in os.scandir(SLAB):
        if not entry.is_symlink():
            with open(os.path.join(entry.path, "shrink"), "w") as f:
                f.write("1")


def areas():
    """What vmalloc() gave and has not got back. The kernel keeps objects for areas it may give again, by no fixed number."""
    with open("/proc/vmallocinfo") as f:
        return sum("unpurged" not in l for l in f)


def slabs():
    """Active objects by cache; of vmap_area those in use alone. A processor's own slab counts as in use, all of it."""
    with open("/proc/slabinfo") as f:
        objects = {l.split()[0]: int(l.split()[1]) for l in f.readlines()[2:]}
    objects["vmap_area"] = areas()
    return objects


def slack():
    """By how many objects a cache may therefore differ: a slab for each processor."""
    with open("/proc/slabinfo") as f:
        return {l.split()[0]: int(l.split()[4]) * os.cpu_count() for l in f.readlines()[2:]}


def free_bytes():
    with open("/proc/meminfo") as f:
        return next(int(l.split()[1]) * 1024 for l in f if l.startswith("MemFree:"))


def measure():
    """Objects by cache, free memory, and how many cgroups are stuck."""
    wait_for(settled, 60, 0.5)
    for _ in range(3):  # names that were looked up and not found survive the first
        drop_caches()
    shrink()
    return slabs(), free_bytes(), int(dying())


def growth(before, after, objects, free):
    """What grew from one measure to the next by so many objects or so much memory: nothing, as it should be."""
    noise = slack()
    grown = {k: n - before[0].get(k, 0) for k, n in after[0].items()
             if n - before[0].get(k, 0) >= objects + noise.get(k, 0)}
    if before[1] - after[1] >= free:
        grown["free memory, bytes less"] = before[1] - after[1]
    if after[2] > DYING_MAX:
        grown["removed cgroups"] = after[2]
    return grown


def most(before, after):
    """The largest differences, for the log."""
    top = sorted(((n - before[0].get(k, 0), k) for k, n in after[0].items()), reverse=True)[:4]
    return ", ".join(f"{k} {n:+d}" for n, k in top) + f", free {(after[1] - before[1]) >> 10:+d} KiB, dying {after[2]}"
