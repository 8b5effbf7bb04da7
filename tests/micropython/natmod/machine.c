/* SPDX-License-Identifier: MIT */
/*
 * Linux, for tests of the loaded module in MicroPython's unix port: bindings/micropython/unix/machine.c for a module that is not linked
 * with a C library.  libc.c finds MicroPython's.
 */
#include "machine.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "i2ctarget/bus.h"
#include "libc.h"

const mp_int_t i2ctarget_vm_turn_ms = 1;

void i2ctarget_mp_take_pins(struct machine_pins *pins, mp_obj_t scl, mp_obj_t sda)
{
    i2ctarget_libc_find();
    mp_obj_t arguments[] = {scl, sda};
    mp_obj_t bus = i2ctarget_vm_call(i2ctarget_vm_own(MP_QSTR__bus_of), 2, arguments);
    unsigned number = (unsigned)mp_obj_get_int(bus);
    pins->scl = i2ctarget_bus_pin(number, 0);
    pins->sda = i2ctarget_bus_pin(number, 1);
    pins->bus = number;
}

void i2ctarget_mp_print_place(const mp_print_t *print, unsigned bus)
{
    mp_printf(print, "bus %u", bus);
}

void i2ctarget_mp_require_thread(void)
{
}

int i2ctarget_mp_wait(const struct i2ctarget_port_ops *port, void *instance, int64_t until_us)
{
    enum { SLICE_US = 20000 };
    int64_t turn_us = port->now_us(instance) + SLICE_US;
    if (until_us <= turn_us)
        return port->wait(instance, until_us);
    int result = port->wait(instance, turn_us);
    return result == -I2CTARGET_ETIMEDOUT ? -I2CTARGET_EINTR : result;
}

int64_t i2ctarget_mp_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void mask(int how)
{
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(how, &interrupt, NULL);
}

/* Events come only inside calls on a target. */
void i2ctarget_mp_schedule(void)
{
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

/* ---- what vm.h wants of a machine ------------------------------------------------------------ */

/* A file that is closed. */
mp_obj_t i2ctarget_vm_donor(void)
{
    return i2ctarget_vm_call(i2ctarget_vm_own(MP_QSTR__donor), 0, NULL);
}

uintptr_t i2ctarget_vm_this_thread(void)
{
    return (uintptr_t)pthread_self();
}

/* MicroPython's threads take turns here. */
mp_uint_t i2ctarget_vm_begin_atomic(void)
{
    return 0;
}

void i2ctarget_vm_end_atomic(mp_uint_t state)
{
    (void)state;
}
