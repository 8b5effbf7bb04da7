/* SPDX-License-Identifier: MIT */
/*
 * What the ports of all chips with interrupts have in common: a wait that loses no wake-up, and an
 * alarm that is never set too late.
 *
 * The functions are inline, and a port gives them its own clock, so nothing is called through a
 * pointer and the linker sees no name.
 */
#ifndef CHIP_WAITING_H
#define CHIP_WAITING_H

#include "cpu.h"
#include "i2ctarget/port.h"

/* The clock of a port. */
struct chip_clock {
    int64_t (*now_us)(void);
    /* Set the alarm to the next moment that somebody waits for.  Interrupts are off. */
    void (*set_alarm)(void);
};

/* SMBus 3, table 1.  The sum of our own stretches has a reserve for the interrupt's latency. */
enum { CHIP_SMBUS_LOW_US = 25000, CHIP_SMBUS_SUM_US = 24800 };

static inline int64_t i2ctarget_chip_sooner(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

/*
 * write() makes the hardware interrupt when its counter equals this time.  It compares some of the
 * bits only, so one that is set too late would fire after a wrap.  So it is set again, further ahead
 * each time, however slow the processor is.  One that is more than a wrap away fires early, and is
 * then set again.
 */
static inline void i2ctarget_chip_set_alarm(int64_t at_us, void (*write)(int64_t at_us),
                                            int64_t (*now_us)(void))
{
    for (uint32_t ahead_us = 2;; ahead_us *= 2) {
        write(at_us);
        int64_t now = now_us();
        if (at_us > now)
            return;
        at_us = now + ahead_us;
    }
}

static inline void i2ctarget_chip_wake_at(int64_t *until_us, int64_t at_us,
                                          const struct chip_clock *clock)
{
    uint32_t state = cpu_irq_save();
    *until_us = at_us;
    if (at_us != I2CTARGET_FOREVER)
        clock->set_alarm();
    cpu_irq_restore(state);
}

/*
 * The op wait().  *raised: an event was raised since it last returned.  *until_us: where set_alarm()
 * finds the end of the wait.  rest(owner) returns when an interrupt was served, or earlier.
 *
 * The clock is read after the alarm was set: a time that is past by then has no alarm.
 */
static inline int i2ctarget_chip_wait_by(volatile bool *raised, int64_t *until_us, int64_t end_us,
                                         const struct chip_clock *clock, void (*rest)(void *owner),
                                         void *owner)
{
    int result = 0;
    while (!*raised) {
        i2ctarget_chip_wake_at(until_us, end_us, clock);
        if (end_us != I2CTARGET_FOREVER && clock->now_us() >= end_us) {
            result = -I2CTARGET_ETIMEDOUT;
            break;
        }
        rest(owner);
    }
    *until_us = I2CTARGET_FOREVER;
    if (!result)
        *raised = false;
    return result;
}

/*
 * Every interrupt sets the event register, so whatever comes after the test of `raised` ends the
 * sleep.
 */
static inline void i2ctarget_chip_sleep(void *owner)
{
    (void)owner;
    cpu_wait_for_event();
}

static inline int i2ctarget_chip_wait(volatile bool *raised, int64_t *until_us, int64_t end_us,
                                      const struct chip_clock *clock)
{
    return i2ctarget_chip_wait_by(raised, until_us, end_us, clock, i2ctarget_chip_sleep, NULL);
}

#endif
