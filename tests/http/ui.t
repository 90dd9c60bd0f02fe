#!/bin/bash
# The page at /ui: what the daemon says with it, and what a browser makes of it on a made-up host (tests/record).
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
record=${SYSMON_RECORD:-$top/build/obj/tests/record}
[ -x "$record" ] || bail "$record is missing; run make ${record#"$top/"}"
[ -e "$top/build/ui/fetched" ] || bail 'build/ui is missing; run make ui'

# The page as make install puts it.
mkdir ui
cp "$top"/src/collectord/ui/*.html "$top"/src/collectord/ui/*.css "$top"/src/collectord/ui/*.js ui/
bare=1
[ ! -e "$top/build/ui/uPlot.iife.min.js" ] || { cp "$top"/build/ui/uPlot.* ui/ && bare=0; }

configure "ui = $work/ui"
start
get /ui; is 200 '/ui'
cmp -s out "$top/src/collectord/ui/index.html"; ok 'is the page'
[ "$(header Content-Type)" = 'text/html; charset=utf-8' ]; ok 'of HTML'
policy=$(header Content-Security-Policy)
for rule in "default-src 'none'" "script-src 'self'" "style-src 'self'" "connect-src 'self'" "base-uri 'none'" \
	"form-action 'none'" "frame-ancestors 'none'" "require-trusted-types-for 'script'"; do
	[[ "; $policy;" = *"; $rule;"* ]]; ok "whose policy says $rule"
done
[[ $policy != *unsafe* ]]; ok 'and allows nothing that is unsafe'
[ "$(header X-Content-Type-Options)" = nosniff ]; ok 'types are not to be guessed'
! grep -qi '^access-control' headers; ok 'and no other origin may read it'
etag=$(header ETag)
get /ui -H "If-None-Match: $etag"; is 304 'who has it is spared it'
get /ui/page.js; is 200 '/ui/page.js'
[ "$(header Content-Type)" = 'text/javascript; charset=utf-8' ]; ok 'is a script'
get /ui/style.css; is 200 '/ui/style.css'
[ "$(header Content-Type)" = 'text/css; charset=utf-8' ]; ok 'is a style'
for path in /ui/ /ui/../sysmon.conf /ui/%2e%2e/sysmon.conf /ui/package.json /ui/fetch.sh; do
	get "$path" --path-as-is; is 404 "$path is not served"
done
get '/ui?x=1'; is 400 'the page takes no parameter'
get /ui -X POST; is 405 'nor anything but GET and HEAD'
get /ui -H 'Host: evil.example'; is 421 'nor a name that leads here'
get /json_file
[ "$(header Content-Security-Policy)" = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" ]
ok 'documents keep a policy of their own'
! grep -qi '^access-control' headers; ok 'and are for no other origin either'
! grep -rnE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?:' "$top"/src/collectord/ui/*.js; ok 'its scripts make no HTML and name no other host'
stop

token=0123456789abcdef0123456789abcdef
echo $token >token
chmod 600 token
configure "ui = $work/ui" "token_file = $work/token"
start
get /ui; is 200 'where a token is asked for, the page is there'
get /ui/page.js; is 200 'and its files'
get /api/v1/top; is 401 'but no figures'
get /ui/nothing; is 401 'nor what there is not'
stop

# in_browser ARGUMENT...: what ui.py finds, as tests of this file.
in_browser() {
	local line
	python3 "$here/../http/ui.py" "$@" >page.log 2>page.err
	code=$?
	while read -r line; do
		case $line in
		'ok '*) true; ok "${line#ok }" ;;
		'not ok '*) false; ok "${line#not ok }" ;;
		*) echo "$line" ;;
		esac
	done <page.log
	[ $code -eq 0 ] || { note <page.err; false; }
	ok 'the browser has gone through all of it'
}
python3 -c "import sys; sys.path.insert(0, '$here/../http'); import browser; sys.exit(browser.program() is None)" ||
	bail 'chromium is missing; run contrib/deps.sh test'
configure "ui = $work/ui" "token_file = $work/token"
start
in_browser "$url" token $token
stop

configure "ui = $work/nowhere"
start
get /ui; is 404 'without its folder there is no page'
has log "HTTP: there is no page at /ui: $work/nowhere: No such file or directory" 'and the log says so'
stop
mkfifo fifo && mkdir odd && mv fifo odd/index.html
configure "ui = $work/odd"
start
get /ui; is 404 'nor is what is no file'
stop
configure 'ui = no'
start
get /ui; is 404 'ui = no has none'
! grep -q 'no page' log; ok 'without a word'
stop

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$record" host.db 3600 "127.0.0.1:$port" "$work/ui" 2>record.log &
host=$!
wait_for 20 grep -q 'HTTP on' record.log || bail "the made-up host is not served: $(cat record.log)"
in_browser "http://127.0.0.1:$port" host.db $bare "${SYSMON_UI_PICTURE:-}"
kill $host; wait $host
is=$?
[ $is -eq 0 ] || note <record.log
[ $is -eq 0 ]; ok 'and the server ends cleanly'
finish
