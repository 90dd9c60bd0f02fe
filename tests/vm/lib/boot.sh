# shellcheck shell=bash disable=SC2034,SC2154 # its variables are shared with tests/vm/run
# Owns the virtual machine: the accelerator's choice, qemu's command line, and the verdict on how the run went.

# What makes a run fail although its script did not: the kernel complained about itself.
kernel_report='(^|\] ?)(WARNING: |BUG: |kernel BUG at|Oops|general protection fault|Kernel panic|UBSAN: |KASAN: |INFO: (task|rcu|trying|possible)|rcu: INFO: |kmemleak: [0-9]+ new|ODEBUG: |refcount_t: |list_(add|del) corruption|slab error|watchdog: |unregister_netdevice: waiting|DEBUG_LOCKS_WARN_ON|.*page allocation failure)|detected stalls on|self-detected stall|possible circular locking|suspicious RCU usage|invalid opcode: |unable to handle (page|kernel)'

# Sets accel. Emulation takes turns at the processors in one thread: with a thread for each, a processor may run the
# int3 of code that another has finished patching, and the kernel dies of it ("Oops: int3"; switching a tracepoint on
# and off while cgroups come and go is enough, without any module of ours). kvm only where a guest was seen to boot
# with it, since /dev/kvm may open and still not work.
accel_resolve() {
	local cache boot
	accel=(-accel 'tcg,thread=single,tb-size=512' -cpu max)
	if [ "$vm_icount" = 1 ]; then
		accel=(-accel 'tcg,thread=single' -cpu max -icount 'shift=0,sleep=off' -rtc 'base=2025-01-01T00:00:00,clock=vm')
		return
	fi
	[ -r /dev/kvm ] && [ -w /dev/kvm ] || return 0
	boot=$(cat /proc/sys/kernel/random/boot_id)
	cache=$vm_dir/cache/kvm-$boot
	if [ ! -e "$cache" ]; then
		say "trying whether /dev/kvm can boot a guest (at most 10 seconds, once) ..."
		rm -f "$vm_dir"/cache/kvm-*
		if kvm_probe; then echo yes >"$cache"; else echo no >"$cache"; fi
		say "... KVM works: $(cat "$cache")"
	fi
	[ "$(cat "$cache")" = no ] || accel=(-accel kvm -cpu host)
}

# Boots the kernel with no root file system and waits for its panic about that, which ends qemu by itself.
kvm_probe() {
	timeout -k 1 10 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot -accel kvm -cpu host -m 256 \
		-kernel "$kernel_image" -append "console=ttyS0 panic=-1" -serial "file:$run_dir/kvm.log" \
		>/dev/null 2>&1 </dev/null || return 1
	grep -q 'Kernel panic - not syncing: VFS' "$run_dir/kvm.log"
}

# One disk of the guest: disk NAME FILE [OPTION]; init finds it by its serial number.
disk_options() {
	qemu_disks+=(-drive "if=none,id=$1,file=$2,format=raw,cache=unsafe,discard=unmap${3-}"
		-device "virtio-blk-pci,drive=$1,serial=$1")
}

# A panic ends the machine by the reboot that qemu does not let it do; where it may, it stands still until time is up.
# Modules that modules-load.d names stay out until the script loads them. The debug kernel's interpreter of ACPI's
# interrupt tables takes half a minute and is then given up for a loop; 256 old terminals take it seconds, too. A
# processor that its host does not run for half a minute is not stuck: that takes two.
kernel_arguments() {
	local words="console=ttyS0 panic=$((vm_reboots - 1)) oops=panic printk.devkmsg=on loglevel=7 no_timer_check 8250.nr_uarts=2 rdinit=/init"
	words+=" watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
	[ "$vm_profile" != docker ] || words+=" apparmor=0 systemd.show_status=0 systemd.condition-needs-update=0"
	[ "$vm_profile" != docker ] || words+=" systemd.unit=sysmon-vm.target"
	[ "$vm_profile-$vm_reboots" != docker-0 ] || words+=" systemd.mask=systemd-modules-load.service"
	[ "$vm_icount" = 0 ] || words+=" nokaslr"
	[ "$kernel_name" != debug ] || words+=" pci=noacpi pty.legacy_count=0"
	printf '%s' "$words ${vm_words[*]}"
}

# Makes the disks of this run: the root, a scratch disk, and the results' (status and /mnt/out).
disks_make() {
	truncate -s 8G "$run_dir/result.img"
	artefact scratch "$(key_of 512M-ext4-1)" "making the scratch disk" scratch_build
	qemu_disks=()
	case $vm_profile in
	mini) disk_options root "$mini_image" ,snapshot=on ;;
	docker) disk_options root "$rootfs_image" ,snapshot=on ;;
	esac
	disk_options scratch "$REPLY/scratch.img" ,snapshot=on
	disk_options result "$run_dir/result.img"
}

scratch_build() {
	truncate -s 512M "$1/scratch.img"
	mke2fs -q -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 "$1/scratch.img"
}

# Runs qemu until the guest is off or the time is up; its status (124 for the latter) is returned.
boot() {
	local copier status=0 end=(-no-reboot)
	[ "$vm_reboots" = 0 ] || end=()
	mkfifo "$run_dir/output"
	# Held open while qemu starts, so that neither end waits for the other should it fail to.
	exec {boot_held}<>"$run_dir/output"
	cat <"$run_dir/output" {boot_held}>&- &
	copier=$!
	TMPDIR=$run_dir setpriv --pdeathsig TERM timeout -k 5 "$vm_seconds" qemu-system-x86_64 \
		-nodefaults -no-user-config -display none -vga none -nic none "${end[@]}" -name "sysmon-vm" \
		"${accel[@]}" -m "$vm_memory" -smp "$vm_cpus" \
		-kernel "$kernel_image" -initrd "$run_dir/initrd" -append "$(kernel_arguments)" \
		-chardev "file,id=console,path=$vm_log" -serial chardev:console \
		-chardev "file,id=output,path=$run_dir/output" -serial chardev:output \
		"${qemu_disks[@]}" </dev/null >"$run_dir/qemu.log" 2>&1 {boot_held}>&- &
	vm_pid=$!
	wait $vm_pid || status=$?
	vm_pid=
	exec {boot_held}>&-
	wait $copier || :
	return $status
}

# Ends a boot before its time.
boot_stop() {
	kill "$vm_pid" 2>/dev/null || :
	exec {boot_held}>&-
	wait
}

# The first report in the log that is not the expected warning, if there is one.
unexpected_report() {
	tr -d '\r' <"$vm_log" | report=$kernel_report expected=${vm_warning:+WARNING: .* at .* $vm_warning} awk '
		!found && $0 ~ ENVIRON["report"] && !(ENVIRON["expected"] && $0 ~ ENVIRON["expected"]) { found = 1 }
		found && lines++ < 41'
}

# verdict QEMU_STATUS: the run's exit status from what the VM left; what went wrong is said on stderr.
verdict() {
	local qemu=$1 status report
	: >>"$vm_log"
	report=$(unexpected_report)
	status=$(head -c 511 "$run_dir/result.img" | tr -d '\0' | sed -n 's/^sysmon-vm-status \([0-9]*\) *$/\1/p')
	if [ -n "$report" ]; then
		say "the kernel reported a fault (script's status: ${status:-none}):"
		printf '%s\n' "$report" >&2
		status=126
	elif [ "$qemu" -eq 124 ] || [ "$qemu" -eq 137 ]; then
		say "still running after $vm_seconds s, stopped"
		status=124
	elif [ -z "$status" ]; then
		say "the VM ended without a result (qemu's status: $qemu)"
		cat "$run_dir/qemu.log" >&2
		tail -n 20 "$vm_log" | tr -d '\r' >&2
		status=125
	fi
	return "$status"
}

# The contents of the guest's /mnt/out go to the host's folder $SYSMON_VM_OUT.
collect_out() {
	[ -n "${SYSMON_VM_OUT-}" ] || return 0
	mkdir -p "$SYSMON_VM_OUT"
	tail -c +513 "$run_dir/result.img" | tar -C "$SYSMON_VM_OUT" --no-same-owner -xf - 2>/dev/null ||
		say "nothing was brought out of the guest's /mnt/out"
}
