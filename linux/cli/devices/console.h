/* SPDX-License-Identifier: MIT */
/* Lines on standard input, for a program that waits for other things, too. */
#ifndef CLI_DEVICES_CONSOLE_H
#define CLI_DEVICES_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

struct console {
    char line[256];
    size_t length;
    bool is_too_long; /* this line is dropped */
    bool has_ended;   /* no more lines will come */
};

/*
 * May the program wait for it?  Not in the background of a terminal: a background process that
 * reads the terminal is stopped.
 */
bool console_is_ours(const struct console *console);

/*
 * Read what has arrived (without waiting, if poll() has reported input), and call `take` for every
 * whole line.  For a line that is too long, `take` gets NULL.
 */
void console_read(struct console *console, void (*take)(char *line, void *context), void *context);

#endif
