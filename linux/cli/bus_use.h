/* SPDX-License-Identifier: MIT */
/* The bus that a command works on: it was found, or it was started. */
#ifndef CLI_BUS_USE_H
#define CLI_BUS_USE_H

#include "cli/bus_child.h"
#include "link/link.h"

struct bus_use {
    const char *word; /* the command's word, for messages */
    struct bus_options bus;
    bool has_speed;  /* the user gave a speed: a running bus of another speed is an error */
    bool is_private; /* always a new bus, found only by us and by what we start; ends with us */
    bool keep;       /* a bus that was started stays; else it ends when nobody uses it any more */
    struct bus_child child; /* the bus that was started */
    struct link hold;       /* on a bus that was found, so that it does not end */
    bool is_held;
};

/* Find the bus, or start it.  False: that failed, and the reason has been printed. */
bool bus_use_begin(struct bus_use *use);
/* The caller uses the bus in another way by now, and a bus that was found need not be held. */
void bus_use_let_go(struct bus_use *use);
/* The caller needs the bus no more.  False: a bus that was started has ended, and failed. */
bool bus_use_end(struct bus_use *use);

#endif
