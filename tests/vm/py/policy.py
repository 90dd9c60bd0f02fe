# SPDX-License-Identifier: GPL-2.0
"""Thresholds and every verb on real Docker; the engine away during a decision."""
import json
import os
import time

from host import STEPS, must, query, sh
from tap import equal, ok, run, wait_for

CONF = "/etc/sysmon/policy.d/10-policy.conf"
IMAGE = "containerstack/alpine-stress"
TOLD = "/var/lib/sysmon/told"
RULES = f"""
[policy busy-pause]
match_name = ^pause
when = cpu > 3% for 2s
action = pause
every = 1s

[policy many-kill]
match_name = ^kill
when = pids >= 3 for 1s
action = kill
every = 1s

[policy big-restart]
match_name = ^restart
when = mem > 1M for 1s
action = restart
retries = 0
grace = 0s
hold_down = 10s
every = 1s

[policy tell]
match_name = ^tell
action = exec
exec = printf '%s|%s|%s' "$SYSMON_RULE" "$SYSMON_CONTAINER_NAME" "$SYSMON_CONTAINER_ID" >{TOLD}
keep = 0
every = 1s

[policy later]
match_name = ^later
when = pids >= 1 for 1s
hold_down = 25s
grace = 0s
every = 1s
"""


def actions(rule):
    doc = json.loads(must("sysmonctl policy --json || true") or '{"actions":[]}')
    return [a for a in doc["actions"] if a["rule"] == rule]


def confirmed(rule):
    return [a for a in actions(rule) if a["state"] == "confirmed"]


def start(name, command, *options):
    return must(f"docker run -d --network none --name {name} {' '.join(options)} {IMAGE} {command}").strip()


def in_order(rule):
    a = confirmed(rule)[0]
    return ok(a["decided"] <= a["requested"] <= a["confirmed"] <= time.time() and a["attempt"] == 1,
              f"{rule}: decided, requested, confirmed", a)


def test_start():
    """the daemon runs with five rules"""
    must(STEPS + "start_services")
    # Containers are to outlive their engine.
    must("mkdir -p /etc/docker; f=/etc/docker/daemon.json; [ -e $f ] || echo '{}' >$f; "
         "jq '.[\"live-restore\"] = true' $f >/tmp/daemon.json && cp /tmp/daemon.json $f && systemctl reload docker")
    with open(CONF, "w") as f:
        f.write(RULES)
    p = sh(f"sysmonctl policy check {CONF}")
    ok(p.returncode == 0 and "valid, 5 rules" in p.stdout, "they are valid", p.stdout + p.stderr)
    must(STEPS + "start_daemon")
    wait_for(lambda: "connected" in sh("sysmonctl status").stdout, 60, 0.5)


def test_verbs():
    """each verb follows its threshold, and the kernel confirms it"""
    ids = {"pause": start("pause", "stress --cpu 1", "--cpus 0.2"),
           "kill": start("kill", "stress --cpu 2", "--cpus 0.05"),
           "restart": start("restart", "stress --vm 1 --vm-bytes 16M --vm-hang 0", "--cpus 0.2"),
           "tell": start("tell", "sleep 1000")}
    for rule in ("busy-pause", "many-kill", "big-restart", "tell"):
        wait_for(lambda r=rule: confirmed(r), 90, 0.5)
        if ok(confirmed(rule), f"{rule} is confirmed", sh("sysmonctl policy").stdout
              + sh("journalctl -u sysmon-collectord --no-pager | tail -30").stdout):
            in_order(rule)
    equal(must("docker inspect -f '{{.State.Status}}' pause").strip(), "paused", "the engine says it is paused")
    equal(query("SELECT count(*) FROM event e JOIN container c ON c.id = e.container"
                " WHERE e.type = 'freeze' AND c.name = 'pause'"), [(1,)], "the kernel saw it freeze, once")
    equal(must("docker inspect -f '{{.State.Running}}' kill").strip(), "false", "the killed one has ended")
    equal(query("SELECT s.reason, a.rule, a.verb, s.killer_signal FROM stop s JOIN action a ON a.id = s.action"
                " JOIN container c ON c.id = s.container WHERE c.name = 'kill'"),
          [("policy", "many-kill", "kill", 9)], "its stop record names rule and signal")
    lives = query("SELECT count(*) FROM container WHERE key = ?", ids["restart"])[0][0]
    ok(lives >= 2, "the restarted one has a life more", lives)
    with open(TOLD) as f:
        equal(f.read(), f"tell|tell|{ids['tell']}", "the command was told rule, name and id")
    equal(confirmed("tell")[0]["exit_code"], 0, "and its exit code is in the record")


def test_restarts_end():
    """a container that restarts do not help is given up on, with an alarm"""
    wait_for(lambda: [a for a in actions("big-restart") if a["state"] == "given-up"], 60, 0.5)
    alarms = json.loads(must("sysmonctl events --type alarm --json || true") or '{"events":[]}')["events"]
    ok([e for e in alarms if e["rule"] == "big-restart" and e["reason"] == "given-up"], "the alarm is an event", alarms)
    equal(len(confirmed("big-restart")), 1, "after one restart")
    ok("given up" in sh("sysmonctl status").stdout, "status says so")


def test_engine_away():
    """a decision outlives the engine's absence and the daemon's restart"""
    start("later", "sleep 1000")
    wait_for(lambda: query("SELECT 1 FROM container WHERE name = 'later'"), 30, 0.5)
    time.sleep(2)  # it is described whole by now
    must("systemctl stop docker.socket docker.service")
    waiting = wait_for(lambda: [a for a in actions("later") if a["state"] == "waiting"], 60, 0.5)
    ok(waiting and waiting[0]["requested"] is None, "it is decided and kept", actions("later"))
    waits = wait_for(lambda: "waits for an engine" in sh("sysmonctl status").stdout, 20, 0.5)
    ok(waits, "status says that it waits", sh("sysmonctl status").stdout)
    must(STEPS + "start_daemon")
    time.sleep(3)
    equal([a["state"] for a in actions("later")], ["waiting"], "it is kept over a restart of the daemon")
    must("systemctl start docker.service")
    wait_for(lambda: confirmed("later"), 90, 0.5)
    equal([a["state"] for a in actions("later")], ["confirmed"], "and carried out once when the engine is back")
    equal(actions("later")[0]["action"], waiting[0]["action"] if waiting else None, "the same decision")
    os.unlink(CONF)


run([test_start, test_verbs, test_restarts_end, test_engine_away])
