/* SPDX-License-Identifier: MIT */
#include "device.h"

#include "errors.h"
#include "machine.h"

int64_t i2ctarget_binding_now_us(void)
{
    return i2ctarget_mp_now_us();
}

/* ---- for the classes -------------------------------------------------------------------------- */

static mp_obj_t take_function(mp_obj_t on_write)
{
    if (on_write == MP_OBJ_NULL || on_write == mp_const_none)
        return MP_OBJ_NULL;
    if (!vm_is_callable(on_write))
        mp_raise_TypeError(MP_ERROR_TEXT(WORDS_ON_WRITE));
    return on_write;
}

struct device_object *i2ctarget_mp_device_new(const mp_obj_type_t *type, mp_obj_t buffer,
                                              mp_obj_t on_write)
{
    mp_buffer_info_t view;
    if (!mp_get_buffer(buffer, &view, MP_BUFFER_RW))
        mp_raise_TypeError(MP_ERROR_TEXT(WORDS_BUFFER));
    mp_obj_t function = take_function(on_write);
    struct device_object *self = mp_obj_malloc(struct device_object, type);
    *self = (struct device_object){.base = self->base, .buffer = buffer, .size = view.len};
    self->listener = (struct listener){.device = &self->device, .function = function};
    return self;
}

uint8_t *i2ctarget_mp_device_bytes(const struct device_object *self)
{
    mp_buffer_info_t view;
    mp_get_buffer_raise(self->buffer, &view, MP_BUFFER_RW);
    return view.buf;
}

mp_obj_t i2ctarget_mp_device_or_complain(struct device_object *self, const char *words)
{
    if (words)
        i2ctarget_mp_raise_value(words);
    return MP_OBJ_FROM_PTR(self);
}

void i2ctarget_mp_device_allow(const struct device_object *self)
{
    if (self->service)
        i2ctarget_mp_allow(self->service);
}

/* ---- for targets ------------------------------------------------------------------------------ */

void i2ctarget_mp_device_keep(struct device_object *self, struct service *service,
                              struct i2ctarget *target)
{
    if (self->service)
        return;
    self->service = service;
    self->target = target;
    self->next = service->devices;
    service->devices = self;
    i2ctarget_mp_listen(&self->listener);
}

/* A function may end the target as well. */
void i2ctarget_mp_device_tell_all(struct service *service)
{
    for (struct device_object *self = service->devices, *next; self; self = next) {
        i2ctarget_mp_tell(&self->listener);
        next = self->service == service ? self->next : NULL;
    }
}

/* Nothing can be allocated here: a finaliser may have called. */
void i2ctarget_mp_device_forget_all(struct service *service)
{
    while (service->devices) {
        struct device_object *self = service->devices;
        service->devices = self->next;
        i2ctarget_mp_unlisten(&self->listener);
        self->next = NULL;
        self->service = NULL;
        self->target = NULL;
    }
}
