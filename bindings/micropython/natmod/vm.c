/* SPDX-License-Identifier: MIT */
/* What src/ uses of MicroPython and the table of a loaded module lacks, made of what it has. */
#include "vm.h"

struct vm_names i2ctarget_vm_names;

mp_obj_t i2ctarget_vm_call(mp_obj_t function, size_t n_args, const mp_obj_t *args)
{
    return mp_call_function_n_kw(function, n_args, 0, args);
}

mp_obj_t i2ctarget_vm_import(qstr module, qstr name)
{
    mp_obj_t imported = mp_import_name(module, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    return mp_load_attr(imported, name);
}

mp_obj_t i2ctarget_vm_own(qstr name)
{
    return mp_obj_subscr(MP_OBJ_FROM_PTR(i2ctarget_vm_names.globals), MP_OBJ_NEW_QSTR(name),
                         MP_OBJ_SENTINEL);
}

void i2ctarget_vm_begin(mp_obj_dict_t *globals)
{
    i2ctarget_vm_names = (struct vm_names){
        .ValueError = mp_load_global(MP_QSTR_ValueError),
        .TypeError = mp_load_global(MP_QSTR_TypeError),
        .RuntimeError = mp_load_global(MP_QSTR_RuntimeError),
        .OSError = mp_load_global(MP_QSTR_OSError),
        .MemoryError = mp_load_global(MP_QSTR_MemoryError),
        .StopIteration = mp_load_global(MP_QSTR_StopIteration),
        .int_ = mp_load_global(MP_QSTR_int),
        .issubclass = mp_load_global(MP_QSTR_issubclass),
        .repr = mp_load_global(MP_QSTR_repr),
        .bytearray_ = mp_load_global(MP_QSTR_bytearray),
        .callable = mp_load_global(MP_QSTR_callable),
        .print_exception = i2ctarget_vm_import(MP_QSTR_sys, MP_QSTR_print_exception),
        .collect = i2ctarget_vm_import(MP_QSTR_gc, MP_QSTR_collect),
        .sleep_ms = i2ctarget_vm_import(MP_QSTR_time, MP_QSTR_sleep_ms),
        .namedtuple = i2ctarget_vm_import(MP_QSTR_collections, MP_QSTR_namedtuple),
        .globals = globals,
    };
}

/* ---- objects --------------------------------------------------------------------------------- */

static mp_obj_t identity(mp_obj_t object)
{
    return object;
}
MP_DEFINE_CONST_FUN_OBJ_1(i2ctarget_vm_identity_obj, identity);

mp_obj_t i2ctarget_vm_cast(mp_obj_t object, mp_const_obj_t native_type)
{
    const mp_obj_type_t *type = mp_obj_get_type(object);
    if (MP_OBJ_FROM_PTR(type) == native_type)
        return object;
    mp_obj_t question[] = {MP_OBJ_FROM_PTR(type), (mp_obj_t)native_type};
    if (i2ctarget_vm_call(i2ctarget_vm_names.issubclass, 2, question) != mp_const_true)
        return MP_OBJ_NULL;
    return ((mp_obj_instance_t *)MP_OBJ_TO_PTR(object))->subobj[0];
}

bool i2ctarget_vm_is_callable(mp_obj_t object)
{
    return i2ctarget_vm_call(i2ctarget_vm_names.callable, 1, &object) == mp_const_true;
}

mp_obj_t i2ctarget_vm_string(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return mp_obj_new_str(text, length);
}

mp_obj_t i2ctarget_vm_bytearray(size_t count, const void *bytes)
{
    mp_obj_t copy = mp_obj_new_bytes(bytes, count);
    return i2ctarget_vm_call(i2ctarget_vm_names.bytearray_, 1, &copy);
}

mp_obj_t i2ctarget_vm_attrtuple(const qstr *names, size_t count, const mp_obj_t *values)
{
    mp_obj_t *type = &i2ctarget_vm_names.counters;
    if (*type == MP_OBJ_NULL) {
        mp_obj_t list = mp_obj_new_list(0, NULL);
        for (size_t i = 0; i < count; i++)
            mp_obj_list_append(list, MP_OBJ_NEW_QSTR(names[i]));
        mp_obj_t arguments[] = {MP_OBJ_NEW_QSTR(MP_QSTR_counters), list};
        *type = i2ctarget_vm_call(i2ctarget_vm_names.namedtuple, 2, arguments);
    }
    return i2ctarget_vm_call(*type, count, values);
}

/* ---- jumps, and the VM's turn ---------------------------------------------------------------- */

void i2ctarget_vm_call_protected(mp_obj_t function, mp_obj_t first, mp_obj_t second)
{
    mp_obj_t arguments[] = {first, second};
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        i2ctarget_vm_call(function, 2, arguments);
        nlr_pop();
        return;
    }
    mp_obj_t raised = MP_OBJ_FROM_PTR(nlr.ret_val);
    i2ctarget_vm_call(i2ctarget_vm_names.print_exception, 1, &raised);
}

_Noreturn void i2ctarget_vm_raise(const mp_obj_type_t *type, const char *text)
{
    mp_fun_table.raise_msg(type, text);
}

_Noreturn void i2ctarget_vm_raise_os_error(int error)
{
    mp_obj_t number = MP_OBJ_NEW_SMALL_INT(error);
    nlr_raise(mp_obj_new_exception_args(&mp_type_OSError, 1, &number));
}

_Noreturn mp_obj_t i2ctarget_vm_stop(mp_obj_t value)
{
    mp_obj_t stop = i2ctarget_vm_call(i2ctarget_vm_names.StopIteration, 1, &value);
    nlr_raise(stop);
}

void i2ctarget_vm_turn(void)
{
    mp_obj_t shortest = MP_OBJ_NEW_SMALL_INT(i2ctarget_vm_turn_ms);
    i2ctarget_vm_call(i2ctarget_vm_names.sleep_ms, 1, &shortest);
}
