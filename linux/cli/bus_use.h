/* SPDX-License-Identifier: MIT */
/*
 * The bus that a command works on: found, or started and then ended with the command.
 */
#ifndef CLI_BUS_USE_H
#define CLI_BUS_USE_H

#include "cli/bus_child.h"

struct bus_use {
    const char *word; /* of the command, for what is said */
    struct bus_options bus;
    bool has_speed; /* asked for: then a bus that runs at another one will not do */
    bool keep;      /* a bus that was started stays */
    struct bus_child child;
};

/* Find it, or start it.  False: it can not be had, which was said. */
bool bus_use_begin(struct bus_use *use);

#endif
