#!/bin/bash
# Grafana's dashboards without Grafana: are they what dashboards.py makes, do their queries find what they are to find in
# a recorded database, by its indexes, and are they of Grafana's own schema. And compose.yaml with what it mounts.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
record=${SYSMON_RECORD:-$top/build/obj/tests/record}
[ -x "$record" ] || { echo "Bail out! $record is missing; run make ${record#"$top/"}" && exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
dashboards=$top/contrib/grafana/dashboards

{
	mkdir "$work/made"
	if python3 "$top/contrib/grafana/dashboards.py" "$work/made" && diff -r "$work/made" "$dashboards" >"$work/diff"; then
		echo 'ok - the dashboards are what dashboards.py makes'
	else
		echo 'not ok - the dashboards are what dashboards.py makes: contrib/grafana/dashboards.py contrib/grafana/dashboards'
	fi
	# Four hours and a bit, so that hours are full.
	mkdir "$work/db"
	if "$record" "$work/db/sysmon.db" 18000; then
		/usr/bin/python3 "$here/queries.py" "$work/db/sysmon.db" "$dashboards"/*.json || echo 'not ok - queries.py ends well'
	else
		echo 'not ok - a database is recorded'
	fi
	/usr/bin/python3 "$here/compose.py" "$top/contrib" || echo 'not ok - compose.py ends well'
	/usr/bin/python3 "$here/schema.py" "$top/build/grafana-schema" "$dashboards"/*.json || echo 'not ok - schema.py ends well'
} >"$work/tap"

# Numbers the tests of all parts.
awk '/^(not )?ok/ { n++; sub(/^ok/, "ok " n); sub(/^not ok/, "not ok " n); if (/^not/) bad = 1 }
	{ print }
	END { print "1.." n; exit bad }' "$work/tap"
