/* SPDX-License-Identifier: MIT */
/* $I2CTARGET_QUIRKS: the quirk of all targets that this process opens on a bus. */
#ifndef REMOTE_QUIRK_H
#define REMOTE_QUIRK_H

#include "i2ctarget/quirks.h"

/* Gives the target this quirk, if one is named.  0.  -EINVAL: there is none of this name. */
int i2ctarget_quirk_take(struct i2ctarget *target, struct i2ctarget_quirk *quirk);

/* Writes which names there are.  False: the one that is set is good; nothing is written. */
bool i2ctarget_quirk_explain(char *text, size_t size);

#endif
