/* SPDX-License-Identifier: MIT */
/* External interrupts: which pin has which line, and what a line latches. */
#ifndef SAMD5X_EIC_H
#define SAMD5X_EIC_H

#include <stdbool.h>

enum { NO_LINE = -1 };

/* The EXTINT of a pin, 0..15; NO_LINE: it has none. */
int i2ctarget_samd5x_eic_line(unsigned pin);

/* Its clocks.  generator: that of 48 MHz.  Interrupts are off. */
void i2ctarget_samd5x_eic_begin(unsigned generator);
/*
 * From now on one line latches rises, the other one both edges.  The EIC is off for some clocks, with
 * all its lines, and what they have latched when it is on again means nothing.  Interrupts are off.
 */
void i2ctarget_samd5x_eic_set_senses(unsigned of_rises, unsigned of_both);
/* The same of a line that latches falls, or rises again. */
void i2ctarget_samd5x_eic_set_falls(unsigned line, bool on);

#endif
