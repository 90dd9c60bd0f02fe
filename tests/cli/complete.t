#!/bin/bash
# Completion: what sysmonctl complete offers, and what bash, zsh and fish make of
# it, typed into the real shells.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

shells=$top/contrib/completions
for tool in zsh fish python3; do
	command -v "$tool" >/dev/null || bail "$tool is missing; contrib/deps.sh test"
done

# Containers that no engine would let one name like this; all of them plain on a
# terminal, so that they are offered.
sqlite3 fixture.db "
UPDATE container SET name = 'my web \"1\"' WHERE id = 6;
UPDATE container SET name = 'job\$(touch pwned);touch pwned\`touch pwned\`&' WHERE id = 8;
UPDATE container SET name = 'it''s!here*?' WHERE id = 9;
UPDATE container SET name = 'key=val:7' WHERE id = 10;
UPDATE container SET name = '-rf' WHERE id = 11;
UPDATE container SET name = 'quoted''' WHERE id = 1;" || bail 'cannot change the fixture'

# offers WORD...: into out, without the descriptions; the first line into kind.
offers() {
	run complete -- "$@"
	kind=$(head -n 1 out)
	sed -i '1d; s/\t.*//' out
}

# is_list 'A B C' DESCRIPTION: out has these lines.
is_list() {
	printf '%s\n' "$1" | tr ' ' '\n' | diff - out >difference || { note <difference; false; }
	ok "$2"
}

offers ''
is_list 'top containers history events stopped policy status set' 'the subcommands, but for this one'
run complete
is_code 2 'no words'
offers st
is_list 'stopped status' 'those that begin so'
[ "$kind" = words ]; ok 'they are whole words'
offers stopped --
is_list '--by --lines --since --until --format --json --db --no-color --quiet --help --version' \
	'the options of a subcommand, and of all'
offers --n
is_list '--no-color' 'an option in front of the subcommand'
offers stopped --by ''
is_list 'any policy signal oom exit' 'the choices of a value'
offers stopped --by=s
is_list '--by=signal' 'a value behind ='
offers events -tst
is_list '-tstart -tstop' 'a value behind its letter'
offers events --type oom,memory-
is_list 'oom,memory-high oom,memory-max' 'the last word of a list'
[ "$kind" = open ]; ok 'which may go on'
offers history --system --metric cpu_s
is_list 'cpu_system_pct cpu_steal_pct' 'metrics of the machine'
offers history --metric thr
is_list 'throttled_pct' 'metrics of a container'
offers top --sort p
is_list 'pids psi_cpu_some_pct psi_mem_some_pct psi_io_some_pct pids_limit pids_max_hits psi_cpu_full_pct psi_mem_full_pct psi_io_full_pct' \
	'sort keys'
offers top --sort ''
is_list 'cpu mem name pids read write limit swap started' 'the usual ones first'
offers top --columns name,cpu_u
is_list 'name,cpu_user_pct' 'columns'
offers top --columns 'name,a'
is_list 'name,age' 'also those that are no figures'
offers top --format ''
is_list 'table json jsonl csv' 'formats'
offers history --step r
is_list 'raw' 'steps'
offers stopped --since ''
is_list 'now today yesterday -10m -1h -6h -1d -7d' 'times'
offers set i
is_list 'interval=' 'settings'
offers set interval=5
is_list 'interval=500ms interval=5s' 'and their values'
offers policy ''
is_list 'log explain check' 'the parts of the policy'
offers policy check ''
[ "$kind" = files ]; ok 'and files to check'
offers policy explain ''
[ "$kind" = words ] && [ ! -s out ]; ok 'where there are some'
offers --db ''
[ "$kind" = files ] && [ ! -s out ]; ok 'files are for the shell to find'
mkdir none
: >none/sysmon.conf
offers policy --config none/sysmon.conf --policy-dir none log --rule ''
is_list 'busy careful idle loud stress-one-each tell' 'the rules of the record'
mkdir policy.d
cat >policy.d/rules.conf <<-'END'
	[policy busy]
	match_name = .
	when = cpu > 80% for 60s
	action = pause
	mode = dry-run
	[policy batch]
	match_name = .
	when = cpu > 80% for 60s
	enabled = no
	[policy bare]
	match_name = .
	when = cpu > 80% for 60s
END
offers policy --config none/sysmon.conf --policy-dir policy.d -r b
is_list 'busy batch bare' 'and those of the configuration, each once'
run complete -- policy explain --config=none/sysmon.conf --policy-dir=policy.d --rule=b
printf '%s\t%s\n' --rule=busy 'pause (dry-run)' --rule=batch 'stop (disabled)' --rule=bare stop |
	diff - <(sed 1d out) >difference || { note <difference; false; }
ok 'with what each does'
run complete -- policy --rule id
grep -q $'^idle\tin the record$' out; ok 'or that it did'
echo 'nonsense' >policy.d/wrong.conf
offers policy --policy-dir policy.d --rule b
is_list 'busy' 'a wrong configuration has none'
[ ! -s err ]; ok 'which is for policy check to say'
rm policy.d/wrong.conf
for words in 'tpo' 'status' 'top --lines' 'history --system'; do
	# shellcheck disable=SC2086
	offers $words ''
	[ ! -s out ]; ok "nothing is to be offered behind $words"
done
offers top --filter --sort ''
[ ! -s out ]; ok 'the value of an option is none, whatever it looks like'

offers history d
is_list 'db dddd00000000' 'a name, and in place of one that cannot be typed the id'
offers history web
is_list 'web' 'two lives of one name are one'
offers history web d
is_list 'db dddd00000000' 'one more behind the first'
offers events we
is_list 'web' 'of an event'
offers stopped --by oom ke
is_list 'key=val:7' 'of a stop'
offers policy log d
is_list 'db dddd00000000' 'of an action'
offers history --plot-style ''
is_list 'auto braille blocks ascii' 'styles of a plot'
offers containers --since y
is_list 'yesterday' 'a time of containers'
offers history bb
is_list 'bbcc00000000 bbbb00000000' 'ids, once one is begun'
offers history bbcc00000000000
is_list 'bbcc000000000000000000000000000000000000000000000000000000000003' 'and whole, once it is long'
offers history machine
is_list 'machine-guest.scope' 'what has no name'
offers history fb
is_list 'fb3b00000000' 'a name that would be an option goes by its id'
offers top --filter le
[ ! -s out ]; ok 'a filter is offered names'
run complete -- history ''
[ "$(wc -l <out)" -eq 12 ]; ok 'all names, and what has none'
! cut -f1 out | sed 1d | grep -qP '[\x00-\x1f\x7f\x{80}-\x{9f}\x{202e}]'; ok 'none with controls'
awk -F'\t' 'NR > 1 && NF != 2' out >bad
[ ! -s bad ]; ok 'each is one line of two columns'
"$ctl" complete -- --db nowhere.db history '' >out 2>err
[ "$(cat out)" = words ] && [ ! -s err ] && [ ! -e nowhere.db ]; ok 'without a database it is quiet'
"$ctl" complete -- history --since nonsense --db fixture.db history le 2>err >out
[ ! -s err ]; ok 'and so it is when the words are wrong'

# The shells run this one, which tells what it was called with.
mkdir bin
touch 'other file'
cat >bin/sysmonctl <<-END
	#!/bin/sh
	[ "\$1" != complete ] || exec "$ctl" "\$@"
	printf '%s\n' "\$@" >argv.new
	mv argv.new argv
END
chmod +x bin/sysmonctl
export PATH=$work/bin:$PATH SYSMON_DB=$work/fixture.db HOME=$work
cat >bashrc <<-END
	. "$shells/sysmonctl.bash"
	PS1='READY '
	bind 'set bell-style none'
END
mkdir zdot
cat >zdot/.zshrc <<-END
	fpath=("$work/zfunc" \$fpath)
	autoload -Uz compinit
	compinit -u -d "$work/zdump"
	unsetopt beep
	PS1='READY '
END
mkdir zfunc
cp "$shells/sysmonctl.zsh" zfunc/_sysmonctl
cat >init.fish <<-END
	source $shells/sysmonctl.fish
	function fish_prompt; echo -n 'READY '; end
	set -g fish_greeting
	set -g fish_autosuggestion_enabled 0
END

# typed SHELL <KEYS: what sysmonctl gets as arguments into argv.1, argv.2, ...
typed() {
	rm -f argv argv.*
	case $1 in
	bash) set -- bash --noprofile --rcfile bashrc -i ;;
	zsh) set -- env ZDOTDIR="$work/zdot" zsh -i ;;
	fish) set -- fish --no-config --init-command "source $work/init.fish" --interactive ;;
	esac
	python3 "$here/type.py" argv "$@" >screen || note <screen
}

# What is typed behind sysmonctl, \t being the key, and what comes of it: the
# arguments, separated by |.
cat >lines <<-'END'
	hist\twe\t	history|web
	stopp\t--b\tpol\t--json	stopped|--by|policy|--json
	stopped --since yes\t	stopped|--since|yesterday
	stopped --by=po\t	stopped|--by=policy
	history web --metric cpu_pct,throt\t	history|web|--metric|cpu_pct,throttled_pct
	status --db oth\t	status|--db|other file
	--db fixture.db history key=va\t	--db|fixture.db|history|key=val:7
	history key=val:\t	history|key=val:7
	history my\t	history|my web "1"
	history "my w\t	history|my web "1"
	history 'my w\t	history|my web "1"
	history 'quo\t	history|quoted'
	history it\t	history|it's!here*?
	history job\t	history|job$(touch pwned);touch pwned`touch pwned`&
	history mach\t	history|machine-guest.scope
	policy log --rule stre\t	policy|log|--rule|stress-one-each
	policy -r ca\t--rule=lo\t	policy|-r|careful|--rule=loud
	policy explain --policy-dir policy.d --rule bat\t	policy|explain|--policy-dir|policy.d|--rule|batch
END
for shell in bash zsh fish; do
	sed 's/\t[^\t]*$//; s/^/sysmonctl /' lines | typed $shell
	number=0
	while IFS=$'\t' read -r keys expected; do
		number=$((number + 1))
		tr '|' '\n' <<<"$expected" | diff - argv.$number >difference 2>&1 || { note <difference; false; }
		ok "$shell: $keys"
	done <lines
	[ ! -e pwned ]; ok "$shell: nothing of a name was run"
done

finish
