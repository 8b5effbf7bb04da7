/* SPDX-License-Identifier: MIT */
#include "esp32/clock.h"

#include "chip/nanoseconds.h"
#include "cycles.h"

static struct chip_nanoseconds nanoseconds;

void i2ctarget_esp32_clock_begin(void)
{
    i2ctarget_chip_nanoseconds_begin(&nanoseconds, i2ctarget_esp32_cpu_hz(), cpu_cycles());
}

/* The counter wraps after 18 s at 240 MHz: ports/gpio reads it more often while that matters. */
uint64_t i2ctarget_esp32_now_ns(void)
{
    return i2ctarget_chip_nanoseconds(&nanoseconds, cpu_cycles());
}
