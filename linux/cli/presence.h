/* SPDX-License-Identifier: MIT */
/* Waiting for targets and their bus: programs that were just started may not be ready yet. */
#ifndef CLI_PRESENCE_H
#define CLI_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "i2ctarget/address.h"

struct presence {
    struct i2ctarget_address_set addresses;
    bool has_time;
    long time_ms; /* if it has none: ten seconds */
};

/* Add one address (cli/address.h).  False: it is not an address; a message has been printed. */
bool presence_add(const char *word, struct presence *presence, const char *text);

/* Set how long to wait, in seconds: 3, 0.5.  False: it is not a time; a message has been printed. */
bool presence_set_time(const char *word, struct presence *presence, const char *text);

/*
 * Wait until the bus runs and all these addresses have targets; with no addresses, do not wait.
 * False: the time is over; a message has been printed.
 */
bool presence_await(const char *word, unsigned bus, const struct presence *presence);

#endif
