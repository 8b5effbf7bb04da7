/* SPDX-License-Identifier: MIT */
/* The bus that a command works on.  It was found; or it was started, and ends with the command. */
#ifndef CLI_BUS_USE_H
#define CLI_BUS_USE_H

#include "cli/bus_child.h"

struct bus_use {
    const char *word; /* the command's word, for messages */
    struct bus_options bus;
    bool has_speed; /* the user gave a speed: a running bus of another speed is an error */
    bool keep;      /* a bus that was started stays */
    struct bus_child child;
};

/* Find the bus, or start it.  False: that failed, and the reason has been printed. */
bool bus_use_begin(struct bus_use *use);

#endif
