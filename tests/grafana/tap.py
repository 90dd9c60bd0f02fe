"""Prints "ok" and "not ok" lines, which dashboards.t numbers."""


def ok(name, good, why=""):
    print(("ok - " if good else "not ok - ") + name, flush=True)
    for line in ("" if good else str(why)).splitlines():
        print("# " + line, flush=True)
    return good
