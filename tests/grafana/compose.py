"""compose.yaml and what Grafana is provisioned with: compose.py CONTRIB. As docker compose would read it, without Docker:
the variables that must be set, the files that are mounted, and that what refers to something finds it."""
import json
import pathlib
import re
import sys

import yaml

from tap import ok

CONTRIB = pathlib.Path(sys.argv[1])
# Of the compose specification, what may stand in a service.
SERVICE_KEYS = {"image", "restart", "ports", "environment", "group_add", "volumes", "cap_drop", "security_opt", "user", "networks", "read_only"}


def substitute(text, values):
    """As docker compose does; raises KeyError for a variable that must be set."""
    def one(match):
        name, way, rest = match.groups()
        if values.get(name):
            return values[name]
        if way == ":?":
            raise KeyError(name)
        return rest if way == ":-" else ""
    return re.sub(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", one, text)


def check_compose():
    text = (CONTRIB / "compose.yaml").read_text()
    for needed in ("GRAFANA_PASSWORD", "SYSMON_GID"):
        values = {"GRAFANA_PASSWORD": "p", "SYSMON_GID": "990"}
        del values[needed]
        try:
            substitute(text, values)
            ok(f"compose.yaml needs {needed}", False)
        except KeyError as error:
            ok(f"compose.yaml needs {needed}", error.args == (needed,))
    compose = yaml.safe_load(substitute(text, {"GRAFANA_PASSWORD": "secret", "SYSMON_GID": "990"}))
    ok("its keys are compose's", set(compose) <= {"name", "services", "volumes"}
       and all(set(service) <= SERVICE_KEYS for service in compose["services"].values()), compose)
    grafana = compose["services"]["grafana"]
    ok("the password is the environment's", grafana["environment"]["GF_SECURITY_ADMIN_PASSWORD"] == "secret" and "secret" not in text)
    ok("port 3000 is for this machine alone", grafana["ports"] == ["127.0.0.1:3000:3000"], grafana["ports"])
    ok("image and plugin have versions", re.fullmatch(r"grafana/grafana:\d+\.\d+\.\d+", grafana["image"])
       and re.fullmatch(r"frser-sqlite-datasource@\d+\.\d+\.\d+", grafana["environment"]["GF_PLUGINS_PREINSTALL"]))
    ok("it may read the group's files", grafana["group_add"] == ["990"] or grafana["group_add"] == [990])
    mounts = {m["target"]: m for m in grafana["volumes"] if isinstance(m, dict)}
    ok("the database's folder is mounted, read-only", mounts["/var/lib/sysmon"]["read_only"] is True
       and mounts["/var/lib/sysmon"]["source"] == "/var/lib/sysmon", mounts)
    named = [m.split(":")[0] for m in grafana["volumes"] if isinstance(m, str)]
    ok("its own data have a volume", set(named) <= set(compose["volumes"]) and named)
    for target, mount in mounts.items():
        if mount["source"].startswith("./"):
            ok(f"{mount['source']} is there, read-only", (CONTRIB / mount["source"]).is_dir() and mount["read_only"] is True)
    return mounts, grafana["environment"]


def check_provisioning(mounts, environment):
    folder = CONTRIB / mounts["/etc/grafana/provisioning"]["source"]
    source = yaml.safe_load((folder / "datasources/sysmon.yaml").read_text())["datasources"][0]
    options = source["jsonData"]
    ok("the database is opened read-only, by a path that is mounted", options["pathPrefix"] == "file:" and options["pathOptions"] == "mode=ro"
       and options["path"].startswith("/var/lib/sysmon/") and "/var/lib/sysmon" in mounts, options)
    ok("nothing else can be attached to it", options["attachLimit"] == 0)
    ok("the plugin refuses none of its path", not re.search(r"grafana\.db|\.env|credentials|/proc/", options["path"]))
    provider = yaml.safe_load((folder / "dashboards/sysmon.yaml").read_text())["providers"][0]
    path = provider["options"]["path"]
    ok("dashboards come from a folder that is mounted", provider["type"] == "file" and path in mounts)
    home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    ok("the first page is one of them", home.startswith(path) and (CONTRIB / mounts[path]["source"] / pathlib.Path(home).name).is_file())
    uids = set()
    for file in sorted((CONTRIB / mounts[path]["source"]).glob("*.json")):
        dashboard = json.loads(file.read_text())
        uids.add(dashboard["uid"])
        refs = {json.dumps(p["datasource"]) for p in dashboard["panels"]} | {json.dumps(t["datasource"]) for p in dashboard["panels"] for t in p["targets"]}
        ok(f"{file.name} asks this datasource", refs == {json.dumps({"type": source["type"], "uid": source["uid"]})}, refs)
        ok(f"{file.name} has its panels beside each other", not overlap(dashboard["panels"])
           and len({p["id"] for p in dashboard["panels"]}) == len(dashboard["panels"]))
    ok("there are five of them", uids == {"sysmon-host", "sysmon-containers", "sysmon-container", "sysmon-stops", "sysmon-sysmon"}, uids)


def overlap(panels):
    cells = [(x, y) for p in panels for x in range(p["gridPos"]["x"], p["gridPos"]["x"] + p["gridPos"]["w"])
             for y in range(p["gridPos"]["y"], p["gridPos"]["y"] + p["gridPos"]["h"])]
    return len(cells) != len(set(cells)) or max(x for x, _ in cells) > 23


def main():
    check_provisioning(*check_compose())


main()
