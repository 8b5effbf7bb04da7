/* SPDX-License-Identifier: MIT */
#include "board.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *program(void)
{
    return program_invocation_short_name;
}

unsigned board_bus(void)
{
    const char *text = getenv("I2CTARGET_BUS");
    if (!text)
        return 1;
    char *end;
    errno = 0;
    unsigned long bus = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno || bus > I2CTARGET_BUS_MAX) {
        fprintf(stderr, "%s: I2CTARGET_BUS is '%s', but a bus is a number 0..%d\n", program(), text,
                I2CTARGET_BUS_MAX);
        exit(1);
    }
    return (unsigned)bus;
}

int64_t board_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int board_fail(int error)
{
    char text[256];
    unsigned bus = board_bus();
    if (error == -I2CTARGET_EIO)
        fprintf(stderr, "%s: bus %u has ended\n", program(), bus);
    else
        fprintf(stderr, "%s: %s\n", program(),
                i2ctarget_bus_explain(bus, error, text, sizeof text));
    return 1;
}
