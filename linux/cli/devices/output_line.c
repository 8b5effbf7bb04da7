/* SPDX-License-Identifier: MIT */
#include "cli/devices/output_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "i2ctarget/interrupt.h"

static const char gpio_prefix[] = "gpio-sim:";

static const struct model *model; /* whose line is wanted; NULL: nobody's */
static const char *place;
static struct i2ctarget_interrupt line;
static bool is_open;

void output_line_take(const struct model *whose, const char *where)
{
    model = whose;
    place = where;
}

bool output_line_is_wanted(void)
{
    return model;
}

static int complain(int error)
{
    switch (error) {
    case -EINVAL:
        return cli_misuse(model_word, "--interrupt %s: a FIFO, fd:N or gpio-sim:gpiochipN/LINE",
                          place);
    case -EEXIST:
        cli_error(model_word, "--interrupt %s: it is no FIFO", place);
        return CLI_FAILED;
    case -EBUSY:
        cli_error(model_word, "--interrupt %s: it is another device's", place);
        return CLI_FAILED;
    case -EBADF:
        cli_error(model_word, "--interrupt %s: no open descriptor that can be written to", place);
        return CLI_FAILED;
    default:
        cli_error(model_word, "--interrupt %s: %s", place, strerror(-error));
        return CLI_FAILED;
    }
}

/* A model that has not begun yet does not pull. */
static int open_it(bool is_high)
{
    int error = i2ctarget_interrupt_open(&line, place, is_high);
    is_open = error == 0;
    return is_open ? CLI_OK : complain(error);
}

static bool is_roots(void)
{
    return strncmp(place, gpio_prefix, sizeof gpio_prefix - 1) == 0;
}

/* A number that is not open yet would be that of a descriptor of our own: of the bus's connection. */
static bool is_lacking(void)
{
    int number;
    return sscanf(place, "fd:%d", &number) == 1 && fcntl(number, F_GETFD) < 0;
}

int output_line_open_early(void)
{
    if (!model)
        return CLI_OK;
    if (is_lacking())
        return complain(-EBADF);
    return is_roots() ? open_it(true) : CLI_OK;
}

int output_line_open(void)
{
    if (model && !is_open)
        return open_it(model->line());
    output_line_follow();
    return CLI_OK;
}

void output_line_follow(void)
{
    if (is_open)
        i2ctarget_interrupt_set(&line, model->line());
}

int output_line_descriptor(void)
{
    return is_open ? i2ctarget_interrupt_descriptor(&line) : -1;
}

void output_line_close(void)
{
    if (is_open)
        i2ctarget_interrupt_close(&line);
    is_open = false;
}
