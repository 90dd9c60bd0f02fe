// SPDX-License-Identifier: GPL-2.0
/*
 * The daemon's command line: options, configuration, log. What it does then is
 * loop.h's.
 */
#include <errno.h>
#include <signal.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "log.h"
#include "loop.h"
#include "privileges.h"

enum {
	EXIT_FAILED = 1,
	EXIT_USAGE = 2
};

struct options {
	const char *config; /* NULL: the default place, as the next two */
	const char *policy_dir;
	const char *database;
	bool check;
	bool verbose;
};

static void usage(FILE *to)
{
	fputs("Usage: sysmon-collectord [OPTION]...\n"
	      "Stores what the kernel module sysmon measures, and keeps the "
	      "stop policy.\n"
	      "\n"
	      "  --config PATH      configuration (" CONFIG_DEFAULT_PATH ")\n"
	      "  --policy-dir PATH  policies (" CONFIG_DEFAULT_POLICY_DIR ")\n"
	      "  --db PATH          database (" CONFIG_DEFAULT_DATABASE ")\n"
	      "  --check-config     say whether the configuration is valid\n"
	      "  -v, --verbose      log debugging details\n"
	      "  --version          print the version\n"
	      "  --help             print this\n"
	      "\n"
	      "Exit status: 0 stopped cleanly, 1 failed, 2 wrong usage or "
	      "configuration.\n",
	      to);
}

/* Returns -1 to go on, else the exit status. */
static int parse(int argc, char **argv, struct options *o)
{
	enum {
		CONFIG = 256,
		POLICY_DIR,
		DB,
		CHECK,
		VERSION,
		HELP
	};
	static const struct option known[] = {
		{ "config", required_argument, NULL, CONFIG },
		{ "policy-dir", required_argument, NULL, POLICY_DIR },
		{ "db", required_argument, NULL, DB },
		{ "check-config", no_argument, NULL, CHECK },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, VERSION },
		{ "help", no_argument, NULL, HELP },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "v", known, NULL)) != -1) {
		switch (c) {
		case CONFIG:
			o->config = optarg;
			break;
		case POLICY_DIR:
			o->policy_dir = optarg;
			break;
		case DB:
			o->database = optarg;
			break;
		case CHECK:
			o->check = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case VERSION:
			puts("sysmon-collectord " SYSMON_VERSION);
			return EXIT_SUCCESS;
		case HELP:
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			fputs("Try sysmon-collectord --help.\n", stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr,
		"sysmon-collectord: unexpected argument: %s\n"
		"Try sysmon-collectord --help.\n",
		argv[optind]);
	return EXIT_USAGE;
}

/* The default database's directory, where no package has made it. */
static void make_directory(const char *database)
{
	char *path = strdup(database);
	char *slash = path ? strrchr(path, '/') : NULL;

	if (slash && slash != path) {
		*slash = 0;
		if (mkdir(path, 0750) && errno != EEXIST)
			log_warning("%s: %s", path, strerror(errno));
	}
	free(path);
}

static int set_database(struct config *config, const char *database)
{
	char *copy = strdup(database);

	if (!copy)
		return -ENOMEM;
	free(config->database);
	config->database = copy;
	return 0;
}

/* The files, and over them the options. */
static int load_all(void *arg, struct config *config, struct config_error *err)
{
	const struct options *o = arg;
	int rc = config_load(o->config, o->policy_dir, config, err);

	if (rc)
		return rc;
	if (o->verbose)
		config->log_level = LOG_DEBUG;
	if (!o->database || set_database(config, o->database) == 0)
		return 0;
	config_free(config);
	err->count = 1;
	snprintf(err->text, sizeof(err->text), "out of memory");
	return -ENOMEM;
}

static int load(struct options *o, struct config *config)
{
	static struct config_error err;

	if (load_all(o, config, &err) == 0)
		return 0;
	fprintf(stderr,
		"sysmon-collectord: the configuration is not valid:\n"
		"%s%s",
		err.text,
		strlen(err.text) && err.text[strlen(err.text) - 1] == '\n'
			? ""
			: "\n");
	return EXIT_USAGE;
}

static int run(struct config *config, struct options *options)
{
	const struct loop_source source = { load_all, options };
	int err = privileges_limit();

	if (err)
		log_warning("jobs may have the daemon's capabilities: %s",
			    strerror(-err));
	/* Who ignores it is not told how jobs end; that may be inherited. */
	signal(SIGCHLD, SIG_DFL);
	make_directory(config->database);
	return loop_run(config, &source) ? EXIT_FAILED : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct config config;
	int rc = parse(argc, argv, &options);

	if (rc >= 0)
		return rc;
	rc = load(&options, &config);
	if (rc)
		return rc;
	log_init(config.log_level, config.log_fields);
	if (options.check) {
		puts("The configuration is valid.");
	} else {
		rc = run(&config, &options);
	}
	config_free(&config);
	return rc;
}
