/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

#include "errors.h"

static struct device_object *in(mp_obj_t object)
{
    return MP_OBJ_TO_PTR(object);
}

static struct i2ctarget_memory *memory_of(struct device_object *self)
{
    return &self->device.as.memory;
}

/* ---- making one ------------------------------------------------------------------------------- */

static size_t take_offset(mp_obj_t item, size_t size)
{
    /* An int of many digits is as wrong as any other that is out of range. */
    bool is_long = mp_obj_is_exact_type(item, &mp_type_int) && !mp_obj_is_small_int(item);
    mp_int_t offset = is_long ? -1 : mp_obj_get_int(item);
    if (offset < 0 || (size_t)offset >= size)
        mp_raise_ValueError(MP_ERROR_TEXT(WORDS_READ_ONLY));
    return (size_t)offset;
}

static void take_read_only(struct device_object *self, mp_obj_t iterable)
{
    if (iterable == MP_OBJ_NULL || self->size > I2CTARGET_MEMORY_SIZE_BYTES_MAX)
        return;
    mp_obj_t iterator = mp_getiter(iterable, NULL);
    size_t bytes = I2CTARGET_MEMORY_MAP_BYTES(self->size);
    self->read_only = m_malloc(bytes + 1);
    memset(self->read_only, 0, bytes);
    mp_obj_t item;
    for (int count = 0; (item = mp_iternext(iterator)) != MP_OBJ_STOP_ITERATION; count++) {
        if (count == I2CTARGET_MEMORY_SIZE_BYTES_MAX) /* it may never end */
            mp_raise_ValueError(MP_ERROR_TEXT(WORDS_MANY_OFFSETS));
        i2ctarget_memory_protect(self->read_only, (uint32_t)take_offset(item, self->size), 1);
    }
}

static mp_obj_t memory_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                const mp_obj_t *args)
{
    enum { BUFFER, POINTER_BYTES, READ_ONLY, ON_WRITE };
    VM_CONSTANT mp_arg_t allowed[] = {
        {MP_QSTR_buffer, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_pointer_bytes, MP_ARG_INT, {.u_int = 1}},
        {MP_QSTR_read_only, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_on_write, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all_kw_array(n_args, n_kw, args, MP_ARRAY_SIZE(allowed), allowed, values);
    struct device_object *self =
        i2ctarget_mp_device_new(type, values[BUFFER].u_obj, values[ON_WRITE].u_obj);
    take_read_only(self, values[READ_ONLY].u_obj);
    struct memory_arguments arguments = {
        .bytes = i2ctarget_mp_device_bytes(self),
        .size = self->size,
        .pointer_bytes = values[POINTER_BYTES].u_int,
        .read_only = self->read_only,
        .is_told = self->listener.function != MP_OBJ_NULL,
    };
    return i2ctarget_mp_device_or_complain(self,
                                           i2ctarget_python_memory(&self->device, &arguments));
}

/* ---- update() --------------------------------------------------------------------------------- */

/* Garbage, once it was made: as long as it waits, the library knows it. */
struct change {
    struct i2ctarget_memory_change change; /* first member */
    uint8_t bytes[];
};

static struct change *new_change(size_t offset, const mp_buffer_info_t *data)
{
    struct change *change = m_malloc(sizeof *change + data->len);
    memcpy(change->bytes, data->buf, data->len);
    change->change = (struct i2ctarget_memory_change){
        .offset = (uint32_t)offset, .count = (uint32_t)data->len, .bytes = change->bytes};
    return change;
}

static void update(struct device_object *self, size_t offset, const mp_buffer_info_t *data)
{
    struct change *change = new_change(offset, data);
    i2ctarget_lock(self->target);
    int result = i2ctarget_memory_update(memory_of(self), &change->change);
    i2ctarget_unlock(self->target);
    if (result < 0)
        mp_raise_ValueError(MP_ERROR_TEXT(WORDS_UPDATE));
}

static mp_obj_t memory_update(size_t n_args, const mp_obj_t *args, mp_map_t *keywords)
{
    enum { OFFSET, DATA };
    VM_CONSTANT mp_arg_t allowed[] = {
        {MP_QSTR_offset, MP_ARG_REQUIRED | MP_ARG_INT, {.u_int = 0}},
        {MP_QSTR_data, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    struct device_object *self = in(args[0]);
    mp_arg_parse_all(n_args - 1, args + 1, keywords, MP_ARRAY_SIZE(allowed), allowed, values);
    /* A str has a buffer here, but it is text. */
    if (mp_obj_is_str(values[DATA].u_obj))
        mp_raise_TypeError(MP_ERROR_TEXT("a bytes-like object is required, not str"));
    mp_buffer_info_t data;
    mp_get_buffer_raise(values[DATA].u_obj, &data, MP_BUFFER_READ);
    mp_int_t offset = values[OFFSET].u_int;
    i2ctarget_mp_device_allow(self);
    if (offset < 0 || (size_t)offset > self->size || data.len > self->size)
        mp_raise_ValueError(MP_ERROR_TEXT(WORDS_UPDATE));
    update(self, (size_t)offset, &data);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_KW(update_obj, 1, memory_update);

/* ---- the class -------------------------------------------------------------------------------- */

#define METHODS(ENTRY) ENTRY(MP_QSTR_update, MP_ROM_PTR(&update_obj))
VM_DICT(i2ctarget_mp_memory_methods, METHODS)

#define SLOTS(SLOT) SLOT(make_new, memory_make_new)
VM_TYPE(i2ctarget_mp_memory_type, MP_QSTR_Memory, MP_TYPE_FLAG_NONE, i2ctarget_mp_memory_methods,
        SLOTS)
