/* SPDX-License-Identifier: MIT */
/*
 * Linux, for tests of the loaded module in MicroPython's unix port.  It is not linked with a C library; libc.c finds MicroPython's.
 */
#include "machine.h"

#include <pthread.h>

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
