/* SPDX-License-Identifier: MIT */
/*
 * A chip whose interrupts a loaded module has no way to.  The module, the core and the port of the chip (chip.h) are there, and all that
 * needs no bus works; a target is refused.  So it is shown that they fit into a file for the chip's processor, and that MicroPython loads it.
 */
#include "chip.h"

#include "machine.h"

struct i2ctarget_port_ops i2ctarget_vm_port;

static int refuse(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                  const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                  bool smbus, void **instance)
{
    (void)target;
    (void)scl;
    (void)sda;
    (void)addresses;
    (void)smbus;
    (void)instance;
    return -I2CTARGET_ENODEV;
}

void i2ctarget_mp_take_pins(struct machine_pins *pins, mp_obj_t scl, mp_obj_t sda)
{
    i2ctarget_vm_port = CHIP_PORT;
    i2ctarget_vm_port.open = refuse;
    pins->scl = (struct i2ctarget_pin){&i2ctarget_vm_port, 0, (uint16_t)mp_obj_get_int(scl)};
    pins->sda = (struct i2ctarget_pin){&i2ctarget_vm_port, 0, (uint16_t)mp_obj_get_int(sda)};
    pins->bus = 0;
}

void i2ctarget_mp_print_place(const mp_print_t *print, unsigned bus)
{
    (void)print;
    (void)bus;
}

const char *i2ctarget_mp_explain(enum asked asked, unsigned bus, int error, char *text, size_t size)
{
    (void)bus;
    (void)text;
    (void)size;
    return asked == ASKED_OPEN && error == I2CTARGET_ENODEV
               ? "a loaded module has no way to the interrupts of " CHIP_NAME
               : NULL;
}

void i2ctarget_mp_require_thread(void)
{
}

int64_t i2ctarget_mp_now_us(void)
{
    return i2ctarget_vm_port.now_us(NULL);
}

void i2ctarget_mp_shield(void)
{
}

void i2ctarget_mp_unshield(void)
{
}

uintptr_t i2ctarget_vm_this_thread(void)
{
    return 0;
}

/* A file that is closed. */
mp_obj_t i2ctarget_vm_donor(void)
{
    mp_obj_t how[] = {vm_string("i2ctarget.tmp"), vm_string("w")};
    mp_obj_t file = i2ctarget_vm_call(mp_load_global(MP_QSTR_open), 2, how);
    mp_obj_t close[2];
    mp_load_method(file, MP_QSTR_close, close);
    mp_call_method_n_kw(0, 0, close);
    return file;
}
