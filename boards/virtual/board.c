/* SPDX-License-Identifier: MIT */
#include "i2ctarget/board.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUS_INVALID = I2CTARGET_BUS_MAX + 1 };

unsigned i2ctarget_board_bus(void)
{
    const char *text = getenv("I2CTARGET_BUS");
    if (!text)
        return 1;
    char *end;
    errno = 0;
    unsigned long bus = strtoul(text, &end, 10);
    bool is_number = *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
    return is_number && bus <= I2CTARGET_BUS_MAX ? (unsigned)bus : BUS_INVALID;
}

int64_t i2ctarget_board_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int i2ctarget_board_fail(int error)
{
    const char *program = program_invocation_short_name;
    char text[256];
    unsigned bus = i2ctarget_board_bus();
    if (bus == BUS_INVALID)
        fprintf(stderr, "%s: I2CTARGET_BUS is '%s', but a bus is a number 0..%d\n", program,
                getenv("I2CTARGET_BUS"), I2CTARGET_BUS_MAX);
    else if (error == -I2CTARGET_EIO)
        fprintf(stderr, "%s: bus %u has ended\n", program, bus);
    else
        fprintf(stderr, "%s: %s\n", program, i2ctarget_bus_explain(bus, error, text, sizeof text));
    return 1;
}
