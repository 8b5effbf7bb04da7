/* SPDX-License-Identifier: MIT */
#include "esp32/clock.h"

#include "chip/nanoseconds.h"
#include "cycles.h"
#include "esp32/time.h"

static struct chip_nanoseconds nanoseconds;

enum { MHZ = 1000000, FRACTION = 16 };
static uint32_t us_per_cycle; /* times 2^16, rounded up */

void i2ctarget_esp32_clock_begin(void)
{
    us_per_cycle = (1u << FRACTION) / (i2ctarget_esp32_cpu_hz() / MHZ) + 1;
    i2ctarget_chip_nanoseconds_begin(&nanoseconds, i2ctarget_esp32_cpu_hz(), cpu_cycles());
}

/* The counter wraps after 18 s at 240 MHz: ports/gpio reads it more often while that matters. */
uint64_t i2ctarget_esp32_now_ns(void)
{
    return i2ctarget_chip_nanoseconds(&nanoseconds, cpu_cycles());
}

/* Not earlier than it is. */
static int64_t later_us(int64_t now_us, uint32_t now_cycles)
{
    return now_us + 1 + (int64_t)((cpu_cycles() - now_cycles) * us_per_cycle >> FRACTION);
}

/* An alarm that is set too late is set again, further ahead each time: chip/waiting.h. */
void i2ctarget_esp32_clock_set_alarm(int64_t at_us, int64_t now_us, uint32_t now_cycles)
{
    for (uint32_t ahead_us = 2;; ahead_us *= 2) {
        i2ctarget_esp32_time_set_alarm(at_us);
        int64_t later = later_us(now_us, now_cycles);
        if (at_us > later)
            return;
        at_us = later + ahead_us;
    }
}
