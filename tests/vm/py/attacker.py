# SPDX-License-Identifier: GPL-2.0
"""
What a user of the host tries who may do nothing: attacker.py WHAT SECONDS [ARG]..., as that user.

Prints what came of it as one JSON object: how often each thing was tried, by how it ended. Whether that is as it should
be is judged elsewhere.
"""
import errno
import json
import os
import random
import select
import socket
import subprocess
import sys
import time
from collections import Counter

import family

PORT = 9815
# Escapes, quotes, no UTF-8, a command, a path, text that runs backwards. The kernel lets no cgroup have an end of line.
HOSTILE = b"\x1b]0;owned\x07\"'`\xff\xfe$(touch owned)%s\\..\x7f\xe2\x80\xae"


def tell(result, action):
    """Count how the action ended: its result, or its error."""
    try:
        result[f"{action.__name__}: {action() or 'done'}"] += 1
    except family.NlError as e:
        result[f"{action.__name__}: {errno.errorcode[e.error]}"] += 1
    except OSError as e:
        result[f"{action.__name__}: {errno.errorcode.get(e.errno, e)}"] += 1


def until(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


# Netlink.

def netlink(seconds):
    """Everything that the family has, over and over; what needs no privilege is the module's and the machine's own."""
    ynl = family.open_family()

    def container_get():
        ynl.dump("container-get", {})

    def event_get():
        ynl.dump("event-get", {"seq": 1})

    def config_set():
        ynl.do("config-set", {"interval-ns": 60_000_000_000})

    def match_set():
        ynl.do("config-set", {"match": ["*"]})

    def listen_snapshots():
        family.listen(ynl, "snapshots", 0).close()

    def listen_events():
        family.listen(ynl, "events", 0).close()

    def module_get():
        ynl.do("module-get", {})

    def proc_sysmon():
        with open("/proc/sysmon") as f:
            f.read()
    result = Counter()
    for _ in until(seconds):
        for action in (container_get, event_get, config_set, match_set, listen_snapshots, listen_events, module_get,
                       proc_sysmon):
            tell(result, action)
    return result


# HTTP.

def connect():
    s = socket.create_connection(("127.0.0.1", PORT), timeout=5)
    s.settimeout(5)
    return s


def request(path, *headers):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def status_of(answer, secret):
    if secret.encode() in answer:
        return "SECRET"
    return answer.split(b" ", 2)[1].decode() if answer.startswith(b"HTTP/1.1 ") else "cut"


def ask(data, secret):
    with connect() as s:
        s.sendall(data)
        answer = b""
        while len(answer) < 1 << 20:
            piece = s.recv(1 << 16)
            answer += piece
            if not piece or b"\r\n\r\n" in answer:
                break
    return status_of(answer, secret)


REQUESTS = {
    "data": [request(p) for p in ("/metrics", "/json_file?limit=10000", "/api/v1/containers", "/api/v1/top", "/cpu.json",
                                  "/api/v1/events?limit=10000", "/api/v1/history?container=x", "/api/v1/status", "/")],
    "token": [request("/metrics", f"Authorization: Bearer {t}") for t in ("", "x" * 32, "0" * 4000, "\x00", "' OR 1=1")],
    "large": [request("/" + "a" * 20000), request("/", "X: " + "a" * 20000)],
    "bad": [b"\xff" * 5000, b"GET / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            request("/../../etc/shadow"), request("/ui/../../../etc/shadow"), request("/%2e%2e/%2e%2e/etc/shadow"),
            request("/metrics", "Host: evil.example")],
}


class Slow:
    """Connections that send a byte now and then, and read nothing."""

    def __init__(self, most):
        self.most, self.held, self.opened, self.closed = most, [], 0, 0

    def turn(self):
        for _ in range(min(8, self.most - len(self.held))):
            try:
                s = socket.socket()
                s.setblocking(False)
                s.connect_ex(("127.0.0.1", PORT))
                self.held.append(s)
                self.opened += 1
            except OSError:
                break
        _, ready, _ = select.select([], self.held, [], 0)
        for s in ready:
            try:
                s.send(b"G")
            except OSError:
                self.held.remove(s)
                self.closed += 1
                s.close()


def http(seconds, secret):
    result, slow = Counter(), Slow(150)
    for _ in until(seconds):
        for kind, texts in REQUESTS.items():
            try:
                result[f"{kind}: {ask(random.choice(texts), secret)}"] += 1
            except OSError as e:
                result[f"{kind}: {errno.errorcode.get(e.errno, 'timeout')}"] += 1
        slow.turn()
    result["slow: opened"], result["slow: cut"] = slow.opened, slow.closed
    return result


# Files and processes.

def files(_, pid, secret):
    """What belongs to the daemon or to root; all of it is to fail."""
    state, etc = "/var/lib/sysmon", "/etc/sysmon"
    result = {}

    def attempt(name, action):
        try:
            result[name] = f"done {action() or ''}"
        except OSError as e:
            result[name] = errno.errorcode[e.errno]

    def read(path):
        with open(path, "rb") as f:
            return f.read(1)
    for path in (f"{state}/sysmon.db", f"{state}/sysmon.db-wal", f"{state}/sysmon.db-shm", f"{etc}/http.token",
                 f"/proc/{pid}/mem", f"/proc/{pid}/environ", f"/proc/{pid}/maps"):
        attempt(f"read {path}".replace(pid, "PID"), lambda path=path: read(path))
    attempt("list the state", lambda: os.listdir(state))
    for path in (f"{state}/sysmon.db-journal", "/run/sysmon", f"{etc}/policy.d/00-mine.conf", f"{etc}/sysmon.conf.new",
                 "/etc/systemd/system/sysmon-collectord.service.d", "/var/lib/sysmon.new"):
        attempt(f"link {path}", lambda path=path: os.symlink("/etc/shadow", path))
    attempt("move the state", lambda: os.rename(state, "/var/lib/mine"))
    attempt("remove the record", lambda: os.unlink(f"{state}/sysmon.db"))
    attempt("make /run/sysmon", lambda: os.mkdir("/run/sysmon"))
    for number in (19, 15, 1):
        attempt(f"signal {number}", lambda number=number: os.kill(int(pid), number))

    def docker():
        with socket.socket(socket.AF_UNIX) as s:
            s.connect("/run/docker.sock")
    attempt("Docker's socket", docker)
    for command in (["status"], ["containers"], ["events"], ["history", "victim"]):
        p = subprocess.run(["sysmonctl", *command], capture_output=True, text=True, errors="replace")
        result["sysmonctl " + command[0]] = "SECRET" if secret in p.stdout + p.stderr else f"exit {p.returncode}"
    return result


# Cgroups, in a part of the tree that was given to the user.

def enter_and_fork(path, count):
    """So many processes in the cgroup; returns the first one's id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        with open(os.path.join(path, b"cgroup.procs"), "w") as f:
            f.write("0")
        for _ in range(count - 1):
            if os.fork() == 0:
                break
        if count > 1:
            time.sleep(1000)
    finally:
        os._exit(0)


def end(path):
    with open(os.path.join(path, b"cgroup.kill"), "w") as f:
        f.write("1")


def cgroups(seconds, folder):
    """Names of containers, in a hurry: with and without processes, in each other, with hostile bytes."""
    folder, result, made = os.fsencode(folder), Counter(), 0
    names = [b"docker-%064x.scope", b"%064x", b"libpod-%064x.scope", b"lxc.payload.%d" + HOSTILE.replace(b"%", b"%%"),
             b"lxc.payload." + b"x" * 200 + b"%d"]
    for _ in until(seconds):
        name = names[made % len(names)] % (random.getrandbits(200) if made % len(names) < 3 else made)
        path = os.path.join(folder, name)
        made += 1
        try:
            os.mkdir(path)
            if made % 3:
                os.waitpid(enter_and_fork(path, 1), 0)
            deep = path
            for _ in range(made % 11):
                deep = os.path.join(deep, b"docker-%064x.scope" % made)
                os.mkdir(deep)
            while deep != path:
                os.rmdir(deep)
                deep = os.path.dirname(deep)
            os.rmdir(path)
            result["made"] += 1
        except OSError as e:
            result[errno.errorcode[e.errno]] += 1
    return result


def impostor(seconds, folder, key):
    """A cgroup with the id of another's container, and with more processes than that may have."""
    path = os.path.join(os.fsencode(folder), b"docker-%s.scope" % key.encode())
    os.mkdir(path)
    pid = enter_and_fork(path, 60)
    time.sleep(seconds)
    with open(os.path.join(path, b"pids.current")) as f:
        count = int(f.read())
    end(path)
    os.waitpid(pid, 0)
    for _ in range(200):
        try:
            os.rmdir(path)
            break
        except OSError:
            time.sleep(0.05)
    return {"processes": count}


def forks(seconds, folder):
    """A fork bomb, where root has bounded it; ends with its cgroup."""
    result = Counter()
    path = os.path.join(os.fsencode(folder), b"bomb")
    os.makedirs(path, exist_ok=True)
    first = os.fork()
    if first == 0:
        with open(os.path.join(path, b"cgroup.procs"), "w") as f:
            f.write("0")
        while True:
            try:
                os.fork()
            except OSError:
                time.sleep(0.01)
    for _ in until(seconds):
        time.sleep(0.5)
        with open(os.path.join(path, b"pids.current")) as f:
            result["processes at most"] = max(result["processes at most"], int(f.read()))
    end(path)
    os.waitpid(first, 0)
    return result


WAYS = {f.__name__: f for f in (netlink, http, files, cgroups, impostor, forks)}

if __name__ == "__main__":
    print(json.dumps(WAYS[sys.argv[1]](float(sys.argv[2]), *sys.argv[3:])))
