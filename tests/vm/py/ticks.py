# SPDX-License-Identifier: GPL-2.0
"""The module's ticks as the module times them: what the measures of its cost share."""
import os


def module(ynl):
    return ynl.do("module-get", {})["module"]


def put_ticks_first():
    """The module times its ticks by the clock: nothing else is to run on the one processor meanwhile."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm") as f:
                if f.read().startswith("kworker/u"):
                    os.sched_setscheduler(int(pid), os.SCHED_FIFO, os.sched_param(1))
        except (FileNotFoundError, ProcessLookupError):
            pass
