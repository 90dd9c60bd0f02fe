"""Holds the dashboards against Grafana's own schema: schema.py CACHE DASHBOARD... The schema is the TypeScript of npm's
@grafana/schema, which ts-json-schema-generator makes a JSON schema of, with nothing allowed that it does not have; both are
pinned by package-lock.json."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

import jsonschema

from tap import ok

HERE = pathlib.Path(__file__).parent
INPUTS = ("package.json", "package-lock.json", "schema.ts")
PANELS = {"timeseries": ("timeseries", "timeseriesField"), "table": ("table", "tableField"), "stat": ("stat", None)}


def run(folder, *command):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def make(cache):
    """Returns (the schema's path, "") or (None, why)."""
    key = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in INPUTS)).hexdigest()[:16]
    made = cache / f"{key}.json"
    if made.exists():
        return made, ""
    if not shutil.which("npm"):
        return None, "npm is missing: contrib/deps.sh ui"
    work = cache / "npm"
    shutil.rmtree(cache, ignore_errors=True)
    work.mkdir(parents=True)
    for name in INPUTS:
        shutil.copy(HERE / name, work / name)
    got = run(work, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000")
    if got.returncode:
        return None, "npm could not get @grafana/schema: " + " ".join(got.stdout.split())[-200:]
    got = run(work, "node_modules/.bin/ts-json-schema-generator", "--path", "schema.ts", "--type", "Root", "--no-type-check", "--expose", "none", "-o", "out.json")
    if got.returncode:
        raise SystemExit(got.stdout)
    (work / "out.json").rename(made)
    shutil.rmtree(work)
    return made, ""


def faults(validator, value):
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(value)]


def main():
    path, why = make(pathlib.Path(sys.argv[1]))
    if not path:
        ok("the dashboards are of Grafana's schema", False, why)
        return
    root = json.loads(path.read_text())
    properties = root["definitions"]["Root"]["properties"]
    validator = {name: jsonschema.Draft7Validator({**schema, "definitions": root["definitions"]}) for name, schema in properties.items()}
    ok("the schema refuses what it does not have", faults(validator["dashboard"], {"schemaVersion": 41, "titel": "x"}))
    for file in sys.argv[2:]:
        name = pathlib.Path(file).name
        dashboard = json.loads(pathlib.Path(file).read_text())
        found = faults(validator["dashboard"], dashboard)
        for panel in dashboard["panels"]:
            options, field = PANELS[panel["type"]]
            found += faults(validator[options], panel["options"])
            if field:
                found += faults(validator[field], panel["fieldConfig"]["defaults"]["custom"])
        ok(f"{name} is of Grafana's schema", not found, "\n".join(found[:20]))


main()
