# SPDX-License-Identifier: GPL-2.0
"""
Containers of Docker's own in the day, with the books of their lives: by name, the id and how each life ended.

Two go on when the engine is restarted, two are started anew by hand; of each two one heeds SIGTERM, and the other
has to be killed. Beside them some that are short, and end by themselves or are killed.
"""
import json

from host import must, query, sh
from tap import equal, ok, wait_for

IMAGE = "containerstack/alpine-stress"
POLITE = "sh -c \"trap 'exit 0' TERM; while :; do sleep 1; done\""
STUBBORN = "sleep 1000000"
# Name: options, command, and how it ends when the engine stops it.
STAYING = {
    "always-polite": ("--restart always", POLITE, "done"),
    "always-stubborn": ("--restart always", STUBBORN, "killed"),
    "once-polite": ("", POLITE, "done"),
    "once-stubborn": ("", STUBBORN, "killed"),
}
SHORT = {"done": "sh -c 'exit 0'", "failed": "sh -c 'exit 3'", "killed": STUBBORN}


def run_one(books, name, options, command):
    key = must(f"docker run -d --network none --name {name} {options} {IMAGE} {command}").strip()
    books[name] = {"key": key, "ends": []}


def run_short(books):
    """One of each kind, whose end is awaited."""
    for kind, command in SHORT.items():
        name = f"short-{len(books)}"
        run_one(books, name, "", command)
        if kind == "killed":
            must(f"docker kill {name}")
        must(f"docker wait {name}")
        books[name]["ends"].append(kind)


def running():
    return set(must("docker ps --format '{{.Names}}'").split())


def await_running(names):
    ok(wait_for(lambda: running() >= set(names), 120, 0.5), "those that are to run do", running())


def connected():
    """The daemon's word about the engine."""
    ok(wait_for(lambda: any(e["state"] == "connected" for e in json.loads(sh("sysmonctl status --json").stdout)
                            .get("engines", []) if e["name"] == "docker"), 120, 1),
       "the daemon is connected to the engine", sh("sysmonctl status").stdout)


def ended(books, names):
    for name in names:
        books[name]["ends"].append(STAYING[name][2])


def begin(books):
    must("vm-images docker")
    for name, (options, command, _) in STAYING.items():
        run_one(books, name, options, command)
    run_short(books)


def restart(books):
    """Debian's Docker stops its containers as it goes, each with ten seconds for it."""
    must("systemctl restart docker.service")
    ended(books, STAYING)
    await_running(n for n in STAYING if n.startswith("always"))
    equal({n for n in running() if n.startswith("once")}, set(), "others were stopped with it")
    must("docker start " + " ".join(n for n in STAYING if n.startswith("once")))
    run_short(books)


def cut(books):
    for name in running():
        books[name]["ends"].append("cut")


def again():
    """The machine has booted."""
    must("systemctl start docker.service")
    await_running(n for n in STAYING if n.startswith("always"))


def end(books):
    names = running()
    must("docker stop " + " ".join(names))
    ended(books, names)


def faults(books, record):
    """What is wrong with their record."""
    wrong = []
    for name, book in books.items():
        rows = [row[0] for row in record.rows.get(book["key"], [])]
        found = [record.fault_of(row, kind) for row, kind in zip(rows, book["ends"])]
        if len(rows) != len(book["ends"]) or any(found):
            wrong.append((name, book, len(rows), found))
        named = query("SELECT DISTINCT name FROM container WHERE key = ?", book["key"])
        if named != [(name,)]:
            wrong.append((name, named))
    return wrong
