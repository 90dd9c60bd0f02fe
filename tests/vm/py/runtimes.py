# SPDX-License-Identifier: GPL-2.0
"""Tests of sysmon.ko with each container runtime that Debian has: one life, told once, by the right name.

runtimes.py [TEST]...: those tests alone.
"""
import json
import os
import subprocess
import sys

from cg import Cgroup, hexname
from family import containers, events
from tap import equal, ok, run, wait_for
import kmod
from kmod import head, load

IMAGE = "docker.io/containerstack/alpine-stress"
ROOT = "/var/lib/machines/box"
PATTERNS = ["machine-*.scope", "systemd-nspawn@*.service", "lxc.payload.*", "web-*"]
CODE = ["/bin/sh", "-c", "sleep 1; exit 7"]
SLEEP = ["/bin/sleep", "1000"]
EXIT_7 = (7, None)
KILLED = (None, 9)


def must(*argv, **kw):
    p = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, **kw)
    if p.returncode:
        raise Exception(f"{' '.join(argv)}: {p.returncode}\n{p.stdout}{p.stderr}")
    return p.stdout.strip()


def told(after):
    return [m["event"] for m in events(kmod.ynl, after + 1) if "event" in m]


def first(after, kind, seconds=60):
    return wait_for(lambda: next((e for e in told(after) if e["type"] == kind), None), seconds, 0.2)


def check(after, runtime, ident, argv=CODE, end=EXIT_7):
    """All that was told after an event is one container's life, and right."""
    first(after, "removed")
    got = [e for e in told(after) if e["type"] in ("start", "stop", "removed")]
    if not equal([e["type"] for e in got], ["start", "stop", "removed"], "one life, and no helper's"):
        return print("# " + "\n# ".join(f"{e['type']} {e['container']['path']}" for e in told(after)), flush=True)
    start, stop, _ = got
    final = stop["container"]
    equal(len({e["container"]["cgroup-id"] for e in got}), 1, "of one cgroup")
    equal((final["runtime"], final["id"]), (runtime, ident), "the runtime and the id")
    equal(start.get("process", {}).get("argv"), "\0".join(argv).encode() + b"\0", "the first program's arguments")
    equal((stop.get("exit-code"), stop.get("exit-signal")), end, "how it ended")
    ok(final.get("cpu-usage-ns", 0) > 0 and final.get("mem-peak-bytes", 0) > 0, "the final figures", final)
    return final


def killed(after, *command):
    """Once the container runs, have its runtime kill it."""
    first(after, "start")
    must(*command)


def docker(*argv, options=()):
    return must("docker", "run", "-d", *options, IMAGE, *argv)


def test_docker():
    """docker, systemd's cgroups"""
    before = head()
    final = check(before, "docker", docker(*CODE))
    ok(final and "net-rx-bytes" in final, "with its network", final)
    before = head()
    check(before, "docker", docker(*CODE, options=["--pid=host", "--network=none"]))


def test_docker_cgroupfs():
    """docker, the cgroupfs driver, and a program executed in the container"""
    os.makedirs("/etc/docker", exist_ok=True)
    with open("/etc/docker/daemon.json", "w") as f:
        json.dump({"exec-opts": ["native.cgroupdriver=cgroupfs"]}, f)
    must("systemctl", "restart", "docker.service")
    before = head()
    ident = docker(*SLEEP, options=["--network=none"])
    first(before, "start")
    must("docker", "exec", ident, "true")
    killed(before, "docker", "kill", ident)
    check(before, "docker", ident, SLEEP, KILLED)


NESTED = """mkdir -p /sys/fs/cgroup/init /sys/fs/cgroup/docker/{id}
echo 0 >/sys/fs/cgroup/init/cgroup.procs
(echo 0 >/sys/fs/cgroup/docker/{id}/cgroup.procs; exec /bin/sh -c 'sleep 1; exit 7')
rmdir /sys/fs/cgroup/docker/{id}; sleep 2"""


def test_nested():
    """a container inside a docker container"""
    before, inner = head(), hexname(1, "9")
    outer = docker("/bin/sh", "-c", NESTED.format(id=inner), options=["--privileged", "--network=none"])
    wait_for(lambda: len([e for e in told(before) if e["type"] == "removed"]) == 2, 60, 0.2)
    lives = {}
    for e in told(before):
        lives.setdefault(e["container"]["id"], []).append(e)
    equal({i: [e["type"] for e in es] for i, es in lives.items()},
          {outer: ["start", "stop", "removed"], inner: ["start", "stop", "removed"]}, "a life of each")
    start, stop, _ = lives[inner]
    equal(start["process"]["argv"], "\0".join(CODE).encode() + b"\0", "the inner one's program")
    equal((stop["container"]["parent-id"], stop["container"]["runtime"], stop.get("exit-code")),
          (lives[outer][0]["container"]["cgroup-id"], "docker", 7), "its parent, runtime and end")


def podman(manager, runtime):
    before, call = head(), ["podman", "--cgroup-manager", manager, "--runtime", runtime]
    final = check(before, "libpod", must(*call, "run", "-d", "--network=none", IMAGE, *CODE))
    print(f"# {final and final['path']}", flush=True)
    before = head()
    ident = must(*call, "run", "-d", "--network=none", IMAGE, *SLEEP)
    killed(before, *call, "kill", ident)
    check(before, "libpod", ident, SLEEP, KILLED)


def test_podman_crun():
    """podman with crun, systemd's cgroups"""
    podman("systemd", "crun")


def test_podman_runc():
    """podman with runc, systemd's cgroups"""
    podman("systemd", "runc")


def test_podman_crun_cgroupfs():
    """podman with crun, cgroups of its own"""
    podman("cgroupfs", "crun")


def test_podman_runc_cgroupfs():
    """podman with runc, cgroups of its own"""
    podman("cgroupfs", "runc")


def test_containerd():
    """containerd: /NAMESPACE/ID, Kubernetes' namespace, and systemd's cgroups"""
    before, ident = head(), hexname(1, "1")
    p = subprocess.Popen(["ctr", "run", "--rm", "--rootfs", ROOT, ident, *CODE])
    check(before, "containerd", ident)
    p.wait()

    before, ident = head(), hexname(2, "1")
    must("ctr", "-n", "k8s.io", "run", "-d", "--rootfs", ROOT, ident, *SLEEP)
    killed(before, "ctr", "-n", "k8s.io", "task", "kill", "-s", "KILL", ident)
    first(before, "stop")
    must("ctr", "-n", "k8s.io", "task", "rm", ident)
    check(before, "containerd", ident, SLEEP, KILLED)

    before, ident = head(), hexname(3, "1")
    p = subprocess.Popen(["ctr", "run", "--rm", "--runc-systemd-cgroup", "--cgroup",
                          f"system.slice:cri-containerd:{ident}", "--rootfs", ROOT, ident, *CODE])
    check(before, "containerd", ident)
    p.wait()


def bundle(argv, cgroup):
    path = "/run/bundle"
    os.makedirs(path, exist_ok=True)
    if os.path.exists(path + "/config.json"):
        os.unlink(path + "/config.json")
    must("runc", "spec", cwd=path)
    with open(path + "/config.json") as f:
        spec = json.load(f)
    spec["process"].update(args=argv, terminal=False)
    spec["root"]["path"] = ROOT
    spec["linux"]["cgroupsPath"] = cgroup
    with open(path + "/config.json", "w") as f:
        json.dump(spec, f)
    return path


def test_runc():
    """runc alone, by a configured pattern"""
    before = head()
    p = subprocess.Popen(["runc", "run", "-b", bundle(CODE, "/pods/web-1"), "one"], stdin=subprocess.DEVNULL)
    check(before, "match", "web-1")
    p.wait()

    before = head()
    p = subprocess.Popen(["runc", "--systemd-cgroup", "run", "-b", bundle(SLEEP, "system.slice:web:2"), "two"],
                         stdin=subprocess.DEVNULL)
    killed(before, "runc", "kill", "two", "KILL")
    check(before, "match", "web-2.scope", SLEEP, KILLED)
    p.wait()


NSPAWN_UNIT = f"""[Service]
ExecStart=systemd-nspawn --quiet --keep-unit --console=pipe -D {ROOT} {{}}
KillMode=mixed
Type=notify
SuccessExitStatus=7
Slice=machine.slice
Delegate=yes
"""


def test_nspawn():
    """systemd-nspawn, by hand and as a service"""
    before = head()
    p = subprocess.Popen(["systemd-nspawn", "--quiet", "--console=pipe", "-M", "box", "-D", ROOT, *SLEEP],
                         stdin=subprocess.DEVNULL)
    killed(before, "machinectl", "kill", "-s", "KILL", "--kill-whom=leader", "box")
    check(before, "match", "machine-box.scope", SLEEP, KILLED)
    p.wait()

    with open("/etc/systemd/system/systemd-nspawn@box.service", "w") as f:
        f.write(NSPAWN_UNIT.format("/bin/sh -c 'sleep 1; exit 7'"))
    must("systemctl", "daemon-reload")
    before = head()
    must("systemctl", "start", "systemd-nspawn@box.service")
    check(before, "match", "systemd-nspawn@box.service")


def test_lxc():
    """LXC"""
    with open("/run/lxc.conf", "w") as f:
        f.write(f"lxc.rootfs.path = dir:{ROOT}\nlxc.net.0.type = empty\nlxc.apparmor.profile = unconfined\n"
                "lxc.uts.name = box\n")
    for argv, end in ((CODE, EXIT_7), (SLEEP, KILLED)):
        before = head()
        p = subprocess.Popen(["lxc-start", "-n", "box", "-f", "/run/lxc.conf", "-F", "--", *argv])
        if end == KILLED:
            killed(before, "lxc-stop", "-n", "box", "-k")
        check(before, "match", "lxc.payload.box", argv, end)
        p.wait()


def test_names():
    """cri-o's and nerdctl's names, which no package of Debian 12 makes"""
    parent = Cgroup("/kubepods.slice")
    parent.write("cgroup.subtree_control", "+cpu +memory +pids")
    ident = hexname(1, "a")
    for name, runtime, inner in ((f"crio-{ident}.scope", "crio", "/container"), (f"crio-{ident}", "crio", ""),
                                 (f"nerdctl-{ident}.scope", "nerdctl", "")):
        before = head()
        monitor = Cgroup(f"/kubepods.slice/crio-conmon-{ident}" + name[name.find("."):] * ("." in name))
        monitor.spawn(*SLEEP)
        cg = Cgroup("/kubepods.slice/" + name)
        program = Cgroup(cg.path + inner)
        program.spawn("/usr/bin/unshare", "-p", "-f", *CODE).wait()
        for group in (program, cg, monitor):
            group.remove()
        check(before, runtime, ident)


subprocess.run(["vm-images"], check=True)
os.makedirs(ROOT + "/usr")
must("tar", "-C", ROOT, "-xf", "/usr/share/sysmon-vm/alpine-stress.tar")
load()
kmod.ynl.do("config-set", {"match": PATTERNS})
run([test_docker, test_docker_cgroupfs, test_nested, test_podman_crun, test_podman_runc, test_podman_crun_cgroupfs,
     test_podman_runc_cgroupfs, test_containerd, test_runc, test_nspawn, test_lxc, test_names],
    sys.argv[1:], cleanup=Cgroup.remove_all)
