#!/usr/bin/env python3
"""Types lines into an interactive shell, and keeps the file that each one makes.

type.py FILE SHELL [ARG...] <LINES: starts the shell on a terminal of its own and
waits for its prompt to hold READY. Then types each line of stdin, in which \\t is
a tab, with a return behind it, and waits for FILE, which it moves to FILE.1,
FILE.2 and so on. When one does not come within a minute it prints the screen and
exits with 1.
"""
import os
import pty
import select
import signal
import sys
import time

WAIT_S = 60
QUIET_S = 0.3  # a prompt is there when nothing more comes for so long


def read_some(fd, seconds):
    """What comes within the time, or nothing."""
    if not select.select([fd], [], [], seconds)[0]:
        return b""
    try:
        return os.read(fd, 65536)
    except OSError:
        return b""


def read_until(fd, screen, done):
    """The screen once done(screen) holds, or time is up."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end and not done(screen):
        screen += read_some(fd, 0.05)
    return screen


def read_quiet(fd, screen):
    """The screen once it stands still."""
    while got := read_some(fd, QUIET_S):
        screen += got
    return screen


def main():
    file, command = sys.argv[1], sys.argv[2:]
    lines = [line.rstrip("\n").replace("\\t", "\t") for line in sys.stdin]
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    screen = read_until(fd, b"", lambda screen: b"READY" in screen)
    for number, line in enumerate(lines, 1):
        screen = read_quiet(fd, screen)
        os.write(fd, line.encode() + b"\r")
        screen = read_until(fd, screen, lambda _: os.path.exists(file))
        if not os.path.exists(file):
            print(screen.decode(errors="backslashreplace"))
            os.kill(pid, signal.SIGKILL)
            return 1
        os.rename(file, f"{file}.{number}")
        screen = b""
    os.kill(pid, signal.SIGKILL)
    return 0


sys.exit(main())
