// SPDX-License-Identifier: GPL-2.0
/* The subcommands with their options and help; knows none's inside. */
#include "commands.h"
#include "complete.h"
#include "opts.h"

#define AT(field) offsetof(struct options, field)

static const struct opt top_opts[] = {
	{ "once", '1', OPT_FLAG, AT(once), 0, NULL,
	  "print one view and end (the default when not on a terminal)" },
	{ "at", 0, OPT_TIME, AT(at), 0, "TIME", "as it was at that time" },
	{ "sort", 's', OPT_SORT_KEY, AT(sort), 0, "KEY",
	  "cpu, mem, name, pids, read, write, ... (default: cpu)" },
	{ "filter", 'f', OPT_CONTAINER, AT(filter), 0, "TEXT",
	  "only containers with TEXT in name, image, command, id or cgroup" },
	{ "columns", 'c', OPT_COLUMNS, AT(columns), 0, "LIST",
	  "of the table, the most important first: name,cpu,net_rx_bps" },
	{ "tree", 't', OPT_FLAG, AT(tree), 0, NULL,
	  "containers in containers behind the one that they are in" },
	{ "mouse", 'm', OPT_FLAG, AT(mouse), 0, NULL,
	  "clicks sort and choose, and the wheel moves" },
	{ 0 }
};
static const struct opt containers_opts[] = {
	{ "all", 'a', OPT_FLAG, AT(all), 0, NULL,
	  "also those that have stopped, once for each time they ran" },
	{ 0 }
};
static const struct opt history_opts[] = {
	{ "system", 0, OPT_FLAG, AT(system), 0, NULL, "of the whole machine" },
	{ "metric", 'm', OPT_METRICS, AT(metric), 0, "LIST",
	  "these only, such as cpu,mem or io_read_bps" },
	{ "step", 0, OPT_STEP, AT(step), 0, "auto|raw|1m|1h|DURATION",
	  "a line for so long, or for each sample (default: auto)" },
	{ "plot", 'p', OPT_FLAG, AT(plot), 0, NULL, "draw it, over time" },
	{ "plot-style", 0, OPT_CHOICE, AT(plot_style), 0, PLOT_CHOICES,
	  "draw it with these (default: what the terminal can show)" },
	{ 0 }
};
static const struct opt events_opts[] = {
	{ "follow", 'f', OPT_FLAG, AT(follow), 0, NULL,
	  "go on with the events as they happen" },
	{ "lines", 'n', OPT_NUMBER, AT(lines), 0, "N",
	  "only the newest N (with --follow: 10)" },
	{ "type", 't', OPT_EVENT_TYPES, AT(type), 0, "LIST",
	  "only these: start, stop, oom, memory-high, memory-max, pids-max, "
	  "throttled, freeze, thaw, removed, gap, alarm" },
	{ 0 }
};
static const struct opt stopped_opts[] = {
	{ "by", 0, OPT_CHOICE, AT(by), 0, BY_CHOICES, "only stops by that" },
	{ "lines", 'n', OPT_NUMBER, AT(lines), 0, "N", "only the newest N" },
	{ 0 }
};

static const struct opt policy_opts[] = {
	{ "rule", 'r', OPT_RULE, AT(rule), 0, "NAME",
	  "only what that rule did, or would do" },
	{ "lines", 'n', OPT_NUMBER, AT(lines), 0, "N", "only the newest N" },
	{ "config", 0, OPT_PATH, AT(config), 0, "FILE",
	  "the daemon's configuration (default: /etc/sysmon/sysmon.conf)" },
	{ "policy-dir", 0, OPT_PATH, AT(policy_dir), 0, "DIR",
	  "its drop-ins (default: /etc/sysmon/policy.d)" },
	{ 0 }
};

static const struct opt *const top_tables[] = { top_opts, opts_format, NULL };
static const struct opt *const containers_tables[] = { containers_opts,
						       opts_range, opts_format,
						       NULL };
static const struct opt *const history_tables[] = { history_opts, opts_range,
						    opts_format, NULL };
static const struct opt *const events_tables[] = { events_opts, opts_range,
						   opts_format, NULL };
static const struct opt *const stopped_tables[] = { stopped_opts, opts_range,
						    opts_format, NULL };
static const struct opt *const policy_tables[] = { policy_opts, opts_range,
						   opts_format, NULL };
static const struct opt *const status_tables[] = { opts_format, NULL };
static const struct opt *const no_tables[] = { NULL };

const struct command commands[] = {
	{
		.name = "top",
		.summary = "A live view of the machine and its containers",
		.synopsis = "",
		.help = "Keys: q quits, ? lists all, Enter looks closely at a "
			"container, / filters,\nc m n p r w l s a sort, < and > "
			"by the column beside, i the other way round,\nt shows "
			"containers in containers, C chooses the columns, S "
			"shows what stopped,\nspace pauses, left and right "
			"step through recorded time, b jumps to a time,\nEnd "
			"returns to now.\n\nCPU is in percent of one CPU. "
			"A dash is what is not known.\n",
		.examples = "  sysmonctl top --sort mem\n"
			    "  sysmonctl top --tree --columns "
			    "name,cpu,mem,psi_io_some_pct\n"
			    "  sysmonctl top --at 'yesterday' --once\n"
			    "  sysmonctl top --json | jq '.containers[0]'\n",
		.options = top_tables,
		.run = cmd_top,
	},
	{
		.name = "containers",
		.summary = "The containers that are running, or ever were",
		.synopsis = "",
		.help = "With --since or --until it is those that ran at some "
			"time in that range.\n",
		.examples = "  sysmonctl containers\n"
			    "  sysmonctl containers --since -10m\n"
			    "  sysmonctl containers --all --format csv\n",
		.options = containers_tables,
		.run = cmd_containers,
	},
	{
		.name = "history",
		.summary = "Figures of a container or the machine over time",
		.synopsis = "CONTAINER...|--system",
		.help = "CONTAINER is a name, the beginning of an id, or a "
			"cgroup path. Without --since\nit is the last hour. A "
			"time without a line has no record. Steps of whole\n"
			"minutes, or hours, are made of what is kept for longer "
			"than each sample.\n\n--plot draws a chart for each "
			"unit, with all containers and metrics in it; where\n"
			"there is no record, it has a gap.\n",
		.examples =
			"  sysmonctl history web --since -10m --step raw\n"
			"  sysmonctl history --system --since today -m cpu\n"
			"  sysmonctl history web db --plot --since -6h\n"
			"  sysmonctl history web --format csv >web.csv\n",
		.options = history_tables,
		.complete = complete_containers,
		.run = cmd_history,
	},
	{
		.name = "events",
		.summary = "The record of containers' starts and stops",
		.synopsis = "[CONTAINER...]",
		.help = "Where events were lost, the record has a line of type "
			"gap that says how many\nand why. One of type alarm "
			"says that an action of the policy was refused, was\n"
			"not confirmed by the kernel in time, or is given "
			"up.\n\nOf a CONTAINER it is all its lives; gaps are "
			"shown too, as they may hide some of\nits events.\n",
		.examples = "  sysmonctl events --follow\n"
			    "  sysmonctl events web --lines 20\n"
			    "  sysmonctl events --type stop --since -1h\n",
		.options = events_tables,
		.complete = complete_containers,
		.run = cmd_events,
	},
	{
		.name = "stopped",
		.summary = "What stopped, why, and what it had used",
		.synopsis = "[CONTAINER...]",
		.help = "The newest is the last. One that ran for a fraction "
			"of a second is there, too.\n",
		.examples = "  sysmonctl stopped --by policy --since today\n"
			    "  sysmonctl stopped --by oom --lines 10\n"
			    "  sysmonctl stopped --json | jq '.stopped[-1]'\n",
		.options = stopped_tables,
		.complete = complete_containers,
		.run = cmd_stopped,
	},
	{
		.name = "policy",
		.summary = "What the policy did, what it would do now, and "
			   "whether it is valid",
		.synopsis = "[log [CONTAINER...] | explain | check [FILE...]]",
		.help = "log, which is the default, shows the actions with "
			"their times and what came of\neach. explain says "
			"for each rule and running container what the rule "
			"would do now,\nand why, by the configuration and the "
			"record. check reads policy files, or without\nany "
			"the whole configuration as the daemon would, and "
			"names errors by file and line.\n",
		.examples = "  sysmonctl policy --since -1h\n"
			    "  sysmonctl policy explain --json | jq "
			    "'.verdicts[] | select(.verdict == \"act\")'\n"
			    "  sysmonctl policy check ./10-busy.conf\n",
		.options = policy_tables,
		.complete = complete_policy,
		.run = cmd_policy,
	},
	{
		.name = "status",
		.summary = "Do module, daemon and database work, and if not, "
			   "what to do",
		.synopsis = "",
		.help = "Exit status is 4 when the daemon or the module is not "
			"running.\n",
		.examples = "  sysmonctl status\n"
			    "  sysmonctl status --json | jq .problems\n",
		.options = status_tables,
		.run = cmd_status,
	},
	{
		.name = "set",
		.summary = "Changes the module's settings until it is unloaded",
		.synopsis = "interval=DURATION | match=GLOB[,GLOB...] ...",
		.help = "interval is from 100ms to 60s. match says which "
			"cgroup names are containers, besides\nthose of the "
			"known engines; match= forgets all patterns. For good, "
			"put both into\n/etc/sysmon/sysmon.conf.\n",
		.examples = "  sysmonctl set interval=500ms\n"
			    "  sysmonctl set 'match=machine-*.scope,"
			    "lxc.payload.*'\n",
		.options = no_tables,
		.complete = complete_setting,
		.run = cmd_set,
	},
	{
		.name = "complete",
		.summary = "What the last word may become, for a shell",
		.synopsis = "-- WORD...",
		.help = "The words are those behind sysmonctl, the last one as "
			"far as it is typed. The first\nline says what follows: "
			"words, open (words that go on), or files (any file will"
			"\ndo). Then comes a candidate a line, with a tab and "
			"what it is about.\n",
		.examples = "  sysmonctl complete -- history we\n"
			    "  sysmonctl complete -- top --sort ''\n",
		.options = no_tables,
		.hidden = true,
		.run = cmd_complete,
	},
	{ 0 }
};
