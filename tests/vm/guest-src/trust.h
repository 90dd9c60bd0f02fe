/* SPDX-License-Identifier: GPL-2.0 */
/* The subcommands of the guest program `trust`; each returns its exit status. */
#ifndef TRUST_H
#define TRUST_H

int cmd_churn(int argc, char **argv);
int cmd_lives(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_idle(int argc, char **argv);
int cmd_busy(int argc, char **argv);
int cmd_storm(int argc, char **argv);
int cmd_pace(int argc, char **argv);
int cmd_poke(int argc, char **argv);
int cmd_dumper(int argc, char **argv);
int cmd_fuzz(int argc, char **argv);
int cmd_fail_load(int argc, char **argv);
int cmd_fail_unload(int argc, char **argv);
int cmd_fail_request(int argc, char **argv);
int cmd_fail_life(int argc, char **argv);

#endif
