# SPDX-License-Identifier: GPL-2.0
"""The demo's scenario with assertions: real Docker, systemd, the shipped policy."""
import json
import os
import subprocess
import time

from host import STEPS, must, query, sh
from tap import equal, ok, run, wait_for

CONF = "/etc/sysmon/policy.d/10-duplicate-stress.conf"
kinds = ["cpu", "vm", "io", "hdd"]
first, second = {}, {}


def ctl(*argv):
    p = subprocess.run(["sysmonctl", *argv, "--json"], capture_output=True, text=True)
    return json.loads(p.stdout) if p.stdout else None


def full_id(name):
    return must(f"docker inspect -f '{{{{.Id}}}}' {name}").strip()


def spawn(*which):
    names = must("/usr/share/sysmon/stress/spawn.sh " + " ".join(which)).split()
    return {n.split("-")[1]: (n, full_id(n)) for n in names}


def containers_of_top():
    top = ctl("top", "--once")
    return {c["id"]: c for c in top["containers"]} if top else {}


def test_start():
    """services come up under systemd"""
    must(STEPS + "start_services")
    equal(must("systemctl is-active sysmon-collectord").strip(), "active", "the daemon is active")
    equal(must("ps -o user= -C sysmon-collectord").strip(), "sysmon", "as user sysmon")
    equal(must("stat -c %a:%U /var/lib/sysmon").strip(), "750:sysmon", "its folder is its own")


def test_samples():
    """the containers are seen, with names, images, commands and figures"""
    first.update(spawn(*kinds))
    second.update(spawn("cpu", "io", "hdd"))
    ids = {i for _, i in list(first.values()) + list(second.values())}
    wait_for(lambda: ids <= {i for i, c in containers_of_top().items()
                             if c["cpu_pct"] is not None and c["name"]}, 60, 0.5)
    seen = containers_of_top()
    equal(set(seen), ids, "top has the seven containers")
    equal({c["name"] for c in seen.values()},
          {n for n, _ in list(first.values()) + list(second.values())}, "by their names")
    equal({c["image"].split(":")[0] for c in seen.values()}, {"containerstack/alpine-stress"}, "images")
    ok(all(c["command"].startswith("stress --") for c in seen.values()), "commands",
       [c["command"] for c in seen.values()])
    equal({c["runtime"] for c in seen.values()}, {"docker"}, "and runtime")
    equal(seen[first["io"][1]]["mem_limit_bytes"], 64 << 20, "the memory limit")
    cpu = wait_for(lambda: max(c["cpu_pct"] or 0 for c in containers_of_top().values()) > 5, 30, 0.5)
    ok(cpu, "they use CPU")
    starts = [e for e in ctl("events", "--since", "-1h")["events"] if e["type"] == "start"]
    equal({e["id"] for e in starts}, ids, "each has a start event")


def stopped_by_policy():
    doc = ctl("stopped", "--by", "policy")
    return {s["id"]: s for s in doc["stopped"]} if doc else {}


def test_policy():
    """the surplus is stopped, and the stop record says so"""
    must(STEPS + "enable_policy")
    surplus = {second[k][1] for k in ("cpu", "io", "hdd")}

    def confirmed():
        return surplus <= {i for i, s in stopped_by_policy().items() if s["policy"]["confirmed"]}
    wait_for(confirmed, 120, 0.5)
    # The engine's side of it comes a little after the kernel's.
    wait_for(lambda: all(s["exit_code"] is not None for s in stopped_by_policy().values()), 60, 0.5)
    record = stopped_by_policy()
    equal(set(record), surplus, "the younger of each kind, and none other")
    for kind in ("cpu", "io", "hdd"):
        s = record.get(second[kind][1])
        if not ok(s, f"{kind} is in the record"):
            continue
        p = s["policy"]
        ok(p["decided"] <= p["requested"] <= p["confirmed"] <= time.time(), f"{kind}: times in order", p)
        equal((s["reason"], s["rule"], s["name"]), ("policy", "duplicate-stress", second[kind][0]),
              f"{kind}: reason, rule, name")
        ok(s["exit_code"] in (137, 143), f"{kind}: exit code from the engine", s)
        ok(s["final"]["cpu_seconds"] > 0 and s["final"]["mem_peak_bytes"] > 0, f"{kind}: final figures", s)
        ok(abs(s["duration"] - (s["stopped"] - s["started"])) < 0.01, f"{kind}: duration")
    running = set(must("docker ps -q --no-trunc").split())
    equal(running, {i for _, i in first.values()}, "the oldest of each kind still run")
    must("docker kill " + " ".join(i for k, (_, i) in first.items() if k != "cpu"))


def test_protect():
    """a protected container, and one with a hostile name, are left alone"""
    must("docker run -d --name protected --label sysmon.protect=true "
         "--cpus 0.05 containerstack/alpine-stress stress --cpu 1")
    must("docker run -d --name plain containerstack/alpine-stress "
         "sh -c 'echo \"\x1b[31m\\\"evil\\n\"; exec sleep 1000'")
    decided = query("SELECT count(*) FROM action")[0][0]
    time.sleep(30)  # one more look of the policy, which is every 25 s
    equal(query("SELECT count(*) FROM action")[0][0], decided, "nothing new was decided")
    equal(must("docker inspect -f '{{.State.Running}}' protected").strip(), "true", "it runs")


def test_restart():
    """a restart of the daemon loses no event"""
    must("systemctl stop sysmon-collectord")
    short = [must("docker run --rm -d containerstack/alpine-stress sleep 0.2").strip() for _ in range(5)]
    wait_for(lambda: not sh("docker ps -q | grep -E '%s'" % "|".join(i[:12] for i in short)).stdout, 60)
    must("systemctl start sysmon-collectord")

    def kinds_of(i):
        return [t for (t,) in query("SELECT type FROM event e JOIN container c ON c.id = e.container "
                                    "WHERE c.key = ? ORDER BY e.seq", i)]
    wait_for(lambda: all("removed" in kinds_of(i) for i in short), 60, 0.5)
    equal([kinds_of(i) for i in short], [["start", "stop", "removed"]] * 5,
          "start, stop and removal of containers that lived while it was away")
    seqs = [s for (s,) in query("SELECT seq FROM event ORDER BY seq")]
    equal(seqs, list(range(1, len(seqs) + 1)), "the event numbers have no hole")
    equal(query("SELECT count(*) FROM gap WHERE kind = 'event'"), [(0,)], "and no gap is recorded")
    equal(len(query("SELECT 1 FROM stop p JOIN container c ON c.id = p.container WHERE c.key IN (%s)"
                    % ",".join("?" * 5), *short)), 5, "each has its stop record")


def test_accounts():
    """ticks emitted are ticks stored or in a gap"""
    must("systemctl stop sysmon-collectord")
    (session, last), = query("SELECT id, last_tick FROM session")
    stored = query("SELECT count(*) FROM tick WHERE session = ?", session)[0][0]
    missed = query("SELECT coalesce(sum(count), 0) FROM gap WHERE session = ? AND kind = 'tick'", session)[0][0]
    equal(stored + missed, last, "their sum is the newest number")
    equal(query("PRAGMA integrity_check"), [("ok",)], "the database is sound")


def test_jobs():
    """scheduled and start-up commands"""
    with open("/etc/sysmon/policy.d/20-jobs.conf", "w") as f:
        f.write("[startup hello]\nexec = echo started; touch /var/lib/sysmon/up\n"
                "[job spawn]\nexec = /usr/share/sysmon/stress/spawn.sh vm\nevery = 3s\n"
                "[job slow]\nexec = sleep 60\nevery = 1s\ntimeout = 2s\n"
                "[job bad]\nexec = exit 3\nevery = 1s\n")
    must("systemctl start sysmon-collectord")

    def jobs():
        return {n: row for n, *row in query("SELECT name, runs, failures, skipped, exit_code, error FROM job")}
    wait_for(lambda: jobs().get("bad", [0])[0] >= 3 and jobs().get("slow", [0, 0])[1] >= 1
             and (jobs()["spawn"][0] or 0) - (jobs()["spawn"][1] or 0) >= 2, 90, 0.5)
    j = jobs()
    ok(os.path.exists("/var/lib/sysmon/up") and j["hello"][0] == 1, "a start-up command ran once", j)
    ok(j["bad"][1] >= 3 and j["bad"][3] == 3, "a failing job is counted with its exit code", j)
    ok(j["slow"][2] >= 1 and "timed out" in (j["slow"][4] or ""), "a slow one is ended and does not overlap", j)
    ok("started" in must("journalctl -u sysmon-collectord --no-pager"), "output goes to the log")
    # One was there before; the policy stops the surplus, so count all that ever ran.
    started = wait_for(lambda: query("SELECT count(*) FROM container WHERE name LIKE 'stress-vm-%'")[0][0] >= 3, 60, 0.5)
    ok(started, "the stress script starts containers by schedule",
       query("SELECT name, started_ns, stopped_ns FROM container"))
    status = ctl("status")
    ok("bad" in json.dumps(status), "failures show in status", status)
    os.unlink("/etc/sysmon/policy.d/20-jobs.conf")


def test_bad_config():
    """a wrong configuration is refused with its place"""
    with open("/etc/sysmon/policy.d/99-bad.conf", "w") as f:
        f.write("[policy x]\nmatch_command = stress\nkeep = many\n")
    p = sh("sysmon-collectord --check-config")
    ok(p.returncode == 2 and "99-bad.conf:3" in p.stderr, "file and line are named", p.stderr)
    os.unlink("/etc/sysmon/policy.d/99-bad.conf")


run([test_start, test_samples, test_policy, test_protect, test_restart, test_accounts, test_jobs,
     test_bad_config])
