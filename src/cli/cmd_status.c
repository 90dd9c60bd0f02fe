#include "cli.h"
int cmd_status(struct cli *cli, int argc, char **argv){(void)cli;(void)argc;(void)argv;return 0;}
