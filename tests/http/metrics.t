#!/bin/bash
# /metrics by Prometheus's own tools: promtool reads it, and a Prometheus
# scrapes the daemon and answers questions.
# shellcheck disable=SC2317
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
exposition=${SYSMON_EXPOSITION:-$top/build/obj/tests/exposition}
for tool in promtool prometheus; do
	command -v "$tool" >/dev/null || bail "$tool is missing; apt install prometheus"
done
[ -x "$exposition" ] || bail "$exposition is missing; run make ${exposition#"$top/"}"

# Every metric of every container, hostile names among them.
"$exposition" 8 >full 2>err; ok 'containers become metrics'
promtool check metrics <full >lint 2>&1 || { note <lint; false; }; ok 'that promtool finds clean'
iconv -f UTF-8 -t UTF-8 full >/dev/null; ok 'in UTF-8'
for name in container_cpu_{usage,user,system}_seconds_total \
	container_cpu_cfs_{periods,throttled_periods,throttled_seconds}_total \
	container_memory_{usage_bytes,working_set_bytes,rss,cache,swap,max_usage_bytes} \
	container_oom_events_total container_fs_{reads,writes}_bytes_total \
	container_network_{receive,transmit}_bytes_total container_spec_memory_limit_bytes \
	container_spec_cpu_{quota,period} container_start_time_seconds container_last_seen container_processes \
	container_pressure_{cpu,memory,io}_{waiting,stalled}_seconds_total; do
	grep -q "^$name{id=\"/system.slice/docker-0" full || { echo "# $name"; false; } || missing=$name
done
[ -z "${missing:-}" ]; ok "cAdvisor's names are there"
for name in machine_memory_bytes machine_cpu_cores; do grep -q "^$name [0-9]" full || missing=$name; done
[ -z "${missing:-}" ]; ok "the machine's too"
[ "$(grep -c '^# TYPE' full)" = "$(sed -n 's/^# TYPE \([^ ]*\).*/\1/p' full | sort -u | wc -l)" ]
ok 'each family stands once'
has full 'container_cpu_usage_seconds_total{id="/system.slice/docker-0000000000000000000000000000000000000000000000000000000000000001.scope",name="q\"uo\\te\n",image="registry/image:1",container_label_com_docker_compose_service="a\"b",container_label_9_lives_="\n",cpu="total"} 1.000000007' \
	'labels are escaped, numbers exact'
has full 'container_fs_reads_bytes_total{id="/system.slice/docker-0000000000000000000000000000000000000000000000000000000000000001.scope",name="q\"uo\\te\n",image="registry/image:1",container_label_com_docker_compose_service="a\"b",container_label_9_lives_="\n",device="/dev/sda"} 4096' \
	'devices have names'

start
get /metrics; is 200 '/metrics'
[ "$(header Content-Type)" = 'text/plain; version=0.0.4; charset=utf-8' ]; ok 'has the type of the format'
promtool check metrics <out >lint 2>&1 || { note <lint; false; }; ok 'promtool finds it clean'
! grep -qE '^(container|machine)_' out; ok 'without a tick there are no figures made up'
[ "$(metric sysmon_module_up)" = 0 ]; ok 'the module is missed'
get /nothing
get /metrics
has out 'sysmon_http_requests_total{code="404"} 1' 'requests are counted'

# A Prometheus of our own, with its data here: it scrapes two daemons, and two hosts that are made up, since a daemon has
# no containers without the module; with the rules that we ship.
record=${SYSMON_RECORD:-$top/build/obj/tests/record}
[ -x "$record" ] || bail "$record is missing; run make ${record#"$top/"}"
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
web=127.0.0.1:$(free_port)
other=127.0.0.1:$(free_port)
printf '[http]\nlisten = %s\n[engine docker]\nenabled = no\n' "$other" >other.conf
make_db other.db
"$collectord" --config other.conf --policy-dir policy.d --db "$work/other.db" 2>other.log &
second=$!
north=127.0.0.1:$(free_port)
"$record" north.db 3600 "$north" / 2>north.log &
hosts=$!
south=127.0.0.1:$(free_port)
"$record" south.db 900 "$south" / 2>south.log &
hosts="$hosts $!"
cp "$top"/contrib/prometheus/sysmon.rules.yml .
cat >prometheus.yml <<-END
	global: {scrape_interval: 1s, evaluation_interval: 1s}
	rule_files: [sysmon.rules.yml]
	scrape_configs:
	  - job_name: sysmon
	    static_configs: [{targets: ["127.0.0.1:$port", "$other", "$north", "$south"]}]
END
prometheus --config.file=prometheus.yml --storage.tsdb.path=data \
	--web.listen-address="$web" --log.level=warn >prometheus.log 2>&1 &
prometheus=$!
ask() { curl -sS -m 5 -G "http://$web/api/v1/query" --data-urlencode "query=$1" 2>err; }
answers() { ask "$1" | jq -e "$2" >/dev/null 2>&1; }
wait_for 60 answers 'up{job="sysmon"}' '.data.result[0].value[1] == "1"' || { note <prometheus.log; false; }
ok 'Prometheus scrapes the daemon'
wait_for 10 answers 'sysmon_build_info' '.data.result[0].metric.version != null'; ok 'and has its version'
requests="sysmon_http_requests_total{code=\"200\", instance=\"127.0.0.1:$port\"}"
wait_for 30 answers "increase(${requests}[10s]) > 0" '.data.result | length == 1'
ok 'a PromQL query over time is answered'
wait_for 60 answers 'up{job="sysmon"} == 1' '.data.result | length == 4'; ok 'all four hosts are up'
wait_for 30 answers 'sum by (instance) (sysmon_http_requests_total{code="200"})' \
	"[.data.result[].metric.instance] | contains([\"127.0.0.1:$port\", \"$other\"])"
ok 'one query counts the requests of both daemons'
wait_for 60 answers 'sort_desc(sum by (instance) (rate(container_cpu_usage_seconds_total[10s])))' \
	"(.data.result | length == 2) and ([.data.result[].metric.instance] | sort == ([\"$north\", \"$south\"] | sort))
	and all(.data.result[].value[1] | tonumber; . > 0.5 and . < 4)"
ok 'one query compares the CPU use of the containers of two hosts'
wait_for 30 answers 'topk by (instance) (1, container_memory_working_set_bytes)' \
	'[.data.result[].metric.name] == ["db", "db"]'
ok 'one finds the largest container of each host'
wait_for 30 answers "instance:container_memory_working_set_bytes:sum{instance=\"$north\"} - on() instance:container_memory_working_set_bytes:sum{instance=\"$south\"}" \
	'(.data.result | length == 1) and (.data.result[0].value[1] | tonumber != 0)'
ok 'and the recorded sums tell them apart'
kill $prometheus
wait $prometheus
for pid in $hosts $second; do kill "$pid"; wait "$pid"; done
stop
is_code 0 'the daemon ends cleanly'
finish
