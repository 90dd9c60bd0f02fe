#!/bin/bash
# Tests the VM harness itself, in profile mini: what tests/vm/run promises about statuses, bytes, files and kernel reports.
set -u
cd "$(dirname "$0")" || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

# ok NAME COMMAND...: one TAP line for whether the command succeeds.
ok() {
	local name=$1
	shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name" && sed 's/^/# /' "$work/stderr"; fi
}

equal() { [ "$1" = "$2" ] || { printf '# got: %s\n# expected: %s\n' "$1" "$2" && false; }; }

# vm [OPTION]... [-- ARG...]: runs the script given on stdin; sets $status, leaves stdout and stderr in files.
vm() {
	local options=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1") && shift; done
	[ $# -eq 0 ] || shift
	cat >"$work/script"
	./run "${options[@]}" "$work/script" "$@" >"$work/stdout" 2>"$work/stderr"
	status=$?
}

in_output() { grep -qxF -- "$1" "$work/stdout"; }
on_stderr() { grep -qF -- "$1" "$work/stderr"; }

test_contract() {
	local kernel=$1
	mkdir -p "$work/given/sub" && echo inside >"$work/given/sub/file" && rm -rf "$work/out"
	SYSMON_VM_OUT=$work/out vm -k "$kernel" -f "$work/given" -- 'a b' "it's \"quoted\"" $'two\nlines' '' <<-'END'
		[ "$#" = 4 ] && [ "$1" = 'a b' ] && [ "$2" = "it's \"quoted\"" ] && [ "$3" = 'two
		lines' ] && [ -z "$4" ] && echo arguments exact
		[ "$(cat /mnt/host/given/sub/file)" = inside ] && echo given file there
		mkdir /mnt/out/folder && head -c 300000 /dev/urandom >/mnt/out/folder/data && cat /mnt/out/folder/data | sha256sum >/mnt/out/sum
		[ "$(id -u)$PWD$HOME$SYSMON_VM" = 0/root/rootmini ] && echo root at home
		[ -z "$(lsmod | grep sysmon)" ] && modprobe sysmon && rmmod sysmon && echo module loads
		grep -q memory /sys/fs/cgroup/cgroup.subtree_control && echo controllers on
		[ "$(setpriv --reuid nobody --regid nogroup --clear-groups id -u)" = 65534 ] && echo nobody runs
		dd if=/dev/zero of=/mnt/disk/x bs=1M count=4 conv=fsync 2>/dev/null && echo disk writes
		[ "$(echo '{"a": 3}' | jq .a)" = 3 ] && [ "$(sqlite3 :memory: 'select 3')" = 3 ] && python3 -c 'import yaml' && echo tools run
		echo on stderr >&2
		exit 42
	END
	ok "$kernel: the script's status is passed on" equal "$status" 42
	for line in 'arguments exact' 'given file there' 'root at home' 'module loads' 'controllers on' 'nobody runs' \
		'disk writes' 'tools run' 'on stderr'; do
		ok "$kernel: $line" in_output "$line"
	done
	ok "$kernel: /mnt/out comes out whole" equal "$(sha256sum <"$work/out/folder/data")" "$(cat "$work/out/sum")"
	ok "$kernel: the kernel's log is named on failure" test -s "$(sed -n 's/^vm: kernel log: //p' "$work/stderr")"
}

test_bytes() {
	/usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 400)' >"$work/bytes"
	vm -f "$work/bytes" <<-'END'
		cat /mnt/host/bytes
		sleep 1000 &
	END
	ok 'output is byte-clean' cmp "$work/bytes" "$work/stdout"
	ok 'what the script leaves running does not hold the run up' equal "$status" 0
}

test_kernel_report() {
	vm <<-'END'
		echo '<4>WARNING: CPU: 0 PID: 1 at kernel/made-up.c:1 some_function+0x1/0x2' >/dev/kmsg
	END
	ok 'a kernel warning makes the status 126' equal "$status" 126
	ok 'and is shown' on_stderr 'some_function+0x1/0x2'
	vm -w some_function <<-'END'
		echo '<4>WARNING: CPU: 0 PID: 1 at kernel/made-up.c:1 some_function+0x1/0x2' >/dev/kmsg
	END
	ok 'but for one that the script is to provoke' equal "$status" 0
	vm <<-'END'
		echo c >/proc/sysrq-trigger
	END
	ok 'so does a panic' equal "$status" 126
}

test_failures() {
	vm -t 4 <<-'END'
		sleep 1000
	END
	ok 'out of time is 124' equal "$status" 124
	vm <<-'END'
		poweroff -f
		sleep 1000
	END
	ok 'a VM that ends by itself is 125' equal "$status" 125
	vm -k 9.9 </dev/null
	ok 'wrong usage is 2' equal "$status" 2
	./run /nonexistent 2>"$work/stderr"
	ok 'so is a script that is not there' equal $? 2
}

test_instruction_clock() {
	vm -i <<-'END'
		set -- $(cut -d. -f1 /proc/uptime)
		[ "$(nproc)$SYSMON_VM_ICOUNT" = 11 ] && sleep 500 && [ "$(cut -d. -f1 /proc/uptime)" -ge 500 ]
	END
	ok 'the instruction clock jumps over idle time' equal "$status" 0
}

test_interrupt() {
	echo 'echo started; sleep 1000' >"$work/script"
	./run "$work/script" >"$work/stdout" 2>"$work/stderr" &
	local run=$! children
	until [ -s "$work/stdout" ] || ! kill -0 $run; do sleep 0.2; done
	children=$(ps -o pid= --ppid $run)
	kill -TERM $run
	wait $run
	ok 'a terminated run says so' equal $? 143
	ok 'and leaves no process behind' all_gone "$children"
}

all_gone() {
	local pid
	sleep 0.5
	for pid in $1; do ! kill -0 "$pid" 2>/dev/null || return 1; done
}

test_parallel() {
	local pids=() i failed=0
	for i in 1 2 3; do
		echo "exit $i" >"$work/exit-$i"
		./run "$work/exit-$i" 2>/dev/null &
		pids+=($!)
	done
	for i in 1 2 3; do
		wait "${pids[i - 1]}"
		[ $? -eq $i ] || failed=1
	done
	ok 'runs at the same time do not meet' equal $failed 0
}

test_contract 6.1
test_contract 6.12
test_bytes
test_kernel_report
test_failures
test_instruction_clock
test_interrupt
test_parallel
echo "1..$n"
