# shellcheck shell=bash
# Shared by the tests of sysmonctl: a fixture database in a directory of its
# own, and TAP. Sourced; the test runs in that directory and ends with `finish`.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
ctl=${SYSMONCTL:-$top/build/obj/sysmonctl}
export TZ=UTC LC_ALL=C.UTF-8 TERM=xterm
unset SYSMON_DB NO_COLOR COLUMNS
test_number=0
test_failed=0

ok() { # DESCRIPTION, with the status of the command before as $?
	local status=$?
	test_number=$((test_number + 1))
	if [ "$status" -eq 0 ]; then
		echo "ok $test_number - $1"
	else
		echo "not ok $test_number - $1"
		test_failed=1
	fi
}

note() { sed 's/^/# /'; }

bail() { echo "Bail out! $1"; exit 1; }

# Runs sysmonctl; leaves stdout in out, stderr in err, the exit code in code.
run() {
	"$ctl" --db fixture.db "$@" >out 2>err </dev/null
	code=$?
}

# is_code N DESCRIPTION: the last run's exit code.
is_code() {
	[ "$code" -eq "$1" ] || { echo "# exit code $code" ; note <err; false; }
	ok "$2"
}

# has FILE STRING DESCRIPTION
has() {
	grep -qF -- "$2" "$1" || { note <"$1"; false; }
	ok "$3"
}

# Writes a database of this version's schema, with rows of fixture.sql or another file.
make_db() { # FILE [ROWS]
	local file=$1 rows=$here/${2:-fixture.sql}
	set -- "$top"/sql/[0-9]*.sql
	{
		echo 'PRAGMA journal_mode = WAL; PRAGMA application_id = 0x5359534d;'
		echo "PRAGMA user_version = $#;"
		cat "$@" "$rows"
	} | sqlite3 -bail "$file" >/dev/null || bail "cannot make the fixture"
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.05
	done
}

finish() {
	echo "1..$test_number"
	exit "$test_failed"
}

for tool in sqlite3 jq; do
	command -v "$tool" >/dev/null || bail "$tool is missing; apt install $tool"
done
[ -x "$ctl" ] || bail "$ctl is missing; run make"
work=$(mktemp -d) || bail "no temporary directory"
trap 'cd /; rm -rf "$work"' EXIT
cd "$work" || bail "no temporary directory"
make_db fixture.db
