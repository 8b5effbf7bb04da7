/* SPDX-License-Identifier: MIT */
#include "eeprom.h"

#include "errors.h"

static mp_obj_t eeprom_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                const mp_obj_t *args)
{
    enum { BUFFER, PAGE_BYTES, ADDRESS_BYTES, WRITE_TIME, PROTECTION, ON_WRITE };
    VM_CONSTANT mp_arg_t allowed[] = {
        {MP_QSTR_buffer, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_page_bytes, MP_ARG_KW_ONLY | MP_ARG_INT, {.u_int = 0}},
        {MP_QSTR_address_bytes, MP_ARG_KW_ONLY | MP_ARG_INT, {.u_int = 0}},
        {MP_QSTR_write_time, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_protection, MP_ARG_KW_ONLY | MP_ARG_INT, {.u_int = I2CTARGET_EEPROM_WRITABLE}},
        {MP_QSTR_on_write, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all_kw_array(n_args, n_kw, args, MP_ARRAY_SIZE(allowed), allowed, values);
    mp_obj_t seconds = values[WRITE_TIME].u_obj;
    struct device_object *self =
        i2ctarget_mp_device_new(type, values[BUFFER].u_obj, values[ON_WRITE].u_obj);
    struct eeprom_arguments arguments = {
        .bytes = i2ctarget_mp_device_bytes(self),
        .size = self->size,
        .page_bytes = values[PAGE_BYTES].u_int,
        .address_bytes = values[ADDRESS_BYTES].u_int,
        .protection = values[PROTECTION].u_int,
        .write_time = seconds == MP_OBJ_NULL ? I2CTARGET_EEPROM_WRITE_US / 1e6
                                             : (double)mp_obj_get_float(seconds),
        .is_told = self->listener.function != MP_OBJ_NULL,
    };
    return i2ctarget_mp_device_or_complain(self,
                                           i2ctarget_python_eeprom(&self->device, &arguments));
}

static mp_obj_t eeprom_protect(mp_obj_t object, mp_obj_t protection)
{
    struct device_object *self = MP_OBJ_TO_PTR(object);
    mp_int_t number = mp_obj_get_int(protection);
    i2ctarget_mp_device_allow(self);
    if (number < 0 || number > I2CTARGET_EEPROM_REFUSES_DATA)
        mp_raise_ValueError(MP_ERROR_TEXT(WORDS_PROTECTION));
    i2ctarget_eeprom_protect(&self->device.as.eeprom, (enum i2ctarget_eeprom_protection)number);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(protect_obj, eeprom_protect);

#define METHODS(ENTRY)                                                     \
    ENTRY(MP_QSTR_WRITABLE, MP_ROM_INT(I2CTARGET_EEPROM_WRITABLE))         \
    ENTRY(MP_QSTR_IGNORES_DATA, MP_ROM_INT(I2CTARGET_EEPROM_IGNORES_DATA)) \
    ENTRY(MP_QSTR_REFUSES_DATA, MP_ROM_INT(I2CTARGET_EEPROM_REFUSES_DATA)) \
    ENTRY(MP_QSTR_protect, MP_ROM_PTR(&protect_obj))
VM_DICT(i2ctarget_mp_eeprom_methods, METHODS)

#define SLOTS(SLOT) SLOT(make_new, eeprom_make_new)
VM_TYPE(i2ctarget_mp_eeprom_type, MP_QSTR_EEPROM, MP_TYPE_FLAG_NONE, i2ctarget_mp_eeprom_methods,
        SLOTS)
