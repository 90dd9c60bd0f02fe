# SPDX-License-Identifier: GPL-2.0
"""Many containers at once, by the guest program trust."""
import subprocess

TRUST = "/mnt/host/trust"


class Load:
    """So many containers in a folder of cgroups, which is there; work is idle or busy."""

    def __init__(self, folder, count, *work):
        self.process = subprocess.Popen([TRUST, "load", folder.lstrip("/"), str(count), *work],
                                        stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise Exception("trust load ended")

    def end(self):
        self.process.terminate()
        if self.process.wait(600):
            raise Exception("trust load failed")
