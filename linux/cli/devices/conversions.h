/* SPDX-License-Identifier: MIT */
/*
 * When a chip converts that does so at regular intervals.  Only conversions that can change anything
 * are awaited.  So the program rests most of the time.
 *
 *     static struct conversions conversions = {.period_us = …};
 *
 *     conversions_made()     after each conversion, also one between the intervals
 *     conversions_expect()   when something has changed: so many are still to be made
 *     conversions_wait_ms()  for model.wait_ms()
 *     conversions_is_due()   for model.tick()
 */
#ifndef CLI_DEVICES_CONVERSIONS_H
#define CLI_DEVICES_CONVERSIONS_H

#include <stdbool.h>
#include <stdint.h>

struct conversions {
    int64_t period_us;
    /* Private. */
    int64_t next_us;
    unsigned left;
};

/* The next one is due after a period, if one is left. */
void conversions_made(struct conversions *self);

void conversions_expect(struct conversions *self, unsigned count);

/* Milliseconds until the next one; -1: none is left. */
int conversions_wait_ms(const struct conversions *self);

bool conversions_is_due(const struct conversions *self);

#endif
