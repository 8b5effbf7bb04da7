/* SPDX-License-Identifier: MIT */
/*
 * What is certain to follow a call, if its target acknowledges it and all bytes of its message.
 *
 * The bus has the whole transfer, so it knows the bytes and the next message.  For many messages that
 * is not enough: a fault may hit, another target may answer, too, or the owner of an open transfer
 * may change its mind.  Such a call has no forecast.  Before anything changes that a forecast depends
 * on, the forecast has to come true or become void: bus_look_now().
 */
#ifndef BUS_FORECAST_H
#define BUS_FORECAST_H

#include "bus/bus.h"

enum { BUS_FORECAST_BYTES_MAX = 32 };

struct bus_forecast {
    const uint8_t *bytes; /* the controller writes these … */
    size_t count;         /* … 1..BUS_FORECAST_BYTES_MAX */
    uint8_t address;      /* then it calls the same target after a repeated START */
    bool is_read;
};

/* For a target that holds a call for a write.  False: nothing is certain. */
bool bus_forecast(const struct bus *bus, const struct bus_target *target,
                  struct bus_forecast *forecast);

#endif
