#!/bin/bash
# Tests profile docker of the VM harness on both kernels: systemd runs, and Docker and Podman run stress containers.
set -u
cd "$(dirname "$0")" || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

# In the guest; each line of its output that starts with "ok" or "not ok" is a test's result.
cat >"$work/script" <<'END'
#!/bin/bash
ok() {
	local name=$1
	shift
	if "$@" >/tmp/log 2>&1; then echo "ok - $name"; else echo "not ok - $name" && sed 's/^/# /' /tmp/log; fi
}
nothing_loaded() { ! grep -q ^sysmon /proc/modules && ! systemctl is-active -q docker containerd sysmon-collectord; }
state() { [ "$(systemctl is-system-running --wait)" = running ]; }
in_slice() { grep -q "$2" "/proc/$1/cgroup"; }
journal_works() { logger marker-of-test && journalctl --sync && journalctl -b | grep -q marker-of-test; }
libraries() { ! ldd /usr/sbin/sysmon-collectord /usr/bin/sysmonctl | grep 'not found'; }

ok 'systemd reaches running' state
ok 'nothing is loaded or started' nothing_loaded
ok 'the journal works' journal_works
ok 'the module loads' modprobe sysmon
ok 'installed programs find their libraries' libraries
ok 'vm-images loads images' vm-images
ok 'docker runs a stress container' docker run -d --name one containerstack/alpine-stress stress -c 1
ok 'it is in a scope of its own' in_slice "$(docker inspect -f '{{.State.Pid}}' one)" '/system.slice/docker-[0-9a-f]\{64\}.scope'
ok 'podman runs one' podman run -d --name two containerstack/alpine-stress stress -c 1
ok 'it is in a scope of its own too' in_slice "$(podman inspect -f '{{.State.Pid}}' two)" 'libpod-[0-9a-f]\{64\}.scope'
ok 'podman runs one with runc' podman --runtime runc run --rm containerstack/alpine-stress true
ok 'the image has sh, sleep and dd' docker run --rm containerstack/alpine-stress sh -c 'sleep 0; dd if=/dev/zero of=/x bs=1M count=1'
ok 'networks are there' docker exec one ip -4 addr show eth0
ok 'the engines answer on their sockets' curl -sf --unix-socket /run/docker.sock http://d/_ping
ok 'podman too' curl -sf --unix-socket /run/podman/podman.sock http://d/_ping
ok 'docker stop stops' docker stop -t 1 one
END

for kernel in 6.1 6.12; do
	./run -p docker -k $kernel -t 1500 "$work/script" >"$work/stdout" 2>"$work/stderr"
	status=$?
	while IFS= read -r line; do
		case $line in
		'ok - '* | 'not ok - '*) n=$((n + 1)) && echo "${line%% - *} $n - $kernel: ${line#* - }" ;;
		*) echo "$line" ;;
		esac
	done <"$work/stdout"
	n=$((n + 1))
	if [ $status -eq 0 ]; then echo "ok $n - $kernel: the run ends well"; else echo "not ok $n - $kernel: the run ends with $status" && sed 's/^/# /' "$work/stderr"; fi
done
# Sixteen results and the end of the run, for each kernel: fewer means that a script died early.
echo "1..34"
