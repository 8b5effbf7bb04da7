/* SPDX-License-Identifier: MIT */
#ifndef TOY_PORT_H
#define TOY_PORT_H

#include "i2ctarget/port.h"

/* Pins: `unit` is the block, `number` 0 for SCL and 1 for SDA. */
extern const struct i2ctarget_port_ops toy_port;

/* Interrupt handlers. */
void toy_block_irq(unsigned block);
void toy_alarm_irq(void);

#endif
