/* SPDX-License-Identifier: MIT */
/* The toy on simulated wires: registers.h, made of a wired_target for each block. */
#ifndef TOY_MODEL_H
#define TOY_MODEL_H

#include "chips/toy/registers.h"
#include "line/wired_target.h"
#include "support/processor.h"

enum { TOY_QUEUE = 8 };

struct toy;

struct toy_block {
    struct wired_target wired; /* first member */
    struct toy *chip;
    uint32_t control;
    struct i2ctarget_address_set addresses;
    struct i2ctarget_event queue[TOY_QUEUE];
    unsigned queued;
    uint32_t moved; /* of the event read last */
};

struct toy {
    struct processor processor;     /* first member */
    struct wires_participant clock; /* wakes it for the alarm; never pulls */
    struct toy_block blocks[TOY_BLOCKS];
    uint64_t alarm_us;
    uint32_t alarm_low, time_high; /* what the second access of the two gets */
    unsigned faults;               /* accesses to no register, a queue that ran over */
};

void toy_init(struct toy *chip, struct wires *wires);
void toy_leave(struct toy *chip);

#endif
