# SPDX-License-Identifier: GPL-2.0
"""Cgroups made by hand, with names as container runtimes give them."""
import os
import subprocess
import time

ROOT = "/sys/fs/cgroup"


def hexname(number, prefix="c"):
    """A container id: 64 hex digits."""
    return prefix * 8 + f"{number:056x}"


class Cgroup:
    alive = []

    def __init__(self, path):
        self.path = path
        self.dir = os.path.join(os.fsencode(ROOT), os.fsencode(path).lstrip(b"/"))
        os.makedirs(self.dir, exist_ok=True)
        self.procs = []
        Cgroup.alive.append(self)

    @property
    def id(self):
        return os.stat(self.dir).st_ino

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

    def io(self):
        """Sums over the devices in io.stat."""
        sums = dict(rbytes=0, wbytes=0, rios=0, wios=0)
        for line in self.read("io.stat").splitlines():
            for word in line.split()[1:]:
                key, value = word.split("=")
                if key in sums:
                    sums[key] += int(value)
        return sums

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
