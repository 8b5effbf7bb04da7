/* SPDX-License-Identifier: MIT */
/*
 * The `i2ctarget` command: what its sub-commands share.
 *
 * A sub-command is a function of a file of its own, cmd_WORD.c, and a row of the table in main.c.
 * It gets its own word as argv[0] and returns the exit status: 0; 1 when something in the world
 * went wrong; 2 when it was called wrongly.  Those that run another program return that program's
 * status, and use env(1)'s numbers for themselves.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

enum cli_status {
    CLI_OK = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
    CLI_CANNOT_RUN = 125, /* we failed, before the program began */
    CLI_NOT_EXECUTABLE = 126,
    CLI_NOT_FOUND = 127,
    CLI_SIGNAL_BASE = 128, /* the program was killed: this plus the signal */
};

/* What a bus of ours serves beyond the server's own roles, for bus_options. */
extern const struct client_role *const cli_roles[];

int cmd_attach(int argc, char **argv);
int cmd_bus(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_device(int argc, char **argv);
int cmd_boards(int argc, char **argv);

/* One line on stderr, "i2ctarget WORD: …", and how to get help.  Returns CLI_USAGE. */
int cli_misuse(const char *word, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One line on stderr, "i2ctarget WORD: …". */
void cli_error(const char *word, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * What getopt_long() found wrong with argv[optind - 1], said as cli_misuse() does.  `option`: its
 * '?' or ':'.
 */
int cli_bad_option(const char *word, int option, char **argv);

/* A decimal number in min..max, the whole text.  False: it is not. */
bool cli_number(const char *text, unsigned long min, unsigned long max, unsigned long *value);
/* The argument of --timeout, in ms.  False: it is none, which has been said. */
bool cli_timeout(const char *word, const char *text, uint32_t *timeout_ms);
/* The argument of --bus.  False: it is no bus number, which has been said. */
bool cli_bus(const char *word, const char *text, unsigned *bus);
/* $I2CTARGET_BUS, else 1.  False: the variable holds no bus number, which has been said. */
bool cli_default_bus(const char *word, unsigned *bus);

#endif
