# SPDX-License-Identifier: GPL-2.0
"""
An attacker's hour: a user of the host who may do nothing, and containers that mean harm, each way in turn and then all
at once. Nothing is read that is not theirs, nothing stopped that the policy did not choose, and sampling goes on.

attack.py SECONDS-A-WAY
"""
import hashlib
import json
import os
import subprocess
import sys
import time

import attacker
import daemon as d
from cg import Cgroup
from host import DB, STEPS, UNIT, daemon_pid, must, query, rss, sh
from load import TRUST
from tap import equal, ok, run, say, wait_for

WAY = float(sys.argv[1]) if len(sys.argv) > 1 else 10
IMAGE = "containerstack/alpine-stress"
UID = 1000
GIVEN = "/sys/fs/cgroup/given"  # to the user, as systemd gives each session a part of the tree
SECRET = "not-for-everyone"
TOKEN = "0123456789abcdef0123456789abcdef"
STATE = "/var/lib/sysmon"
TOLD = STATE + "/told"
MIB = 1 << 20

RULES = f"""
[policy many]
match_image = .
when = pids >= 40 for 1s
action = kill
every = 1s

[policy tell]
match_label = tell
action = exec
exec = printf '%s|%s\\n' "$SYSMON_CONTAINER_NAME" "$SYSMON_CONTAINER_ID" >>{TOLD}
keep = 0
every = 1s
"""

# A shell ends where it cannot fork, and this one begins another in its place.
BOMB = ["sh", "-c", "while :; do sh -c 'while :; do sleep 5 & done'; done"]

# Containers by name, and what the policy is to do: nothing else.
ids, expected = {}, set()
victims = ("victim", "secret", "oldest")
ways = {}


def start(name, command, *options):
    argv = ["docker", "run", "-d", "--network", "none", "--name", name, *options, IMAGE, *command]
    p = subprocess.run(argv, capture_output=True, text=True)
    if p.returncode:
        raise Exception(p.stderr)
    ids[name] = p.stdout.strip()


def as_user(*argv, uid=UID):
    return ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--no-new-privs", *argv]


def attack(what, *args, seconds=None):
    """An attack of the user's, under way."""
    return subprocess.Popen(as_user("python3", "-B", "/mnt/host/py/attacker.py", what, str(seconds or WAY), *args),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/tmp")


def result_of(process):
    out, err = process.communicate(timeout=WAY * 8 + 300)
    if process.returncode:
        raise Exception(err)
    result = json.loads(out)
    say("user: " + ", ".join(f"{k} {v}" for k, v in sorted(result.items())))
    return result


class Watch:
    """What the host did meanwhile: ticks emitted, stored, lost; memory. `check` says whether it went on."""

    def __init__(self, name):
        self.name, self.begin, self.before = name, time.monotonic(), d.module()
        self.rows = query("SELECT coalesce(max(id), 0) FROM tick")[0][0]
        self.gaps = self.lost()

    @staticmethod
    def lost():
        return query("SELECT coalesce(sum(count), 0) FROM gap WHERE kind = 'tick'")[0][0]

    def check(self):
        took, m = time.monotonic() - self.begin, d.module()
        emitted = m["ticks"] - self.before["ticks"]
        ok(wait_for(lambda: query("SELECT last_tick FROM session")[0][0] >= m["ticks"], 60, 0.5),
           f"{self.name}: all ticks are accounted for")
        stored, longest = query("SELECT count(*), max(span_us) / 1e6 FROM tick WHERE id > ?", self.rows)[0]
        lost, size = self.lost() - self.gaps, rss(daemon_pid())
        say(f"{self.name}: {took:.0f} s, {emitted} ticks, {stored} stored, {lost} in gaps, at most {longest:.1f} s apart;"
            f" daemon {size / MIB:.1f} MiB, {m['containers']} containers, events {m['events-bytes'] >> 10} KiB;"
            f" dropped {m['dropped'] - self.before['dropped']}, refused"
            f" {m['containers-refused'] - self.before['containers-refused']}, events lost"
            f" {m['events-lost'] - self.before['events-lost']}")
        ok(emitted > took / 2 and stored > emitted / 2, f"{self.name}: sampling goes on", (took, emitted, stored))
        ok(size < 128 * MIB and m["events-bytes"] <= m["events-bytes-max"] and m["containers"] <= m["containers-max"],
           f"{self.name}: memory has its bounds", (size, m))


def configure():
    must(f"install -m 640 -g sysmon /dev/null /etc/sysmon/http.token && echo {TOKEN} >/etc/sysmon/http.token && "
         "sed -i 's,^\\[http\\],&\\ntoken_file = /etc/sysmon/http.token,; s,^\\[collector\\],&\\nmatch = lxc.payload.*,'"
         " /etc/sysmon/sysmon.conf && "
         "install -Dm 644 /usr/share/sysmon/examples/duplicate-stress.conf /etc/sysmon/policy.d/10-duplicate-stress.conf")
    with open("/etc/sysmon/policy.d/20-attack.conf", "w") as f:
        f.write(RULES)
    must("sysctl -w vm.oom_dump_tasks=0")


def delegate():
    """A part of the cgroup tree for the user, bounded as a host would bound it, and a shell in it."""
    cg = Cgroup("/given")
    with open("/sys/fs/cgroup/cgroup.subtree_control", "w") as f:
        f.write("+memory +pids")
    cg.write("cgroup.subtree_control", "+memory +pids")
    cg.write("pids.max", "300")
    cg.write("memory.max", str(1024 * MIB))
    for name in ("", "/cgroup.procs", "/cgroup.threads", "/cgroup.subtree_control"):
        os.chown(GIVEN + name, UID, UID)
    os.mkdir(GIVEN + "/shell")
    for name in ("", "/cgroup.procs"):
        os.chown(GIVEN + "/shell" + name, UID, UID)
    Cgroup.alive.remove(cg)


def test_start():
    """the host: Docker, the daemon with three rules and a token, containers that nobody is to touch"""
    configure()
    must(STEPS + "start_services")
    d.load()
    delegate()
    start("victim", ["sleep", "1000000"], "--label", f"secret={SECRET}")
    start("secret", ["sh", "-c", "sleep 1000000", SECRET])
    start("oldest", ["stress", "--cpu", "1"], "--cpus", "0.02")
    named = wait_for(lambda: query("SELECT count(*) FROM container WHERE name IN ('victim', 'secret', 'oldest')")[0][0] == 3,
                     90, 0.5)
    ok(named, "they are known", query("SELECT name, key FROM container"))
    sample = sh(f"curl -s -H 'Authorization: Bearer {TOKEN}' http://127.0.0.1:9815/api/v1/containers").stdout
    ok(SECRET in sample, "who has the token reads what they are", sample[:500])


def test_files():
    """what a user may not read, write, link or signal"""
    watch = Watch("files")
    result = result_of(attack("files", str(daemon_pid()), SECRET))
    done = {k: v for k, v in result.items() if v.startswith("done") or v == "SECRET"}
    equal(done, {}, "nothing of it succeeds")
    equal(sh("ls -d /run/sysmon /tmp/owned 2>/dev/null").stdout, "", "and leaves nothing behind")
    watch.check()


def test_netlink():
    """a flood of requests to the module, by the user, in a user namespace"""
    watch, config = Watch("netlink"), {k: d.module().get(k) for k in ("interval-ns", "match")}
    flood = [attack("netlink") for _ in range(2)]
    readers = subprocess.Popen(as_user(TRUST, "dumper"), stdout=subprocess.PIPE, text=True)
    results = [result_of(p) for p in flood]
    readers.terminate()
    say(readers.communicate()[0].strip().lstrip("# "))
    denied = ("container_get", "event_get", "config_set", "match_set", "listen_snapshots", "listen_events")
    ways_out = {k for r in results for k in r if k.split(":")[0] in denied}
    equal(ways_out, {f"{name}: EPERM" for name in denied}, "all that is not for users is refused")
    equal({k: d.module().get(k) for k in config}, config, "the module is configured as before")
    watch.check()


def test_http():
    """a flood of requests and slow connections, without the token"""
    watch = Watch("HTTP")
    result = result_of(attack("http", SECRET))
    answered = {k.split(": ")[1] for k in result if not k.startswith("slow")}
    ok(not answered & {"200", "SECRET"} and "401" in answered, "none is answered but with a refusal", result)
    code = "curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer " + TOKEN + "' http://127.0.0.1:9815/api/v1/top"
    ok(wait_for(lambda: sh(code).stdout == "200", 60, 1), "who has the token is served afterwards", sh(code).stdout)
    watch.check()


def test_cgroups():
    """cgroups with the names of containers, in a hurry"""
    watch = Watch("cgroups")
    result = result_of(shell("cgroups", GIVEN))
    ok(result.get("made", 0) > WAY, "they come and go", result)
    watch.check()


def shell(*argv):
    """An attack from inside the user's part of the cgroup tree."""
    p = attack(*argv)
    with open(GIVEN + "/shell/cgroup.procs", "w") as f:
        f.write(str(p.pid))
    return p


def test_impostor():
    """a cgroup with the id of another's container, that does what the policy kills for"""
    watch = Watch("impostor")
    result = result_of(shell("impostor", GIVEN, ids["victim"]))
    ok(result["processes"] >= 40, "it has as many processes as a container may not have", result)
    watch.check()


def test_forks():
    """a fork bomb of the user's, and one in a container that the policy is to kill, and one that it is not"""
    watch = Watch("forks")
    start("shielded", BOMB, "--pids-limit", "64", "--label", "sysmon.protect=yes")
    start("bomb", BOMB, "--pids-limit", "64")
    result = result_of(shell("forks", GIVEN))
    ok(60 < result["processes at most"] <= 300, "the user's is bounded by pids.max", result)
    expected.add(("many", ids["bomb"]))
    killed = wait_for(lambda: query("SELECT 1 FROM stop s JOIN container c ON c.id = s.container WHERE c.key = ?",
                                    ids["bomb"]), 120, 0.5)
    ok(killed, "the bomb in a container is killed", sh("sysmonctl policy").stdout)
    equal(query("SELECT count(*) FROM action a JOIN container c ON c.id = a.container WHERE c.name = 'shielded'"), [(0,)],
          "the one that is protected is not")
    must("docker rm -f shielded")
    watch.check()


def test_texts():
    """containers with hostile commands, arguments and labels"""
    watch = Watch("texts")
    text = attacker.HOSTILE.replace(b"\xff\xfe", b"").decode() + "\n; touch /tmp/owned\n" + "\u202e" + "%n" * 50
    start("hostile", ["sh", "-c", "exec sleep 1000000", text, "a\nb", "stress", "--cpu", "1"], "--label",
          f"evil={text}", "--label", "".join(text.split()) + "=x", "--label", "tell=" + text)  # Docker's client wants no blanks
    expected.add(("tell", ids["hostile"]))
    start("posing", ["sh", "-c", "exec sleep 1000000", "stress --cpu 1"])
    # It runs no stress but says so in its command: then it is one, and the younger of two.
    expected.update({("duplicate-stress", ids["hostile"]), ("duplicate-stress", ids["posing"])})
    start("long", ["sh", "-c", "exec sleep 1000000", *["x" * 4000] * 20], "--label", "long=" + "y" * 20000)
    ok(wait_for(lambda: {("duplicate-stress", ids["posing"]), ("tell", ids["hostile"])} <= actions(), 120, 1),
       "the policy does what it is to do", actions())
    time.sleep(WAY)
    with open(TOLD) as f:
        told = f.read()
    equal(set(told.splitlines()), {f"hostile|{ids['hostile']}"}, "a command is told names, and nothing else")
    ok(not os.path.exists("/tmp/owned") and not os.path.exists(STATE + "/owned"), "nothing of a text was run")
    shown()
    watch.check()


def shown():
    """All that is printed is text, without a character that does something to a terminal."""
    for command in ("containers -a", "top --once", "events --since -1h", "stopped", "policy", "status"):
        p = subprocess.run(["sysmonctl", *command.split()], capture_output=True)
        text = p.stdout.decode()  # an error where it is no UTF-8
        bad = [c for c in text if c != "\n" and (ord(c) < 32 or c in "\x7f\u202e" or 0x80 <= ord(c) < 0xa0)]
        equal(bad[:5], [], f"sysmonctl {command.split()[0]} prints no control character")
        p = subprocess.run(["sysmonctl", *command.split(), "--json"], capture_output=True)
        ok(isinstance(json.loads(p.stdout), dict), "and JSON")


def actions():
    return set(query("SELECT rule, c.key FROM action a JOIN container c ON c.id = a.container"))


def test_all():
    """all of it at once, and containers that are killed for memory again and again"""
    watch = Watch("all")
    start("glutton", ["sh", "-c", "while :; do stress --vm 1 --vm-bytes 64M -t 1; sleep 0.2; done"], "--memory", "16m",
          "--restart", "always", "--label", "sysmon.protect=yes")
    start("busy", ["sh", "-c", "while :; do /bin/true; done"], "--cpus", "0.2")
    under_way = [shell("impostor", GIVEN, ids["secret"])]
    time.sleep(5)  # it has its processes before the bomb takes what is left
    under_way += [attack("netlink"), attack("http", SECRET), shell("cgroups", GIVEN), shell("forks", GIVEN)]
    for p in under_way:
        result = result_of(p)
        ok(not [k for k in result if "SECRET" in k or k.endswith(": 200")], "nothing is read")
    must("docker rm -f glutton busy")
    watch.check()


def test_record():
    """what the record says of it all"""
    equal(actions(), expected, "the policy acted on those that it is about, and no others")
    running = must("docker ps --format '{{.Names}}'").split()
    equal([v for v in victims if v not in running], [], "the victims run")
    equal(query(f"SELECT name FROM container WHERE name IN {victims} AND stopped_ns IS NOT NULL"
                " AND path NOT LIKE '/given/%'"), [], "and in the record, too")
    equal(must(f"systemctl show -P NRestarts {UNIT}").strip(), "0", "the daemon ran through")
    must(f"systemctl stop {UNIT}")
    d.DB = DB
    equal(d.unaccounted(), [], "each tick and each event is stored or in a gap, once")
    equal(query("PRAGMA integrity_check"), [("ok",)], "the database is whole")
    for kind, reason, count in query("SELECT kind, reason, sum(count) FROM gap GROUP BY kind, reason"):
        say(f"gaps: {count} {kind}s: {reason}")


def fingerprint(path):
    st = os.stat(path)
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest(), st.st_mode, st.st_uid, st.st_gid, st.st_ino


def root_runs(links):
    """The daemon's user puts links there; what of sysmon root then runs."""
    p = subprocess.run(as_user("sh", "-c", f"cd {STATE} && {links}", uid=int(must("id -u sysmon"))),
                       capture_output=True, text=True)
    ok(p.returncode == 0, "the links are there", p.stderr)
    for command in ("systemd-tmpfiles --create --prefix=/var/lib/sysmon", "systemd-sysusers", "sysmonctl status",
                    "sysmonctl containers", "sysmonctl stopped", f"systemctl restart {UNIT}", f"systemctl stop {UNIT}"):
        p = sh(command)
        say(f"{command}: {p.returncode} {(p.stdout + p.stderr).strip().splitlines()[-1:]}")


def test_links():
    """links where the daemon keeps its state, made by one that someone else has taken over"""
    targets = ("/etc/shadow", "/etc/passwd", "/root/mine", "/root/folder/kept")
    must("echo mine >/root/mine; chmod 600 /root/mine; mkdir /root/folder; echo kept >/root/folder/kept")
    before = {t: fingerprint(t) for t in targets}
    root_runs("rm -f sysmon.db-wal sysmon.db-shm && ln -s /etc/passwd sysmon.db-wal && ln -s /root/mine sysmon.db-shm")
    equal({t: fingerprint(t) for t in targets}, before, "beside the database: what root runs leaves alone where they lead")
    root_runs("mv sysmon.db kept.db && rm -f sysmon.db-wal sysmon.db-shm && ln -s /etc/shadow sysmon.db && "
              "ln -s /root/folder folder && ln -s /root/mine sysmon.db.new")
    equal({t: fingerprint(t) for t in targets}, before, "in its place: likewise")
    must("sh /mnt/host/sysmon.postrm purge")
    ok(not os.path.exists(STATE), "purging removes the folder")
    equal({t: fingerprint(t) for t in targets}, before, "and nothing that links in it lead to")


run([test_start, test_files, test_netlink, test_http, test_cgroups, test_impostor, test_forks, test_texts, test_all,
     test_record, test_links], sys.argv[2:])
