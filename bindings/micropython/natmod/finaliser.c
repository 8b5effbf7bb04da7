/* SPDX-License-Identifier: MIT */
/*
 * An object with a finaliser, in a module that MicroPython gives none.
 *
 * The garbage collector keeps one bit for each block of its heap: before this block is freed, call
 * __del__ of the object in it.  The call goes by the object's type, at that time.  Only firmware can
 * set the bit, but realloc() preserves it.  So an object of the firmware that has a finaliser and
 * holds nothing is given another type and another size.
 *
 * Finalisers run when garbage is collected and, all that are left, at soft reset: before anything of
 * the heap is freed, so the module's code is still there, and so are the handlers, which by then
 * must be out of use.
 */
#include "vm.h"

void *i2ctarget_vm_malloc_with_finaliser(size_t bytes, const mp_obj_type_t *type)
{
    mp_obj_t donor = i2ctarget_vm_donor();
    mp_obj_t method[2];
    mp_fun_table.load_method_maybe(donor, MP_QSTR___del__, method);
    if (method[0] == MP_OBJ_NULL)
        mp_raise_msg(&mp_type_RuntimeError, "this MicroPython has no finalisers");
    mp_obj_base_t *object = m_realloc(MP_OBJ_TO_PTR(donor), bytes);
    object->type = type;
    return object;
}
