#!/bin/bash
# Documents are those of sysmonctl, byte for byte; parameters, limits, caching.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start
since=1736942400
until=1736942409

# like PATH ARGUMENT...: the answer is what sysmonctl prints.
like() {
	local path=$1
	shift
	get "$path"
	is 200 "$path"
	"$ctl" --db fixture.db "$@" --json >expected 2>/dev/null
	same expected "$path is sysmonctl $*"
}

like /json_file stopped
like '/json_file?by=policy' stopped --by policy
like '/json_file?since=@1736942406' stopped --since @1736942406
like "/api/v1/top?at=@$until" top --once --at @$until
like "/api/v1/top?at=@$until&sort=mem" top --once --at @$until --sort mem
like "/api/v1/top?at=@$until&filter=STRESS" top --once --at @$until --filter STRESS
like /api/v1/containers containers
like '/api/v1/containers?all=1' containers --all
like "/api/v1/history?container=web&since=@$since&until=@$until" \
	history web --since @$since --until @$until
like "/api/v1/history?container=system&since=@$since&until=@$until&step=4s" \
	history --system --since @$since --until @$until --step 4s
like "/api/v1/history?container=db&since=@$since&until=@$until&metric=cpu,mem" \
	history db --since @$since --until @$until --metric cpu,mem
like /api/v1/events events
like '/api/v1/events?type=gap,stop' events --type gap,stop
like "/api/v1/events?since=@$since&until=@1736942405" \
	events --since @$since --until @1736942405
get /api/v1/top
jq -e '.stale and .time == 1736942409' out >/dev/null; ok 'top without at is the newest tick, and says that it is old'

cat >expected <<-END
	[
	{"time":1736942400.0,"value":38.25},
	{"time":1736942402.0,"value":38.625},
	{"time":1736942404.0,"value":39.125},
	{"time":1736942406.0,"value":39.625},
	{"time":1736942408.0,"value":40.125}
	]
END
get "/cpu.json?since=@$since&until=@$until&step=2s"
same expected '/cpu.json is in percent of the four CPUs'
cat >expected <<-END
	[
	{"time":1736942400.0,"value":2146435072},
	{"time":1736942401.0,"value":2145386496}
	]
END
get "/ram.json?since=@$since&until=@1736942401&step=raw"
same expected '/ram.json is in bytes'
get /ram.json
[ "$(cat out)" = '[]' ]; ok 'a range without ticks is an empty array'

get / ; is 200 '/'
jq -e '[.resources[].path] | index("/metrics") and index("/api/v1/events")' out >/dev/null
ok '/ lists what is here as JSON'
get / -H 'Accept: text/html,application/xhtml+xml;q=0.9'
[ "$(header Content-Type)" = 'text/html; charset=utf-8' ]; ok '/ is HTML for browsers'
has out '<a href="/metrics">' 'with links'

get /healthz; is 503 '/healthz without the module'
jq -e '.healthy == false and .problems[0].remedy == "modprobe sysmon"' out >/dev/null
ok 'which says why, and what to do'

# refused STATUS PARAMETER PATH
refused() {
	get "$3"
	is "$1" "$3 is refused"
	jq -e --arg p "$2" '.error and (.parameter // "") == $p' out >/dev/null || { note <out; false; }
	ok "naming ${2:-no parameter}"
}
refused 404 '' /nothing
refused 404 '' /json_file/
refused 400 since '/json_file?since=someday'
refused 400 since '/json_file?since='
refused 400 since '/json_file?since'
refused 400 since '/json_file?since=@1%00'
refused 400 since '/json_file?since=@1&since=@2'
refused 400 until '/json_file?since=@2&until=@1'
refused 400 by '/json_file?by=luck'
refused 400 limit '/json_file?limit=0'
refused 400 limit '/json_file?limit=10001'
refused 400 colour '/json_file?colour=red'
refused 400 at '/api/v1/top?at=25:00'
refused 400 sort '/api/v1/top?sort=beauty'
refused 404 at '/api/v1/top?at=@1'
refused 400 all '/api/v1/containers?all=maybe'
refused 400 container /api/v1/history
refused 404 container '/api/v1/history?container=nobody'
refused 404 container '/api/v1/history?container=f'
refused 400 metric '/api/v1/history?container=web&metric=beauty'
refused 400 step '/api/v1/history?container=web&step=5'
refused 400 type '/api/v1/events?type=party'
refused 400 '%1B[2J' '/metrics?%251B[2J=1'
get '/json_file?%1b%ff%22=1'; is 400 'a hostile name'
jq -e . out >/dev/null && ! LC_ALL=C grep -q $'[\x1b\xff]' out; ok 'is escaped'
query=$(printf '&a%s=1' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)
refused 400 '' "/metrics?$query"

# The newest rows are kept, and the answer says how many are missing.
get '/json_file?limit=2'
[ "$(jq -c '[[.stopped[].name], .limit, .left_out]' out)" = '[["leaky","brief"],2,2]' ]
ok 'a limit keeps the newest stops, and tells'
[ "$(header X-Sysmon-Left-Out)" = 2 ]; ok 'a header tells as well'
get '/api/v1/events?limit=3'
[ "$(jq -c '[[.events[].seq], .limit, .left_out]' out)" = '[[19,20,21],3,null]' ]
ok 'so with events, of which the others are not counted'
get "/api/v1/events?limit=3&since=@$since"
[ "$(jq -c '[[.events[].seq], .left_out > 10]' out)" = '[[19,20,21],true]' ]
ok 'but in a range'
get "/cpu.json?since=@$since&until=@$until&step=raw&limit=3"
[ "$(jq -c "map(.time)" out)" = "[1736942407,1736942408,1736942409]" ] || { note <out; false; }
ok 'so with points'
[ "$(header X-Sysmon-Left-Out)" = 7 ]; ok 'of which the header tells'

get /json_file
tag=$(header ETag)
[ "$(header Cache-Control)" = no-cache ] && [ -n "$tag" ]; ok 'a document has an ETag'
get /json_file -H "If-None-Match: $tag"; is 304 'which spares it'
[ ! -s out ] || { note <out; note <headers; false; }; ok "for good"
get '/json_file?by=oom' -H "If-None-Match: $tag"; is 200 'not another document'
get /healthz; [ "$(header Cache-Control)" = no-store ]; ok 'what is of the moment is not kept'
get /json_file -I; is 200 'HEAD'
[ "$(header Content-Length)" -eq "$("$ctl" --db fixture.db stopped --json | wc -c)" ]
ok 'tells the length'

get /metrics -X POST; is 405 'POST'
[ "$(header Allow)" = 'GET, HEAD' ]; ok 'tells what is allowed'
get /metrics -X DELETE; is 405 'DELETE'
get /json_file -X GET -d x=1; is 413 'a body'

# The database is moved aside, as with a damaged one.
mv fixture.db aside
get /json_file; is 503 'without a database'
jq -e '.error and .remedy' out >/dev/null; ok 'says why, and what to do'
[ -n "$(header Retry-After)" ]; ok 'and that it may come back'
mv aside fixture.db
get /json_file; is 200 'when it is back'

stop
is_code 0 'the daemon ends cleanly'
finish
