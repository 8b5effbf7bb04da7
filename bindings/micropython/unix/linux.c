/* SPDX-License-Identifier: MIT */
/*
 * Linux, for the built-in module and for one that is loaded.
 *
 * Ctrl-C is a jump out of the signal handler in MicroPython's unix port (MICROPY_ASYNC_KBD_INTR),
 * wherever the program is.  So SIGINT is blocked while the library is being called.
 */
#include "machine.h"

#include <signal.h>
#include <time.h>

#include "i2ctarget/bus.h"
#include "waiting.h"

void i2ctarget_mp_print_place(const mp_print_t *print, unsigned bus)
{
    mp_printf(print, "bus %u", bus);
}

/* Any thread may, one at a time. */
void i2ctarget_mp_require_thread(void)
{
}

int i2ctarget_mp_wait(const struct i2ctarget_port_ops *port, void *instance, int64_t until_us)
{
    enum { SLICE_US = 20000 };
    return i2ctarget_mp_wait_a_slice(port, instance, until_us, SLICE_US);
}

int64_t i2ctarget_mp_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Events come only inside calls on a target. */
void i2ctarget_mp_schedule(void)
{
}

static void mask(int how)
{
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(how, &interrupt, NULL);
}

void i2ctarget_mp_shield(void)
{
    mask(SIG_BLOCK);
}

void i2ctarget_mp_unshield(void)
{
    mask(SIG_UNBLOCK);
}

int i2ctarget_mp_descriptor(struct i2ctarget *target)
{
    return i2ctarget_bus_descriptor(target);
}

const char *i2ctarget_mp_explain(enum asked asked, unsigned bus, int error, char *text, size_t size)
{
    return asked == ASKED_OPEN ? i2ctarget_bus_explain(bus, -error, text, size) : NULL;
}
