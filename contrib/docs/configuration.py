#!/usr/bin/env python3
"""Writes docs/configuration.md, out of the manual page: configuration.py sysmon.conf.5.scd >configuration.md"""
import re
import sys

HEAD = """# Configuration

Made from [contrib/man/sysmon.conf.5.scd](../contrib/man/sysmon.conf.5.scd), the manual page, by `make docs`: do not
edit. [contrib/sysmon.conf](../contrib/sysmon.conf) is the file as it is installed.
"""
LEFT_OUT = {"# NAME", "# SYNOPSIS"}


def spans(line):
    """scdoc's *bold* and _underlined_ as Markdown's. An underscore inside a word stands for itself in both."""
    parts = re.split(r"(?<!\\)\*(.+?)(?<!\\)\*", line)
    for i, part in enumerate(parts):
        if i % 2:
            parts[i] = "`" + part.replace("\\", "") + "`"
        else:
            parts[i] = re.sub(r"(?<![\w\\])_(.+?)_(?!\w)", r"*\1*", part).replace("<", "&lt;")
    return "".join(parts)


def convert(lines):
    """A term with what is indented below it becomes an item of a list; sections of the page become parts."""
    literal = left_out = False
    for line, below in zip(lines, lines[1:] + [""]):
        if line.startswith("```"):
            literal = not literal
        elif not literal and line.startswith("# "):
            left_out = line in LEFT_OUT
            line = "## " + (line[2:] if "[" in line else line[2:].capitalize())
        elif not literal and line.startswith("\t"):
            line = "  " + spans(line[1:])
        elif not literal and below.startswith("\t"):
            line = "- " + spans(line) + "  "
        elif not literal:
            line = spans(line)
        if not left_out:
            yield line


with open(sys.argv[1]) as page:
    text = page.read().splitlines()[2:]
print(HEAD)
print("\n".join(convert(text)).strip())
