/* SPDX-License-Identifier: MIT */
/*
 * What each kind of fault does, at each moment of a bit; faults.c says when that is.
 *
 *     SCL  ~|___________________|~~~~~~~~|___
 *           ^ fell   ^ late      ^ rose
 *           SCL's    SDA's       words to targets and the controller, glitches
 *
 * All are called from inside the step of `faults`, and change its times and the targets.
 */
#ifndef LINE_FAULT_ACTS_H
#define LINE_FAULT_ACTS_H

#include "line/faults.h"

void i2ctarget_fault_acts_start(struct faults *faults);
void i2ctarget_fault_acts_fell(struct faults *faults, const struct wires *wires);
/* SCL fell hold_ns ago, and SDA may move. */
void i2ctarget_fault_acts_late(struct faults *faults, struct wires *wires);
void i2ctarget_fault_acts_rose(struct faults *faults, const struct wires *wires);
/* The glitch that was waited for begins. */
void i2ctarget_fault_acts_glitch(struct faults *faults, const struct wires *wires);
/* The bus is free. */
void i2ctarget_fault_acts_idle(struct faults *faults, const struct wires *wires);

#endif
