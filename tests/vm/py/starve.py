# SPDX-License-Identifier: GPL-2.0
"""Keeps the kernel's workers waiting, so that what is left to them piles up."""
import contextlib
import glob
import os
import signal

# What leaves others a part of the time beside real-time processes, and the value that does not.
RESERVES = {"/proc/sys/kernel/sched_rt_runtime_us": "-1", "/sys/kernel/debug/sched/fair_server/cpu*/runtime": "0"}
SECONDS_MAX = 15


def put(path, text):
    """Write a setting; return what it was."""
    with open(path) as f:
        old = f.read().strip()
    with open(path, "w") as f:
        f.write(text)
    return old


def be_real_time(cpu):
    os.sched_setaffinity(0, {cpu})
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


def hog(cpu):
    """A process that takes a processor for itself; its pid."""
    ready, begun = os.pipe()
    pid = os.fork()
    if not pid:
        signal.alarm(SECONDS_MAX)
        be_real_time(cpu)
        os.write(begun, b"1")
        while True:
            pass
    os.read(ready, 1)
    os.close(ready)
    os.close(begun)
    return pid


@contextlib.contextmanager
def workers_starved():
    """Within, nothing runs but the caller and its children, who must not need a worker: nothing from a disk."""
    cpus = os.sched_getaffinity(0)
    settings = {path: put(path, value) for pattern, value in RESERVES.items() for path in glob.glob(pattern)}
    hogs = [hog(cpu) for cpu in cpus - {min(cpus)}]
    be_real_time(min(cpus))
    try:
        yield
    finally:
        for pid in hogs:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, cpus)
        for path, old in settings.items():
            put(path, old)
