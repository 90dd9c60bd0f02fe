#!/usr/bin/env python3
"""What a host costs Prometheus: reads the metrics of a made-up host, as `record DATABASE SECONDS EVERY` prints them, has
promtool make blocks of them, and prints series, bytes a scrape, bytes a sample, and bytes for each container and
scrape: of the whole host, and of the containers' series alone.

	build/obj/tests/record /tmp/x.db 21600 15 | tests/bench/scrape.py [--still]

With --still nothing happens: each series keeps its first value.
"""
import collections
import os
import pathlib
import subprocess
import sys
import tempfile


def scrapes(lines):
    """(unix time, lines of samples, bytes of all) for each scrape."""
    at, samples, length = None, [], 0
    for line in lines:
        if line.startswith("@ "):
            if at:
                yield at, samples, length
            at, samples, length = int(line[2:]), [], 0
            continue
        length += len(line.encode())
        if not line.startswith("#"):
            samples.append(line.rstrip("\n"))
    yield at, samples, length


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


def disk(found):
    """Bytes of the blocks that Prometheus would make of the scrapes in the end."""
    with tempfile.TemporaryDirectory() as folder:
        text, blocks = os.path.join(folder, "in"), os.path.join(folder, "blocks")
        write_openmetrics(text, found)
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", text, blocks], check=True, stdout=subprocess.DEVNULL)
        return size(blocks)


def of_containers(found):
    return [(at, [s for s in samples if kind(series_of(s)) == "container"], length) for at, samples, length in found]


def containers(samples):
    return sum(sample.startswith("container_last_seen") for sample in samples)


def still(found):
    first = {}
    return [(at, [first.setdefault(series_of(s), s) for s in samples], length) for at, samples, length in found]


def main():
    found = list(scrapes(sys.stdin))
    if sys.argv[1:] == ["--still"]:
        found = still(found)
    last = found[-1]
    series = {series_of(sample) for _, samples, _ in found for sample in samples}
    now = collections.Counter(kind(series_of(sample)) for sample in last[1])
    samples = sum(len(s) for _, s, _ in found)
    whole, alone = disk(found), disk(of_containers(found))
    seen = sum(containers(s) for _, s, _ in found)
    print(f"{len(found)} scrapes, {samples} samples, {len(series)} series in all")
    print(f"at the end {containers(last[1])} containers: {now['container'] / containers(last[1]):.1f} series each,"
          f" {now['machine']} of the machine, {now['sysmon']} of sysmon")
    print(f"a scrape: {last[2]} bytes")
    print(f"on disk: {whole / samples:.2f} bytes a sample, index included")
    print(f"for each of {seen} times that a container was scraped: {whole / seen:.1f} bytes, {alone / seen:.1f} of them of its series")


main()
