# SPDX-License-Identifier: GPL-2.0
"""What the module adds to fork, exec and exit outside any container, in guest instructions: for tests/vm/run -i."""
import subprocess
import time

RUNS = 400
LOOP = f"i=0; while [ $i -lt {RUNS} ]; do /bin/true; i=$((i+1)); done"


def cost():
    """Instructions of one run of true, the least of three."""
    def once():
        start = time.monotonic_ns()
        subprocess.run(["sh", "-c", LOOP], check=True)
        return (time.monotonic_ns() - start) / RUNS
    return min(once() for _ in range(3))


before = cost()
subprocess.run(["modprobe", "sysmon"], check=True)
loaded = cost()
print(f"fork, exec and exit of true: {before:.0f} instructions, with sysmon {loaded:.0f}: {100 * (loaded / before - 1):+.2f}%")
