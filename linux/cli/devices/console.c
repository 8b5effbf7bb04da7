/* SPDX-License-Identifier: MIT */
#include "cli/devices/console.h"

#include <errno.h>
#include <unistd.h>

bool console_is_ours(const struct console *console)
{
    if (console->has_ended)
        return false;
    return !isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void add(struct console *console, char c, void (*take)(char *line, void *context),
                void *context)
{
    if (c == '\n') {
        console->line[console->length] = '\0';
        take(console->is_too_long ? NULL : console->line, context);
        console->length = 0;
        console->is_too_long = false;
    } else if (console->length < sizeof console->line - 1) {
        console->line[console->length++] = c;
    } else {
        console->is_too_long = true;
    }
}

void console_read(struct console *console, void (*take)(char *line, void *context), void *context)
{
    char buffer[512];
    ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0 && console->length)
        add(console, '\n', take, context);
    console->has_ended = got <= 0;
    for (ssize_t i = 0; i < got; i++)
        add(console, buffer[i], take, context);
}
