/* SPDX-License-Identifier: MIT */
/*
 * MicroPython's rp2 port on the RP2040.  A target needs a PIO block, its interrupt and an alarm, which
 * it claims from the pico-sdk (claims.c).  claiming.c's ops do that around the port's own open() and
 * close(): so whatever ends a target gives all of it back.
 *
 * The second thread is the other core.  The port's interrupts, and its lock, belong to one core.  So
 * targets are the main thread's.
 */
#include "machine.h"

#include "claiming.h"
#include "clock.h"
#include "extmod/modmachine.h"
#include "machine_pin.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "pico/platform.h"
#include "py/runtime.h"
#include "telling.h"

extern const mp_obj_module_t i2ctarget_mp_module;
MP_REGISTER_MODULE(MP_QSTR_i2ctarget, i2ctarget_mp_module);

/* ---- pins ------------------------------------------------------------------------------------ */

/* `bus` names both pins: SCL in the upper half, SDA in the lower. */
enum { BUS_SHIFT = 16, BUS_MASK = (1 << BUS_SHIFT) - 1 };

static bool is_pin(mp_obj_t object)
{
    return mp_obj_is_type(object, &machine_pin_type) || mp_obj_is_int(object) ||
           mp_obj_is_str(object);
}

static uint16_t take_pin(mp_obj_t object, const char *name)
{
    if (!is_pin(object))
        mp_raise_msg_varg(&mp_type_TypeError,
                          MP_ERROR_TEXT("%s must be a pin of board or microcontroller.pin, a "
                                        "machine.Pin or its number, not %s"),
                          name, mp_obj_get_type_str(object));
    const machine_pin_obj_t *pin = machine_pin_find(object);
    if (pin < machine_pin_obj_table || pin >= machine_pin_obj_table + NUM_BANK0_GPIOS)
        mp_raise_msg_varg(&mp_type_ValueError,
                          MP_ERROR_TEXT("%s is no pin of the RP2040, but of the radio"), name);
    return pin->id;
}

void i2ctarget_mp_take_pins(struct machine_pins *pins, mp_obj_t scl, mp_obj_t sda)
{
    uint16_t clock = take_pin(scl, "scl");
    uint16_t data = take_pin(sda, "sda");
    if (clock == data)
        mp_raise_msg_varg(&mp_type_ValueError,
                          MP_ERROR_TEXT("GPIO%u can not be SCL and SDA at once"), clock);
    pins->scl = i2ctarget_mp_claiming_pin(clock);
    pins->sda = i2ctarget_mp_claiming_pin(data);
    pins->bus = (unsigned)clock << BUS_SHIFT | data;
}

void i2ctarget_mp_print_place(const mp_print_t *print, unsigned bus)
{
    mp_printf(print, "SCL=GPIO%u SDA=GPIO%u", bus >> BUS_SHIFT, bus & BUS_MASK);
}

/* ---- threads --------------------------------------------------------------------------------- */

void i2ctarget_mp_require_thread(void)
{
    if (get_core_num() != 0)
        mp_raise_msg(&mp_type_RuntimeError,
                     MP_ERROR_TEXT("an I2CTarget is the main thread's: its interrupts come to core "
                                   "0, and the second thread runs on core 1"));
}

/* ---- waiting --------------------------------------------------------------------------------- */

int64_t i2ctarget_mp_now_us(void)
{
    return (int64_t)time_us_64();
}

/* Rounded up: a wait is never shorter than asked. */
static mp_int_t milliseconds(int64_t us)
{
    enum { SLICE_MS = 20, PER_MS = 1000 };
    return us < (SLICE_MS - 1) * PER_MS ? (mp_int_t)(us / PER_MS + 1) : SLICE_MS;
}

/*
 * The port looks first, and does not sleep, because the time that it is given is past.  Then the
 * processor sleeps as MicroPython itself does: until any interrupt.  One that comes in between ends
 * that sleep at once, for it has set the event register.  Even if it does not (the other core may take
 * the event), the sleep has an end.
 */
int i2ctarget_mp_wait(const struct i2ctarget_port_ops *port, void *instance, int64_t until_us)
{
    int64_t now_us = port->now_us(instance);
    int result = port->wait(instance, now_us);
    if (result != -I2CTARGET_ETIMEDOUT || until_us <= now_us)
        return result;
    MICROPY_INTERNAL_WFE(milliseconds(until_us - now_us));
    return -I2CTARGET_EINTR;
}

static void tell_all(mp_sched_node_t *node)
{
    (void)node;
    i2ctarget_mp_tell_all();
}

/*
 * The scheduler keeps the node until it calls, also across a soft reset; so it is no object of the
 * heap.
 */
void i2ctarget_mp_schedule(void)
{
    static mp_sched_node_t node;
    mp_sched_schedule_node(&node, tell_all);
}

/*
 * Exceptions come only when the VM has its turn.  But the program may have changed the clock, or
 * disabled an interrupt.
 */
void i2ctarget_mp_shield(void)
{
    i2ctarget_mp_claiming_keep();
    i2ctarget_mp_follow_clock();
}

void i2ctarget_mp_unshield(void)
{
}

/* There are none: poll() asks the target itself. */
int i2ctarget_mp_descriptor(struct i2ctarget *target)
{
    (void)target;
    return -MP_EOPNOTSUPP;
}

const char *i2ctarget_mp_explain(enum asked asked, unsigned bus, int error, char *text, size_t size)
{
    (void)bus;
    (void)text;
    (void)size;
    if (asked == ASKED_DESCRIPTOR)
        return "there are no descriptors on a chip: poll() takes the target itself";
    return asked == ASKED_OPEN && error == I2CTARGET_ENODEV ? i2ctarget_mp_claiming_failed() : NULL;
}
