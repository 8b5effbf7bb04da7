/* SPDX-License-Identifier: MIT */
/* The module, as MicroPython imports it from a file.  src/module.c is the same, built in. */
#include "eeprom.h"
#include "memory.h"
#include "request.h"
#include "requests.h"
#include "target.h"

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args);

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args)
{
    (void)n_args;
    (void)n_kw;
    (void)args;
    MP_DYNRUNTIME_INIT_ENTRY
    i2ctarget_vm_begin(self->context->module.globals);
    i2ctarget_mp_target_type_fill();
    i2ctarget_mp_request_type_fill();
    i2ctarget_mp_memory_type_fill();
    i2ctarget_mp_eeprom_type_fill();
    i2ctarget_mp_end_type_fill();
    i2ctarget_mp_requests_type_fill();
    mp_store_global(MP_QSTR___version__,
                    mp_obj_new_str(I2CTARGET_VERSION, sizeof I2CTARGET_VERSION - 1));
    mp_store_global(MP_QSTR_I2CTarget, MP_OBJ_FROM_PTR(VM_TYPE_OF(i2ctarget_mp_target_type)));
    mp_store_global(MP_QSTR_I2CTargetRequest,
                    MP_OBJ_FROM_PTR(VM_TYPE_OF(i2ctarget_mp_request_type)));
    mp_store_global(MP_QSTR_Memory, MP_OBJ_FROM_PTR(VM_TYPE_OF(i2ctarget_mp_memory_type)));
    mp_store_global(MP_QSTR_EEPROM, MP_OBJ_FROM_PTR(VM_TYPE_OF(i2ctarget_mp_eeprom_type)));
    mp_store_global(MP_QSTR_End, MP_OBJ_FROM_PTR(VM_TYPE_OF(i2ctarget_mp_end_type)));
    mp_store_global(MP_QSTR_requests, MP_OBJ_FROM_PTR(VM_TYPE_OF(i2ctarget_mp_requests_type)));
    MP_DYNRUNTIME_INIT_EXIT
}
