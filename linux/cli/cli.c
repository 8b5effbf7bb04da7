/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/server.h"
#include "link/link.h"
#include "link/stops.h"

static void vsay(const char *word, const char *format, va_list arguments)
{
    fprintf(stderr, "i2ctarget %s: ", word);
    vfprintf(stderr, format, arguments);
}

void cli_error(const char *word, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsay(word, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

int cli_misuse(const char *word, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsay(word, format, arguments);
    va_end(arguments);
    fprintf(stderr, " (i2ctarget %s --help)\n", word);
    return CLI_USAGE;
}

int cli_link_error(const char *word, const struct link *link, int error)
{
    char text[256];
    cli_error(word, "%s", i2ctarget_link_explain(link, error, text, sizeof text));
    return CLI_FAILED;
}

int cli_bad_option(const char *word, int option, char **argv)
{
    if (option == ':')
        return cli_misuse(word, "%s wants an argument", argv[optind - 1]);
    if (optopt)
        return cli_misuse(word, "there is no option -%c", optopt);
    return cli_misuse(word, "there is no option %s", argv[optind - 1]);
}

bool cli_number(const char *text, unsigned long min, unsigned long max, unsigned long *value)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *value = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' && *value >= min && *value <= max;
}

bool cli_timeout(const char *word, const char *text, uint32_t *timeout_ms)
{
    unsigned long value;
    if (!cli_number(text, BUS_TIMEOUT_MS_MIN, BUS_TIMEOUT_MS_MAX, &value)) {
        cli_misuse(word, "--timeout %s: %d to %d ms", text, BUS_TIMEOUT_MS_MIN, BUS_TIMEOUT_MS_MAX);
        return false;
    }
    *timeout_ms = (uint32_t)value;
    return true;
}

static bool bus_from(const char *word, const char *what, const char *text, unsigned *bus)
{
    unsigned long value;
    if (!cli_number(text, 0, LINK_BUS_MAX, &value)) {
        cli_misuse(word, "%s\"%s\" is no bus number: 0 to %d", what, text, LINK_BUS_MAX);
        return false;
    }
    *bus = (unsigned)value;
    return true;
}

bool cli_bus(const char *word, const char *text, unsigned *bus)
{
    return bus_from(word, "", text, bus);
}

bool cli_default_bus(const char *word, unsigned *bus)
{
    const char *text = getenv("I2CTARGET_BUS");
    *bus = 1;
    return !text || !text[0] || bus_from(word, "I2CTARGET_BUS=", text, bus);
}

int cli_open_stops(const char *word)
{
    int fd = i2ctarget_stops_open();
    if (fd < 0)
        cli_error(word, "signalfd: %s", strerror(-fd));
    return fd;
}
