/* SPDX-License-Identifier: MIT */
/*
 * The module.  Under which name MicroPython finds it is written where the machine is: on Linux a
 * package i2ctarget in Python imports it.
 */
#include "eeprom.h"
#include "memory.h"
#include "request.h"
#include "requests.h"
#include "target.h"

static const MP_DEFINE_STR_OBJ(version, I2CTARGET_VERSION);

static const mp_rom_map_elem_t globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_i2ctarget)},
    {MP_ROM_QSTR(MP_QSTR___version__), MP_ROM_PTR(&version)},
    {MP_ROM_QSTR(MP_QSTR_I2CTarget), MP_ROM_PTR(VM_TYPE_OF(i2ctarget_mp_target_type))},
    {MP_ROM_QSTR(MP_QSTR_I2CTargetRequest), MP_ROM_PTR(VM_TYPE_OF(i2ctarget_mp_request_type))},
    {MP_ROM_QSTR(MP_QSTR_Memory), MP_ROM_PTR(VM_TYPE_OF(i2ctarget_mp_memory_type))},
    {MP_ROM_QSTR(MP_QSTR_EEPROM), MP_ROM_PTR(VM_TYPE_OF(i2ctarget_mp_eeprom_type))},
    {MP_ROM_QSTR(MP_QSTR_End), MP_ROM_PTR(VM_TYPE_OF(i2ctarget_mp_end_type))},
    {MP_ROM_QSTR(MP_QSTR_requests), MP_ROM_PTR(VM_TYPE_OF(i2ctarget_mp_requests_type))},
};
static MP_DEFINE_CONST_DICT(globals, globals_table);

extern const mp_obj_module_t i2ctarget_mp_module;

const mp_obj_module_t i2ctarget_mp_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&globals,
};
