#!/usr/bin/env python3
"""Writes docs/protocol.md, out of the protocol's definition: protocol.py sysmon.yaml >protocol.md"""
import sys

import yaml

HEAD = """# The netlink protocol

Made from [src/kmod/sysmon.yaml](../src/kmod/sysmon.yaml), the protocol's only definition, by
`make docs`: do not edit. The C header is `src/kmod/uapi/sysmon.h`; the kernel tree's own client speaks it
from the same file:

    cli.py --spec src/kmod/sysmon.yaml --do module-get

The family is `{name}`, version {version}, over generic netlink (`{protocol}`), in the initial network
namespace. {doc}

Rules that hold for every message:

- a value that the kernel does not have is an absent attribute, never 0;
- counters are cumulative since the cgroup, or the machine, was made: readers take differences;
- the unit stands in the attribute's name or in its description;
- attributes are only ever added; `abi` in `module` grows with them.

How a reader follows it without losing anything: join both groups; ask `module-get` for the instance and the
newest event's number; ask `event-get` from the last number that is known; dump `container-get`. After an
overrun of the socket's buffer do the last two again. Numbers of events never skip: what is missing between
two is asked for again, or told as a `gap`.
"""


def line(text):
    """A description as one line of a table."""
    return " ".join((text or "").split()).replace("|", "\\|")


def listed(names):
    return ", ".join(f"`{name}`" for name in names) or "nothing"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def operation(op):
    yield f"### {op['name']}"
    yield ""
    if op.get("doc"):
        yield line(op["doc"])
        yield ""
    if "flags" in op:
        yield "Needs CAP_NET_ADMIN." if "admin-perm" in op["flags"] else "Flags: " + listed(op["flags"])
        yield ""
    for way, what in (("do", "One answer"), ("dump", "A dump")):
        if way in op:
            part = op[way]
            yield (f"- {what}. Request: {listed(part.get('request', {}).get('attributes', []))}."
                   f" Reply: {listed(part.get('reply', {}).get('attributes', []))}.")
    if "event" in op:
        yield f"- To the group `{op['mcgrp']}`: {listed(op['event']['attributes'])}."
    yield ""


def kind(attribute):
    text = attribute["type"]
    if "nested-attributes" in attribute:
        text = f"[{attribute['nested-attributes']}](#{attribute['nested-attributes']})"
    if "enum" in attribute:
        text += f" ([{attribute['enum']}](#definitions))"
    return text + (", repeated" if attribute.get("multi-attr") else "")


def attribute_set(s):
    yield f"### {s['name']}"
    yield ""
    if s.get("doc"):
        yield line(s["doc"])
        yield ""
    numbered = enumerate(s["attributes"], 1)
    yield from table(("nr", "attribute", "type", "what it is"),
                     ((str(number), f"`{a['name']}`", kind(a), line(a.get("doc"))) for number, a in numbered if a["type"] != "pad"))


def definition(d):
    if d["type"] == "const":
        value = str(d["value"])
    else:
        start = d.get("value-start", 0)
        value = ", ".join(f"{i} {entry}" for i, entry in enumerate(d["entries"], start))
    return f"`{d['name']}`", value, line(d.get("doc"))


def document(spec):
    yield HEAD.format(**{**spec, "doc": line(spec["doc"])})
    yield "Groups: " + listed(group["name"] for group in spec["mcast-groups"]["list"]) + "; joining one needs CAP_NET_ADMIN."
    yield ""
    yield "## Operations"
    yield ""
    for op in spec["operations"]["list"]:
        yield from operation(op)
    yield "## Attributes"
    yield ""
    for s in spec["attribute-sets"]:
        yield from attribute_set(s)
    yield "## Definitions"
    yield ""
    yield from table(("name", "value", "what it is"), map(definition, spec["definitions"]))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    sys.stdout.write("\n".join(document(spec)).rstrip() + "\n")


main()
