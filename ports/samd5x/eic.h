/* SPDX-License-Identifier: MIT */
/* External interrupts: which pin has which line, and what a line latches. */
#ifndef SAMD5X_EIC_H
#define SAMD5X_EIC_H

enum { NO_LINE = -1 };

/* The EXTINT of a pin, 0..15; NO_LINE: it has none. */
int i2ctarget_samd5x_eic_line(unsigned pin);

/* Its clocks.  generator: that of 48 MHz.  Interrupts are off. */
void i2ctarget_samd5x_eic_begin(unsigned generator);
/*
 * What the line latches: SENSE_RISE, SENSE_BOTH.  The EIC is off for some clocks, with all its
 * lines.  Interrupts are off.
 */
void i2ctarget_samd5x_eic_set_sense(unsigned line, unsigned sense);

#endif
