/* SPDX-License-Identifier: MIT */
/* What a target takes from the firmware when it is opened, and gives back when it is closed. */
#ifndef NATMOD_CLAIMS_H
#define NATMOD_CLAIMS_H

#include "i2ctarget/port.h"

/*
 * The RP2040's port, whose open() claims what a target needs, and whose close() gives it back.  open()
 * returns -ENODEV if something is missing.
 */
const struct i2ctarget_port_ops *i2ctarget_vm_claiming_port(void);

/* After -ENODEV: what was missing, and what to do about it. */
const char *i2ctarget_vm_claiming_failed(void);

/* machine.freq() may have changed since the last call on a target. */
void i2ctarget_vm_follow_clock(void);

#endif
