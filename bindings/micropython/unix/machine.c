/* SPDX-License-Identifier: MIT */
/*
 * MicroPython's unix port, with the module built in.  A target is on a virtual bus, and Python code
 * finds out on which (i2ctarget/_pins.py), as it does for CPython.
 */
#include "machine.h"

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
