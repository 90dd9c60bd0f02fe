# SPDX-License-Identifier: GPL-2.0
"""TAP output for the tests that run inside a guest, and waiting on conditions."""
import sys
import time
import traceback

count = 0
failed = 0


def say(text):
    """Print what is no result."""
    print(f"# {text}", flush=True)


def ok(good, name, detail=""):
    """Print one result; detail is shown when it is a failure."""
    global count, failed
    count += 1
    print(("ok " if good else "not ok ") + f"{count} - {name}", flush=True)
    if not good:
        failed += 1
        for line in str(detail).splitlines():
            print(f"# {line}", flush=True)
    return good


def equal(got, want, name):
    return ok(got == want, name, f"got:  {got!r}\nwant: {want!r}")


def wait_for(condition, seconds=30, step=0.05):
    """Return the condition's value as soon as it is true, or its last one."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)


def is_wanted(name, names):
    """Names choose; those with a minus before them leave out."""
    only = [n for n in names if not n.startswith("-")]
    return f"-{name}" not in names and (not only or name in only)


def run(tests, names=(), cleanup=lambda: None):
    """Run the functions, or those of them that test_NAME names, each with a cleanup; print the plan and exit."""
    for test in [t for t in tests if is_wanted(t.__name__[5:], names)]:
        print(f"# {test.__doc__ or test.__name__}", flush=True)
        begin = time.monotonic()
        try:
            test()
        except Exception:
            ok(False, f"{test.__name__} ran to its end", traceback.format_exc())
        cleanup()
        print(f"# took {time.monotonic() - begin:.1f} s", flush=True)
    print(f"1..{count}", flush=True)
    sys.exit(1 if failed or not count else 0)
