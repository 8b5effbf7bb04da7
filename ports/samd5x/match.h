/* SPDX-License-Identifier: MIT */
/*
 * What the SERCOM compares addresses with.  It knows one address, two, those under a mask, or a
 * range.  The smallest of these that has all of the target's addresses is taken, so that few
 * messages of others stop at this chip.
 */
#ifndef SAMD5X_MATCH_H
#define SAMD5X_MATCH_H

#include "i2ctarget/address.h"

struct match {
    uint32_t mode;    /* AMODE, as in CTRLB */
    uint32_t address; /* the register ADDR */
};

/* The smallest match for these addresses. */
struct match i2ctarget_samd5x_match_for(const struct i2ctarget_address_set *addresses);
/* Every address. */
struct match i2ctarget_samd5x_match_all(void);
/* Does it have all of them? */
bool i2ctarget_samd5x_match_has(const struct match *match,
                                const struct i2ctarget_address_set *addresses);

#endif
