/* SPDX-License-Identifier: MIT */
/*
 * MicroPython, as a module that is built into the firmware knows it.  natmod/vm.h is the same for
 * one that is loaded from a file, which reaches MicroPython through a table of functions.  The
 * include path selects one of them.
 *
 * Most of MicroPython's names are the same in both.  What is not begins with VM_ or vm_:
 *
 *     #define METHODS(ENTRY)                    \
 *         ENTRY(MP_QSTR_read, MP_ROM_PTR(&read_obj))
 *     #define SLOTS(SLOT) SLOT(print, request_print)
 *     VM_DICT(methods, METHODS)
 *     VM_TYPE(request_type, MP_QSTR_I2CTargetRequest, MP_TYPE_FLAG_NONE, methods, SLOTS)
 *
 * A dictionary and a type, which are constants here, and filled in at import there.
 */
#ifndef MICROPYTHON_VM_H
#define MICROPYTHON_VM_H

#include <string.h>

#include "py/gc.h"
#include "py/mphal.h"
#include "py/mpthread.h"
#include "py/objstr.h"
#include "py/runtime.h"
#include "py/stream.h"

/* A table with names in it. */
#define VM_CONSTANT static const

#define VM_ENTRY(name, value) {MP_ROM_QSTR(name), value},
#define VM_DICT(symbol, LIST)                                           \
    static const mp_rom_map_elem_t symbol##_table[] = {LIST(VM_ENTRY)}; \
    static MP_DEFINE_CONST_DICT(symbol, symbol##_table);

#define VM_SLOT(slot, value) slot, value,
#define VM_TYPE(symbol, name, flags, dict, SLOTS) \
    MP_DEFINE_CONST_OBJ_TYPE(symbol, name, flags, SLOTS(VM_SLOT) locals_dict, &dict);

#define VM_DECLARE_TYPE(symbol) extern const mp_obj_type_t symbol
#define VM_TYPE_OF(symbol) (&symbol)

/* A new str. */
static inline mp_obj_t vm_string(const char *text)
{
    return mp_obj_new_str(text, strlen(text));
}

static inline bool vm_is_callable(mp_obj_t object)
{
    return mp_obj_is_callable(object);
}

/* An exception is printed, and goes no further. */
static inline void vm_call_protected(mp_obj_t function, mp_obj_t first, mp_obj_t second)
{
    mp_call_function_2_protected(function, first, second);
}

/* Which thread this is. */
static inline uintptr_t vm_this_thread(void)
{
#if MICROPY_PY_THREAD
    return (uintptr_t)mp_thread_get_state();
#else
    return 0;
#endif
}

#endif
