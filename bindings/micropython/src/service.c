/* SPDX-License-Identifier: MIT */
#include "service.h"

#include "common/words.h"
#include "machine.h"
#include "telling.h"

_Noreturn static void refuse(const struct service *service)
{
    mp_raise_msg(&mp_type_RuntimeError, service->thread == vm_this_thread()
                                            ? MP_ERROR_TEXT(WORDS_REENTRANT)
                                            : MP_ERROR_TEXT(WORDS_OTHER_THREAD));
}

/* False: a call is under way. */
static bool take(struct service *service)
{
    mp_uint_t state = MICROPY_BEGIN_ATOMIC_SECTION();
    bool is_free = !service->is_busy;
    if (is_free) {
        service->is_busy = true;
        service->thread = vm_this_thread();
    }
    MICROPY_END_ATOMIC_SECTION(state);
    return is_free;
}

/* Shielded first: after an exception in between nobody would leave the call that was entered. */
void i2ctarget_mp_enter(struct service *service)
{
    i2ctarget_mp_require_thread();
    i2ctarget_mp_shield();
    if (!take(service)) {
        i2ctarget_mp_unshield();
        refuse(service);
    }
    service->raised = MP_OBJ_NULL;
}

void i2ctarget_mp_allow(const struct service *service)
{
    i2ctarget_mp_require_thread();
    if (service->is_busy && service->thread != vm_this_thread())
        refuse(service);
}

bool i2ctarget_mp_attempt(struct service *service, void (*work)(struct service *service))
{
    bool was_telling = i2ctarget_mp_is_telling;
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        i2ctarget_mp_unshield();
        work(service);
        i2ctarget_mp_shield();
        nlr_pop();
        return true;
    }
    i2ctarget_mp_shield();
    i2ctarget_mp_is_telling = was_telling;
    service->raised = MP_OBJ_FROM_PTR(nlr.ret_val);
    return false;
}

static void tell_all(struct service *service)
{
    (void)service;
    i2ctarget_mp_tell_all();
}

void i2ctarget_mp_leave(struct service *service)
{
    if (i2ctarget_mp_is_due && service->raised == MP_OBJ_NULL)
        i2ctarget_mp_attempt(service, tell_all);
    mp_obj_t raised = service->raised;
    service->raised = MP_OBJ_NULL;
    service->is_busy = false;
    i2ctarget_mp_unshield();
    if (raised != MP_OBJ_NULL)
        nlr_raise(raised);
}

static void take_turn(struct service *service)
{
    mp_event_handle_nowait();
    tell_all(service);
}

bool i2ctarget_mp_heed(struct service *service)
{
    return i2ctarget_mp_attempt(service, take_turn);
}
