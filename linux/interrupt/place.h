/* SPDX-License-Identifier: MIT */
/* Where a line can be found by others: a FIFO, a descriptor, a simulated GPIO line. */
#ifndef INTERRUPT_PLACE_H
#define INTERRUPT_PLACE_H

#include "i2ctarget/interrupt.h"

/*
 * Opens what the text names, and sets `fd`, `watch_fd`, `made_path` and `is_attribute`.  0, or -errno
 * as i2ctarget_interrupt_open() has it; what was opened is in the line then, too.
 */
int i2ctarget_place_open(struct i2ctarget_interrupt *line, const char *place);

/* Removes the FIFO if it was made here and is still the same. */
void i2ctarget_place_remove(struct i2ctarget_interrupt *line);

#endif
