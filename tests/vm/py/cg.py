# SPDX-License-Identifier: GPL-2.0
"""Cgroups made by hand, with names as container runtimes give them."""
import ctypes
import os
import signal
import struct
import subprocess
import time

ROOT = "/sys/fs/cgroup"
SYS_CLONE3 = 435
CLONE_INTO_CGROUP = 1 << 33


def hexname(number, prefix="c"):
    """A container id: 64 hex digits."""
    return prefix * 8 + f"{number:056x}"


class Cgroup:
    alive = []

    def __init__(self, path):
        self.path = path
        self.dir = os.path.join(os.fsencode(ROOT), os.fsencode(path).lstrip(b"/"))
        os.makedirs(self.dir, exist_ok=True)
        self.id = os.stat(self.dir).st_ino
        self.procs = []
        Cgroup.alive.append(self)

    def read(self, name):
        with open(os.path.join(self.dir, os.fsencode(name))) as f:
            return f.read()

    def write(self, name, text):
        with open(os.path.join(self.dir, os.fsencode(name)), "w") as f:
            f.write(text)

    def table(self, name):
        return {k: int(v) for k, v in (l.split() for l in self.read(name).splitlines())}

    def number(self, name):
        text = self.read(name).strip()
        return None if text == "max" else int(text)

    def io_devices(self):
        """The rows of io.stat that are not all zero, by device."""
        rows = {}
        for device, *words in map(str.split, self.read("io.stat").splitlines()):
            row = {k: int(v) for k, v in (w.split("=") for w in words)}
            if any(row.values()):
                rows[device] = row
        return rows

    def io(self):
        """Sums over the devices in io.stat."""
        keys = ("rbytes", "wbytes", "rios", "wios", "dbytes", "dios")
        return {k: sum(row[k] for row in self.io_devices().values()) for k in keys}

    def spawn(self, *argv, **kw):
        """Start a program inside the cgroup."""
        target = os.path.join(self.dir, b"cgroup.procs")

        def enter():
            fd = os.open(target, os.O_WRONLY)
            os.write(fd, b"0")
            os.close(fd)

        p = subprocess.Popen(argv, preexec_fn=enter, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, **kw)
        self.procs.append(p)
        return p

    def clone(self, *argv):
        """Start a program in a process made inside the cgroup, which no moving costs a wait; without argv it just ends."""
        fd = os.open(self.dir, os.O_RDONLY | os.O_DIRECTORY)
        args = struct.pack("=11Q", CLONE_INTO_CGROUP, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, fd)
        pid = ctypes.CDLL(None, use_errno=True).syscall(SYS_CLONE3, args, len(args))
        if pid == 0:
            if argv:
                os.execv(argv[0], argv)
            os._exit(0)
        os.close(fd)
        if pid < 0:
            raise OSError(ctypes.get_errno(), "clone3")
        return pid

    def kill(self):
        self.write("cgroup.kill", "1")
        for p in self.procs:
            p.wait()
        self.procs = []

    def remove(self):
        if self.procs:
            self.kill()
        if self in Cgroup.alive:
            Cgroup.alive.remove(self)
        for _ in range(200):
            try:
                os.rmdir(self.dir)
                return
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.01)
        os.rmdir(self.dir)

    @classmethod
    def remove_all(cls):
        """Remove what a failed test left, the innermost first."""
        for cg in sorted(cls.alive, key=lambda c: -len(c.dir)):
            cg.remove()
