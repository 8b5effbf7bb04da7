/* SPDX-License-Identifier: MIT */
/*
 * Memory and EEPROM: devices of the library, in an object.
 *
 * Their callbacks touch nothing of MicroPython, because they run in interrupts.  A target keeps its
 * devices alive until it ends, and a device its buffer.
 */
#ifndef MICROPYTHON_DEVICE_H
#define MICROPYTHON_DEVICE_H

#include "common/device.h"
#include "service.h"
#include "telling.h"

struct device_object {
    mp_obj_base_t base;
    struct python_device device; /* its pointers to changes and to the buffer's bytes keep these */
    mp_obj_t buffer;
    size_t size;
    struct listener listener;
    struct service *service;    /* of the target that it is attached to; NULL: none */
    struct i2ctarget *target;   /* its own */
    struct device_object *next; /* of the same target */
    uint8_t *read_only;         /* of a Memory: a map, or NULL */
};

/* ---- for the classes -------------------------------------------------------------------------- */

/* An object with this buffer and this function, None or MP_OBJ_NULL: none.  Raises TypeError. */
struct device_object *i2ctarget_mp_device_new(const mp_obj_type_t *type, mp_obj_t buffer,
                                              mp_obj_t on_write);
uint8_t *i2ctarget_mp_device_bytes(const struct device_object *self);
/* The object.  Raises ValueError if there are words. */
mp_obj_t i2ctarget_mp_device_or_complain(struct device_object *self, const char *words);
/* May this thread change it?  Raises RuntimeError. */
void i2ctarget_mp_device_allow(const struct device_object *self);

/* ---- for targets ------------------------------------------------------------------------------ */

/* The service's target has this device from now on. */
void i2ctarget_mp_device_keep(struct device_object *self, struct service *service,
                              struct i2ctarget *target);
/* Calls the functions of its devices that are to be told something. */
void i2ctarget_mp_device_tell_all(struct service *service);
/* The target has ended: it forgets all of its devices. */
void i2ctarget_mp_device_forget_all(struct service *service);

#endif
