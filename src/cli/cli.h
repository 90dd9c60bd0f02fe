/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all of sysmonctl shares: the options, the subcommand table, exit codes
 * and messages. Knows no subcommand's inside.
 */
#ifndef SYSMON_CLI_H
#define SYSMON_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/text.h"

enum exit_code {
	CLI_OK = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,
	CLI_NOTHING = 3,     /* nothing found, or no data yet */
	CLI_NOT_RUNNING = 4, /* the daemon or the module, where it must be */
};

enum format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_JSONL,
	FORMAT_CSV
};
#define FORMAT_CHOICES "table|json|jsonl|csv"

enum stop_by {
	BY_ANY,
	BY_POLICY,
	BY_SIGNAL,
	BY_OOM,
	BY_EXIT
};
#define BY_CHOICES "any|policy|signal|oom|exit"

/* What a plot is drawn with; PLOT_AUTO: what the terminal can show. */
enum plot_style {
	PLOT_AUTO,
	PLOT_BRAILLE,
	PLOT_BLOCKS,
	PLOT_ASCII
};
#define PLOT_CHOICES "auto|braille|blocks|ascii"

#define TIME_UNSET INT64_MIN

/* Every option of every subcommand, as opts_parse() leaves it. */
struct options {
	const char *db;
	bool no_color;
	bool quiet;
	bool help;
	bool version;
	int format;    /* enum format */
	int64_t since; /* unix ns, or TIME_UNSET */
	int64_t until;
	int64_t at;
	int64_t step; /* ns, or HISTORY_STEP_* */
	bool all;
	bool follow;
	bool once;
	bool tree;
	bool mouse;
	bool system;
	bool plot;
	int plot_style; /* enum plot_style */
	int by;		/* enum stop_by */
	int lines;	/* -1: not given */
	const char *sort;
	const char *columns;
	const char *filter;
	const char *type;
	const char *metric;
	const char *rule;
	const char *config; /* NULL: the default place, as the next */
	const char *policy_dir;
};

/* What stdout is. */
struct terminal {
	bool is_tty;
	bool is_dumb; /* no cursor to move, no colours */
	bool color;
	unsigned int width; /* columns; 0: as wide as it takes */
	enum text_charset charset;
};

struct cli;
struct complete;

struct command {
	const char *name;
	const char *summary;  /* one line */
	const char *synopsis; /* the arguments behind the options */
	const char *help;     /* paragraphs behind the options; or NULL */
	const char *examples; /* lines */
	const struct opt *const *options; /* tables, closed by NULL */
	bool hidden;			  /* not for people */
	/* Offers what its next argument may become; or NULL. */
	void (*complete)(struct complete *c);
	/* argv[0 .. argc - 1] are the arguments. Returns enum exit_code. */
	int (*run)(struct cli *cli, int argc, char **argv);
};

struct cli {
	struct options opt;
	struct terminal terminal;
	const struct command *command; /* NULL before it is known */
	int64_t now_ns;
};

int cmd_top(struct cli *cli, int argc, char **argv);
int cmd_containers(struct cli *cli, int argc, char **argv);
int cmd_history(struct cli *cli, int argc, char **argv);
int cmd_events(struct cli *cli, int argc, char **argv);
int cmd_stopped(struct cli *cli, int argc, char **argv);
int cmd_policy(struct cli *cli, int argc, char **argv);
int cmd_status(struct cli *cli, int argc, char **argv);
int cmd_set(struct cli *cli, int argc, char **argv);
int cmd_complete(struct cli *cli, int argc, char **argv);

#endif
