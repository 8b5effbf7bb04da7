/* SPDX-License-Identifier: MIT */
/*
 * What the sub-commands of `i2ctarget` share.
 *
 * A sub-command is one function in its own file, cmd_WORD.c, and one row of the table in main.c.
 * It gets its own word as argv[0] and returns the exit status: 0; 1 when an operation failed; 2
 * when its arguments are wrong.  Sub-commands that run another program return that program's
 * status, and use the numbers of env(1) for their own failures.
 *
 * Functions that return false or an error status have printed the reason on stderr.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

struct link;

enum cli_status {
    CLI_OK = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
    CLI_CANNOT_RUN = 125, /* we failed before the program began */
    CLI_NOT_EXECUTABLE = 126,
    CLI_NOT_FOUND = 127,
    CLI_SIGNAL_BASE = 128, /* the program was killed: this plus the signal */
};

int cmd_attach(int argc, char **argv);
int cmd_bus(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_device(int argc, char **argv);
int cmd_regmap(int argc, char **argv);
int cmd_fault(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_boards(int argc, char **argv);

/* Prints one line on stderr, "i2ctarget WORD: …", and how to get help.  Returns CLI_USAGE. */
int cli_misuse(const char *word, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints one line on stderr, "i2ctarget WORD: …". */
void cli_error(const char *word, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints why this call of the link has failed, as cli_error() does.  Returns CLI_FAILED. */
int cli_link_error(const char *word, const struct link *link, int error);

/*
 * Reports what getopt_long() found wrong with argv[optind - 1], as cli_misuse() does.  `option`:
 * its '?' or ':'.
 */
int cli_bad_option(const char *word, int option, char **argv);

/* The whole text must be a decimal number in min..max.  False: it is not; nothing is printed. */
bool cli_number(const char *text, unsigned long min, unsigned long max, unsigned long *value);
/*
 * The argument of --timeout, in ms.  False: it is not a valid time-out; a message has been printed.
 */
bool cli_timeout(const char *word, const char *text, uint32_t *timeout_ms);
/* The argument of --bus.  False: it is not a bus number; a message has been printed. */
bool cli_bus(const char *word, const char *text, unsigned *bus);
/* $I2CTARGET_BUS, or 1.  False: the variable is not a bus number; a message has been printed. */
bool cli_default_bus(const char *word, unsigned *bus);

/* i2ctarget_stops_open().  Negative: it could not be made; a message has been printed. */
int cli_open_stops(const char *word);

#endif
