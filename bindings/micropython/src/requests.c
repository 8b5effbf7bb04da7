/* SPDX-License-Identifier: MIT */
/*
 * All requests of a target, without end, for asyncio:
 *
 *     async for request in requests(target):
 *         ...
 *
 * A request is closed when the loop asks for the next one.  Other tasks run while there is no
 * request, and once between two.  MicroPython has no generators for `async for`, so this is an object
 * that is its own iterator.  The value of a step that ends it is the request; any other step lets the
 * other tasks run.
 */
#include "requests.h"

#include "target.h"

struct requests_object {
    mp_obj_base_t base;
    mp_obj_t target;
    bool is_others_turn;
};

static mp_obj_t make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                         const mp_obj_t *args)
{
    mp_arg_check_num(n_args, n_kw, 1, 1, false);
    struct requests_object *self = mp_obj_malloc(struct requests_object, type);
    self->target = args[0];
    self->is_others_turn = false;
    return MP_OBJ_FROM_PTR(self);
}

/* asyncio.core.NAME */
static mp_obj_t of_asyncio(qstr name)
{
    mp_obj_t asyncio = mp_import_name(MP_QSTR_asyncio, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    return mp_load_attr(mp_load_attr(asyncio, MP_QSTR_core), name);
}

/* The running task goes on when the others have had their turn. */
static void come_back_later(void)
{
    mp_obj_t call[3];
    mp_load_method(of_asyncio(MP_QSTR__task_queue), MP_QSTR_push, call);
    call[2] = of_asyncio(MP_QSTR_cur_task);
    mp_call_method_n_kw(1, 0, call);
}

/* The running task goes on when the target is readable. */
static void come_back_when_readable(mp_obj_t target)
{
    mp_obj_t call[3];
    mp_load_method(of_asyncio(MP_QSTR__io_queue), MP_QSTR_queue_read, call);
    call[2] = target;
    mp_call_method_n_kw(1, 0, call);
}

static mp_obj_t next(mp_obj_t object)
{
    struct requests_object *self = MP_OBJ_TO_PTR(object);
    if (self->is_others_turn) {
        self->is_others_turn = false;
        come_back_later();
        return mp_const_none;
    }
    mp_obj_t request = i2ctarget_mp_look(self->target);
    if (request == mp_const_none) {
        come_back_when_readable(self->target);
        return mp_const_none;
    }
    self->is_others_turn = true;
    return mp_make_stop_iteration(request);
}

#define METHODS(ENTRY)                                     \
    ENTRY(MP_QSTR___aiter__, MP_ROM_PTR(&mp_identity_obj)) \
    ENTRY(MP_QSTR___anext__, MP_ROM_PTR(&mp_identity_obj))
VM_DICT(i2ctarget_mp_requests_methods, METHODS)

#define SLOTS(SLOT)          \
    SLOT(make_new, make_new) \
    SLOT(iter, next)
VM_TYPE(i2ctarget_mp_requests_type, MP_QSTR_requests, MP_TYPE_FLAG_ITER_IS_ITERNEXT,
        i2ctarget_mp_requests_methods, SLOTS)
