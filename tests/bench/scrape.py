#!/usr/bin/env python3
"""What a host costs Prometheus: reads the metrics of a made-up host, as `record DATABASE SECONDS EVERY` prints them, has
promtool make blocks of them, and prints series, bytes a scrape and bytes a sample.

	build/obj/tests/record /tmp/x.db 21600 15 | tests/bench/scrape.py
"""
import collections
import os
import pathlib
import subprocess
import sys
import tempfile


def scrapes(lines):
    """(unix time, lines of samples, bytes of all) for each scrape."""
    at, samples, text = None, [], []
    for line in lines:
        if line.startswith("@ "):
            if at:
                yield at, samples, "".join(text)
            at, samples, text = int(line[2:]), [], []
            continue
        text.append(line)
        if not line.startswith("#"):
            samples.append(line.rstrip("\n"))
    yield at, samples, "".join(text)


def series_of(sample):
    return sample.rpartition(" ")[0]


def kind(series):
    if 'id="' in series:
        return "container"
    return "machine" if series.startswith("machine_") else "sysmon"


def write_openmetrics(path, found):
    by_name = collections.defaultdict(list)
    for at, samples, _ in found:
        for sample in samples:
            by_name[sample.partition("{")[0].partition(" ")[0]].append(f"{sample} {at}\n")
    with open(path, "w", encoding="utf-8") as file:
        for lines in by_name.values():
            file.writelines(lines)
        file.write("# EOF\n")


def size(folder):
    return sum(f.stat().st_size for f in pathlib.Path(folder).rglob("*") if f.is_file())


def main():
    found = list(scrapes(sys.stdin))
    last = found[-1]
    series = {series_of(sample) for _, samples, _ in found for sample in samples}
    now = collections.Counter(kind(series_of(sample)) for sample in last[1])
    containers = sum(sample.startswith("container_last_seen") for sample in last[1])
    samples = sum(len(s) for _, s, _ in found)
    with tempfile.TemporaryDirectory() as folder:
        text, blocks = os.path.join(folder, "in"), os.path.join(folder, "blocks")
        write_openmetrics(text, found)
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", text, blocks], check=True, stdout=subprocess.DEVNULL)
        disk = size(blocks)
    print(f"{len(found)} scrapes, {samples} samples, {len(series)} series in all")
    print(f"at the end {containers} containers: {now['container'] / containers:.1f} series each, {now['machine']} of the machine, {now['sysmon']} of sysmon")
    print(f"a scrape: {len(last[2].encode())} bytes")
    print(f"on disk: {disk / samples:.2f} bytes a sample, index included")


main()
