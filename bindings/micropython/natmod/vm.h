/* SPDX-License-Identifier: MIT */
/*
 * MicroPython, as a module that is loaded from a file knows it: through a table of functions.
 * usermod/vm.h is the same for a module that is built in; what begins with VM_ or vm_ is explained
 * there.  What src/ uses and the table lacks is made here of what the table has.
 *
 * Such a module has no initialised data, and its variables that begin with 0 are not static: the
 * linker for these files (tools/mpy_ld.py) knows no others.  So dictionaries and types are filled in
 * at import.
 */
#ifndef MICROPYTHON_VM_H
#define MICROPYTHON_VM_H

#include "py/dynruntime.h"
#include "py/stream.h"

/* ---- dictionaries and types ------------------------------------------------------------------ */

/* What a name's number is, is known only when the module has been loaded. */
#define VM_CONSTANT const

#define VM_COUNT(name, value) +1
#define VM_FILL(name, value) *at++ = (mp_map_elem_t){MP_OBJ_NEW_QSTR(name), MP_OBJ_FROM_PTR(value)};
#define VM_DICT(symbol, LIST)                            \
    mp_map_elem_t symbol##_table[0 LIST(VM_COUNT)];      \
    static MP_DEFINE_CONST_DICT(symbol, symbol##_table); \
    static void symbol##_fill(void)                      \
    {                                                    \
        mp_map_elem_t *at = symbol##_table;              \
        LIST(VM_FILL)                                    \
    }

#define VM_SLOT(slot, value)                          \
    MP_OBJ_TYPE_SET_SLOT(type, slot, (value), count); \
    count++;
#define VM_TYPE(symbol, name_, flags_, dict, SLOTS) \
    mp_obj_full_type_t symbol;                      \
    void symbol##_fill(void)                        \
    {                                               \
        mp_obj_full_type_t *type = &symbol;         \
        uint8_t count = 0;                          \
        type->base.type = &mp_type_type;            \
        type->flags = flags_;                       \
        type->name = name_;                         \
        SLOTS(VM_SLOT)                              \
        VM_SLOT(locals_dict, &dict)                 \
        dict##_fill();                              \
    }

#define VM_DECLARE_TYPE(symbol)       \
    extern mp_obj_full_type_t symbol; \
    void symbol##_fill(void)
#define VM_TYPE_OF(symbol) ((const mp_obj_type_t *)&symbol)

/* ---- what the table lacks -------------------------------------------------------------------- */

/* What is looked up at import: later a program may have given these names another meaning. */
struct vm_names {
    mp_obj_t ValueError, TypeError, RuntimeError, OSError, MemoryError, StopIteration;
    mp_obj_t int_, bytearray_, issubclass, repr, callable;
    mp_obj_t print_exception; /* sys.print_exception */
    mp_obj_t collect;         /* gc.collect */
    mp_obj_t sleep_ms;        /* time.sleep_ms */
    mp_obj_t namedtuple;      /* collections.namedtuple */
    mp_obj_t counters;        /* the type that i2ctarget_vm_attrtuple() makes */
    mp_obj_dict_t *globals;   /* of the module */
};
extern struct vm_names i2ctarget_vm_names;
void i2ctarget_vm_begin(mp_obj_dict_t *globals);
/* What the module's part in Python calls by this name. */
mp_obj_t i2ctarget_vm_own(qstr name);

#undef mp_type_ValueError
#undef mp_type_TypeError
#undef mp_type_RuntimeError
#undef mp_type_int
#define VM_NAMED_TYPE(name) (*(const mp_obj_type_t *)MP_OBJ_TO_PTR(i2ctarget_vm_names.name))
#define mp_type_ValueError VM_NAMED_TYPE(ValueError)
#define mp_type_TypeError VM_NAMED_TYPE(TypeError)
#define mp_type_RuntimeError VM_NAMED_TYPE(RuntimeError)
#define mp_type_OSError VM_NAMED_TYPE(OSError)
#define mp_type_MemoryError VM_NAMED_TYPE(MemoryError)
#define mp_type_int VM_NAMED_TYPE(int_)

mp_obj_t i2ctarget_vm_call(mp_obj_t function, size_t n_args, const mp_obj_t *args);
mp_obj_t i2ctarget_vm_import(qstr module, qstr name);

#define mp_obj_new_exception_args(type, n, args) \
    i2ctarget_vm_call(MP_OBJ_FROM_PTR(type), (n), (args))

/* A compiler does not believe that a pointer's function never returns. */
#undef mp_raise_msg
#define mp_raise_msg(type, text) i2ctarget_vm_raise((type), (text))
_Noreturn void i2ctarget_vm_raise(const mp_obj_type_t *type, const char *text);
#undef mp_raise_OSError
#define mp_raise_OSError(error) i2ctarget_vm_raise_os_error(error)
_Noreturn void i2ctarget_vm_raise_os_error(int error);

extern const mp_obj_fun_builtin_fixed_t i2ctarget_vm_identity_obj;
#define mp_identity_obj i2ctarget_vm_identity_obj

/* An int has no sign in the table. */
#undef mp_obj_get_int
#define mp_obj_get_int(object) \
    ((mp_int_t)mp_fun_table.native_from_obj((object), MP_NATIVE_TYPE_INT))

/* That of dynruntime.h knows only the classes directly below. */
#undef mp_obj_cast_to_native_base
#define mp_obj_cast_to_native_base(object, type) i2ctarget_vm_cast((object), (type))
mp_obj_t i2ctarget_vm_cast(mp_obj_t object, mp_const_obj_t native_type);

#define mp_obj_new_bytearray(count, bytes) i2ctarget_vm_bytearray((count), (bytes))
mp_obj_t i2ctarget_vm_bytearray(size_t count, const void *bytes);

#define mp_obj_new_attrtuple(names, count, values) \
    i2ctarget_vm_attrtuple((names), (count), (values))
mp_obj_t i2ctarget_vm_attrtuple(const qstr *names, size_t count, const mp_obj_t *values);

#define vm_string(text) i2ctarget_vm_string(text)
mp_obj_t i2ctarget_vm_string(const char *text);

#define vm_is_callable(object) i2ctarget_vm_is_callable(object)
bool i2ctarget_vm_is_callable(mp_obj_t object);

#define vm_call_protected(function, first, second) \
    i2ctarget_vm_call_protected((function), (first), (second))
void i2ctarget_vm_call_protected(mp_obj_t function, mp_obj_t first, mp_obj_t second);

#define mp_print_str(print, text) mp_printf((print), "%s", (text))

/* Each item needs the place where its iterator is kept. */
#define mp_getiter(object, place) (mp_fun_table.getiter((object), (place)))
#define mp_iternext(iterator) (mp_fun_table.iternext(MP_OBJ_TO_PTR(iterator)))

#define mp_call_method_n_kw(n_args, n_kw, args) \
    (mp_fun_table.call_method_n_kw((n_args), (n_kw), (args)))
/* The value of `await`: the VM takes it out of the exception. */
#define mp_make_stop_iteration(value) i2ctarget_vm_stop(value)
_Noreturn mp_obj_t i2ctarget_vm_stop(mp_obj_t value);

#define nlr_push(buffer) (mp_fun_table.nlr_push(buffer))
#define nlr_pop() (mp_fun_table.nlr_pop())

#define gc_collect() ((void)i2ctarget_vm_call(i2ctarget_vm_names.collect, 0, NULL))
/* USB, scheduled functions, Ctrl-C: whoever sleeps lets them have their turn. */
#define mp_event_handle_nowait() i2ctarget_vm_turn()
void i2ctarget_vm_turn(void);

/* finaliser.c */
#undef mp_obj_malloc_with_finaliser
#define mp_obj_malloc_with_finaliser(struct_type, type) \
    ((struct_type *)i2ctarget_vm_malloc_with_finaliser(sizeof(struct_type), (type)))
void *i2ctarget_vm_malloc_with_finaliser(size_t bytes, const mp_obj_type_t *type);

/* ---- each machine has its own (rp2040/machine.c) --------------------------------------------- */

/* The shortest time.sleep_ms() in which the VM's turn comes. */
extern const mp_int_t i2ctarget_vm_turn_ms;

/* A new object of the firmware that has a finaliser, holds nothing, and is known to nobody. */
mp_obj_t i2ctarget_vm_donor(void);

#define vm_this_thread() i2ctarget_vm_this_thread()
uintptr_t i2ctarget_vm_this_thread(void);
mp_uint_t i2ctarget_vm_begin_atomic(void);
void i2ctarget_vm_end_atomic(mp_uint_t state);
#define MICROPY_BEGIN_ATOMIC_SECTION() i2ctarget_vm_begin_atomic()
#define MICROPY_END_ATOMIC_SECTION(state) i2ctarget_vm_end_atomic(state)

#endif
