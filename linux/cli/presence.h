/* SPDX-License-Identifier: MIT */
/* Waiting for targets: a program that was just started may not listen yet. */
#ifndef CLI_PRESENCE_H
#define CLI_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "i2ctarget/address.h"

struct presence {
    struct i2ctarget_address_set addresses;
};

/*
 * Add one address as people write it: 0x40, 64.  False: it is not an address; a message has been
 * printed.
 */
bool presence_add(const char *word, struct presence *presence, const char *text);

/*
 * Wait until all these addresses have targets, ten seconds at most.  False: they do not; a message
 * has been printed.
 */
bool presence_await(const char *word, unsigned bus, const struct presence *presence);

#endif
