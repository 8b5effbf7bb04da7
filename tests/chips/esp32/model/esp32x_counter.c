/* SPDX-License-Identifier: MIT */
/* Counters that nothing steps: their value follows from the time. */
#include "chips/esp32/model/esp32x_parts.h"

enum { NS_PER_S = 1000000000 };

uint64_t esp32x_count_at(const struct esp32x_counter *counter, uint64_t ns)
{
    uint64_t since_ns = ns - counter->base_ns;
    return counter->base_count + since_ns / NS_PER_S * counter->hz +
           since_ns % NS_PER_S * counter->hz / NS_PER_S;
}

uint64_t esp32x_time_of(const struct esp32x_counter *counter, uint64_t count)
{
    if (count <= counter->base_count)
        return counter->base_ns;
    uint64_t ticks = count - counter->base_count;
    if (counter->hz == 0 || ticks / counter->hz > UINT64_MAX / NS_PER_S / 2)
        return WIRES_NEVER;
    uint64_t rest_ns = (ticks % counter->hz * NS_PER_S + counter->hz - 1) / counter->hz;
    return counter->base_ns + ticks / counter->hz * NS_PER_S + rest_ns;
}

void esp32x_set_count(struct esp32x_counter *counter, uint64_t ns, uint64_t count)
{
    counter->base_ns = ns;
    counter->base_count = count;
}

void esp32x_set_hz(struct esp32x_counter *counter, uint64_t ns, uint64_t hz)
{
    if (hz == counter->hz)
        return;
    esp32x_set_count(counter, ns, esp32x_count_at(counter, ns));
    counter->hz = hz;
}
