/* SPDX-License-Identifier: MIT */
/*
 * Linux: MicroPython's unix port.  A target is on a virtual bus, and Python code finds out on which
 * (i2ctarget/_pins.py), as it does for CPython.
 *
 * Ctrl-C is a jump out of the signal handler there (MICROPY_ASYNC_KBD_INTR), wherever the program
 * is.  So SIGINT is blocked while the library is being called.
 */
#include "machine.h"

#include <signal.h>
#include <time.h>

#include "i2ctarget/bus.h"

extern const mp_obj_module_t i2ctarget_mp_module;
MP_REGISTER_MODULE(MP_QSTR__i2ctarget, i2ctarget_mp_module);

void i2ctarget_mp_take_pins(struct machine_pins *pins, mp_obj_t scl, mp_obj_t sda)
{
    mp_obj_t names[] = {MP_OBJ_NEW_QSTR(MP_QSTR_bus_of)};
    mp_obj_t module = mp_import_name(qstr_from_str("i2ctarget._pins"), mp_obj_new_tuple(1, names),
                                     MP_OBJ_NEW_SMALL_INT(0));
    mp_obj_t bus = mp_call_function_2(mp_load_attr(module, MP_QSTR_bus_of), scl, sda);
    unsigned number = (unsigned)mp_obj_get_int(bus);
    pins->scl = i2ctarget_bus_pin(number, 0);
    pins->sda = i2ctarget_bus_pin(number, 1);
    pins->bus = number;
}

void i2ctarget_mp_print_place(const mp_print_t *print, unsigned bus)
{
    mp_printf(print, "bus %u", bus);
}

/* Any thread may, one at a time. */
void i2ctarget_mp_require_thread(void)
{
}

/* The library's wait knows nothing of the VM, so it is short. */
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
