#!/bin/bash
# make install and make uninstall, into an empty folder: what is put where, and that uninstall is its mirror image.
set -u
cd "$(dirname "$0")/../.." || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
failed=0

ok() { # NAME, with the status of the command before as $?
	local status=$?
	n=$((n + 1))
	if [ $status -eq 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1" && failed=1; fi
}

made() { make -s "$@" PREFIX=/opt/sysmon DESTDIR="$work/root" >"$work/log" 2>&1 || { sed 's/^/# /' "$work/log" && false; }; }
files() { (cd "$work/root" && find . ! -type d | sort); }
there() { [ -f "$work/root/$1" ] || { echo "# $1 is missing" && false; }; }
mode() { [ "$(stat -c %a "$work/root/$1")" = "$2" ]; }

made install
ok 'make install'
for file in sbin/sysmon-collectord bin/sysmonctl lib/systemd/system/sysmon-collectord.service lib/sysusers.d/sysmon.conf \
	lib/tmpfiles.d/sysmon.conf lib/modules-load.d/sysmon.conf share/sysmon/docker-group.conf share/sysmon/modprobe.conf \
	share/sysmon/stress/spawn.sh share/sysmon/ui/index.html share/sysmon/compose.yaml \
	share/sysmon/grafana/provisioning/datasources/sysmon.yaml share/sysmon/grafana/dashboards/host.json share/sysmon/examples/duplicate-stress.conf share/doc/sysmon/README.md; do
	there "opt/sysmon/$file"
	ok "$file is there"
done
there etc/sysmon/sysmon.conf && mode etc/sysmon/sysmon.conf 644
ok 'so is the configuration'
mode opt/sysmon/bin/sysmonctl 755 && mode opt/sysmon/share/sysmon/modprobe.conf 644
ok 'programs may be run, other files not'
strings "$work/root/opt/sysmon/sbin/sysmon-collectord" | grep -qx /opt/sysmon/share/sysmon/ui
ok 'the daemon finds its page there'
grep -qx 'ExecStart=/opt/sysmon/sbin/sysmon-collectord' "$work/root/opt/sysmon/lib/systemd/system/sysmon-collectord.service"
ok 'the unit has the prefix'
! grep -rqF '@PREFIX@' "$work/root" && grep -qxF '#ui = /opt/sysmon/share/sysmon/ui' "$work/root/etc/sysmon/sysmon.conf"
ok 'nothing else waits for it'

for source in src/collectord/ui/*.js src/collectord/ui/*.css build/ui/uPlot.* contrib/man/*.scd contrib/completions/* docs/*.md contrib/prometheus/*; do
	[ -f "$source" ] || continue
	name=$(basename "$source" .scd)
	case $name in
	*.bash) name=bash-completion/completions/${name%.bash} ;;
	*.zsh) name=zsh/site-functions/_${name%.zsh} ;;
	*.fish) name=fish/vendor_completions.d/$name ;;
	esac
	[ -n "$(find "$work/root/opt" -path "*/$name")" ] || { echo "# $name is missing" && false; }
	ok "$source is installed"
done

files >"$work/before"
echo '# mine' >"$work/root/etc/sysmon/sysmon.conf"
made install && [ "$(cat "$work/root/etc/sysmon/sysmon.conf")" = '# mine' ]
ok 'another make install keeps the configuration'
files | diff "$work/before" - | sed 's/^/# /'
files | cmp -s "$work/before" -
ok 'and puts the same files'

mkdir -p "$work/root/var/lib/sysmon" "$work/root/opt/sysmon/share/sysmon/mine"
echo data >"$work/root/var/lib/sysmon/sysmon.db"
echo other >"$work/root/opt/sysmon/bin/other"
made uninstall
ok 'make uninstall'
printf '%s\n' ./etc/sysmon/sysmon.conf ./opt/sysmon/bin/other ./var/lib/sysmon/sysmon.db >"$work/stays"
files | diff "$work/stays" - | sed 's/^/# /'
files | cmp -s "$work/stays" -
ok 'leaves configuration, data and the files of others'
[ -d "$work/root/opt/sysmon/share/sysmon/mine" ] && rmdir "$work/root/opt/sysmon/share/sysmon/mine" && made uninstall &&
	[ ! -e "$work/root/opt/sysmon/share/sysmon" ] && [ ! -e "$work/root/opt/sysmon/share/doc/sysmon" ]
ok 'removes its own folders once they are empty, and may be repeated'

echo "1..$n"
exit $failed
