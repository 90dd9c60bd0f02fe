# SPDX-License-Identifier: GPL-2.0
"""The tools that tests/bench/peers.sh compares: how each is started and ended, and how many samples it has made.

Each runs in the cgroup /peer, samples every second, and keeps what it keeps on the disk. What Debian's packages do when
they are installed is done here, since they are only unpacked (tests/bench/peer-packages.sh).
"""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.request

from account import Existing
from cg import Cgroup
from family import open_family, reopen
from host import must
from tap import wait_for
from ticks import module, put_ticks_first

PACKAGES = "/mnt/host/root"
STATE = "/var/lib/peers"


def install_packages():
    """All of them onto the disk before anything is measured: else the kernel writes them out meanwhile."""
    if os.path.exists(PACKAGES):
        must(f"tar -C {PACKAGES} -c . | tar -C / -x --keep-directory-symlink && ldconfig && rm -r {PACKAGES} && sync")


class Peer:
    """One tool, watching containers whose cgroups' folders are given."""
    packaged = False
    standing = ()  # cgroups of the tool's that are there without it
    warm = 5

    def __init__(self, folders, work):
        self.folders, self.work = folders, work
        self.out = f"{STATE}/{type(self).__name__}.out"
        shutil.rmtree(STATE, ignore_errors=True)
        os.makedirs(STATE)
        if self.packaged:
            install_packages()
        self.group = Cgroup("/peer")
        self.cgroups = [self.group] + [Existing(path) for path in self.standing]

    def spawn(self, command):
        return self.group.spawn("/bin/sh", "-c", f"exec {command} >{self.out} 2>&1")

    def lines(self, pattern):
        with open(self.out) as f:
            return sum(1 for line in f if re.search(pattern, line))

    def seconds(self):
        return 30

    def settled(self):
        """Called when measuring begins."""

    def parts(self):
        """Of its cost, what it tells itself: pairs of a name and instructions for a sample."""
        return ()

    def stop(self):
        self.group.kill()
        self.group.remove()


def long_seconds(peer):
    """For what costs little; the module takes turns of 256 ticks at what it does seldom for an idle container."""
    count = len(peer.folders)
    if peer.work == "idle":
        return 256 if count < 256 else 32
    return max(32, min(256, 2560 // count))


class Lean(Peer):
    name = "lean"
    seconds = long_seconds

    def start(self):
        self.reader = self.spawn("/mnt/host/lean 1000 " + " ".join(self.folders))

    def samples(self):
        before = self.lines("")
        self.reader.send_signal(signal.SIGUSR1)
        if not wait_for(lambda: self.lines("") > before, 10):
            raise Exception("lean does not answer: " + must(f"cat {self.out}"))
        with open(self.out) as f:
            return int(f.readlines()[-1])


class Sysmon(Peer):
    """The module and the daemon as installed."""
    name = "sysmon"
    seconds = long_seconds
    database = "/var/lib/sysmon/sysmon.db"
    ynl = None

    @property
    def warm(self):
        """Containers are idle a minute after their last work, or after they were found."""
        return 80 if self.work == "idle" else 12

    def start(self):
        must("modprobe sysmon")
        Sysmon.ynl = reopen(Sysmon.ynl) if Sysmon.ynl else open_family()
        self.spawn("/usr/sbin/sysmon-collectord")
        if not wait_for(lambda: self.samples() and module(self.ynl)["walks"] > 2, 120, 0.5):
            raise Exception(must(f"cat {self.out}"))
        put_ticks_first()

    def settled(self):
        self.first = module(self.ynl)

    def samples(self):
        if not os.path.exists(self.database):
            return 0
        db = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute("SELECT count(*) FROM sample").fetchone()[0]
        except sqlite3.OperationalError:
            return 0
        finally:
            db.close()

    def parts(self):
        """The module times each tick from the first figure to the last push; those since measuring began."""
        now = module(self.ynl)
        spent, ticks = (now[key] - self.first[key] for key in ("tick-total-ns", "ticks"))
        return (("sampling and push", spent / ticks / len(self.folders)),)

    def stop(self):
        super().stop()
        must("! grep -q ^sysmon /proc/modules || rmmod sysmon; rm -f /var/lib/sysmon/*")


class Cgtop(Peer):
    name = "systemd-cgtop"

    def start(self):
        common = os.path.commonpath([os.path.dirname(f) for f in self.folders])
        self.spawn(f"systemd-cgtop -b -d 1 -n 100000 {common.removeprefix('/sys/fs/cgroup')}")

    def samples(self):
        return sum(self.lines(re.escape(os.path.basename(f))) for f in self.folders[:1]) * len(self.folders)


class Atop(Peer):
    """With the daemon that reads process accounting, as the package has it."""
    name = "atop"
    packaged = True
    log = STATE + "/atop.log"

    def start(self):
        self.group.spawn("/usr/sbin/atopacctd").wait()
        self.spawn(f"/usr/bin/atop -w {self.log} 1")

    def samples(self):
        return must(f"atop -r {self.log} -PCPU").count("\nCPU ") * len(self.folders)


class Pcp(Peer):
    name = "pcp"
    packaged = True
    warm = 10
    metrics = ("cgroup.cpu.stat", "cgroup.memory.current", "cgroup.io.stat")
    agents = ("pmcd 2 dso pmcd_init /var/lib/pcp/pmdas/pmcd/pmda_pmcd.so\n"
              "proc 3 pipe binary /var/lib/pcp/pmdas/proc/pmdaproc -d 3\n"
              "linux 60 pipe binary /var/lib/pcp/pmdas/linux/pmdalinux\n")

    def install(self):
        if not os.path.exists("/var/lib/pcp/pmns/root"):
            must("useradd -r pcp; cd /var/lib/pcp/pmns && ./Rebuild -u && mkdir -p /run/pcp /var/log/pcp/pmcd")

    def start(self):
        self.install()
        conf, log = STATE + "/pmcd.conf", STATE + "/pmlogger.conf"
        with open(conf, "w") as f:
            f.write(self.agents + "[access]\nallow \".*\" : all;\nallow \"local:*\" : all;\n")
        with open(log, "w") as f:
            f.write("log mandatory on every 1 second {\n" + "\n".join(self.metrics) + "\n}\n")
        self.spawn(f"/usr/lib/pcp/bin/pmcd -f -A -U root -c {conf} -l {STATE}/pmcd.log")
        time.sleep(10)
        self.group.spawn("/usr/bin/pmlogger", "-U", "root", "-c", log, "-l", STATE + "/pmlogger.log", STATE + "/archive")

    def samples(self):
        dump = must(f"pmdumplog {STATE}/archive cgroup.memory.current")
        return dump.count(os.path.basename(self.folders[0])) * len(self.folders)


class Netdata(Peer):
    """As packaged, with all of its collectors."""
    name = "netdata"
    packaged = True
    warm = 40
    plugins = ""
    api = "http://127.0.0.1:19999/api/v1/"

    def start(self):
        must("id netdata || useradd -r netdata; mkdir -p /var/cache/netdata /var/lib/netdata /var/log/netdata &&"
             " chown -R netdata /var/cache/netdata /var/lib/netdata /var/log/netdata &&"
             " chown -R root:netdata /usr/lib/netdata/plugins.d && chmod 4754 /usr/lib/netdata/plugins.d/apps.plugin &&"
             " ip link set lo up")
        with open(STATE + "/netdata.conf", "w") as f:
            f.write("[global]\nrun as user = netdata\n[web]\nbind to = 127.0.0.1\n"
                    "[plugin:cgroups]\nrun script to rename cgroups matching = !*\nmax cgroups to allow = 2000\n" + self.plugins)
        self.began = int(time.time())
        self.spawn(f"/usr/sbin/netdata -D -c {STATE}/netdata.conf")
        if not wait_for(self.charts, 300, 1):
            raise Exception(must(f"tail -n 40 {self.out}"))

    def get(self, what):
        with urllib.request.urlopen(self.api + what, timeout=60) as answer:
            return json.load(answer)

    def charts(self):
        """The charts of containers' memory, one for each, once all have one."""
        try:
            charts = self.get("charts")["charts"]
        except OSError:
            return None
        names = [os.path.basename(f) for f in self.folders]
        found = [id for id, c in charts.items() if c["context"] == "cgroup.mem_usage" and any(n in id for n in names)]
        return found if len(found) == len(names) else None

    def samples(self):
        chart = self.charts()[0]
        rows = self.get(f"data?chart={chart}&after={self.began}&format=json")["data"]
        return sum(any(v is not None for v in row[1:]) for row in rows) * len(self.folders)


class NetdataCgroups(Netdata):
    """Its cgroups plugin alone."""
    name = "netdata, cgroups only"
    plugins = "[plugins]\n" + "".join(f"{name} = no\n" for name in (
        "proc", "diskspace", "tc", "idlejitter", "apps", "checks", "charts.d", "python.d", "node.d", "go.d", "fping",
        "ioping", "perf", "slabinfo", "freeipmi", "cups", "nfacct", "xenstat", "statsd", "timex", "ebpf", "enable running new plugins"))


class DockerStats(Peer):
    name = "docker stats"
    standing = ("/system.slice/docker.service", "/system.slice/containerd.service")
    warm = 10

    def start(self):
        self.spawn("docker stats")
        self.rate = None

    def samples(self):
        """The engine's samples by the clock, at the rate at which it was seen to send them."""
        if self.rate is None:
            sent = subprocess.run("timeout 20 curl -sN --unix-socket /run/docker.sock http://d/containers/"
                                  "$(docker ps -q | head -n 1)/stats", shell=True, capture_output=True, text=True).stdout
            self.rate = (sent.count('"read":') - 1) / 20
        return time.monotonic() * self.rate * len(self.folders)


class PodmanStats(Peer):
    name = "podman stats"

    def start(self):
        self.spawn("podman stats --interval 1 --format '{{.ID}}'")

    def samples(self):
        return self.lines("^[0-9a-f]{12}")


PEERS = {p.__name__.lower(): p for p in (Lean, Sysmon, Cgtop, Atop, Pcp, Netdata, NetdataCgroups, DockerStats, PodmanStats)}
