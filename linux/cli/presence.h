/* SPDX-License-Identifier: MIT */
/*
 * Waiting for targets: a program started a moment ago may not listen yet.
 */
#ifndef CLI_PRESENCE_H
#define CLI_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "i2ctarget/address.h"

struct presence {
    struct i2ctarget_address_set addresses;
};

/* One more address, as people write it: 0x40, 64.  False: it is none, which was said. */
bool presence_add(const char *word, struct presence *presence, const char *text);

/* Wait until targets listen to all of them: ten seconds at most.  False: they did not, which was said. */
bool presence_await(const char *word, unsigned bus, const struct presence *presence);

#endif
