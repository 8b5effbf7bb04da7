/* SPDX-License-Identifier: MIT */
#include "telling.h"

#include "machine.h"

/* Of all devices that are attached to a target.  (A loaded module has no static variables.) */
struct listener *i2ctarget_mp_listeners;
volatile bool i2ctarget_mp_is_due;
bool i2ctarget_mp_is_telling;

void i2ctarget_mp_listen(struct listener *listener)
{
    listener->next = i2ctarget_mp_listeners;
    i2ctarget_mp_listeners = listener;
}

void i2ctarget_mp_unlisten(struct listener *listener)
{
    struct listener **place = &i2ctarget_mp_listeners;
    while (*place && *place != listener)
        place = &(*place)->next;
    if (*place)
        *place = listener->next;
}

/* Possibly in an interrupt. */
void i2ctarget_binding_written(struct python_device *device)
{
    (void)device;
    i2ctarget_mp_is_due = true;
    i2ctarget_mp_schedule();
}

static struct written take_written(struct python_device *device)
{
    mp_uint_t state = MICROPY_BEGIN_ATOMIC_SECTION();
    struct written written = i2ctarget_python_take_written(device);
    MICROPY_END_ATOMIC_SECTION(state);
    return written;
}

void i2ctarget_mp_tell(struct listener *listener)
{
    struct written written = take_written(listener->device);
    if (written.end)
        vm_call_protected(listener->function, MP_OBJ_NEW_SMALL_INT(written.begin),
                          MP_OBJ_NEW_SMALL_INT(written.end));
}

/* The first that is to be told; it is `written` then. */
static struct listener *next_listener(struct written *written)
{
    struct listener *listener = i2ctarget_mp_listeners;
    for (; listener; listener = listener->next) {
        *written = take_written(listener->device);
        if (written->end)
            break;
    }
    return listener;
}

/*
 * A function may end targets, so the list is looked at anew after each.  A function that calls a
 * target is not interrupted by another: that one comes after it.
 */
void i2ctarget_mp_tell_all(void)
{
    struct listener *listener;
    struct written written;
    i2ctarget_mp_is_due = false;
    if (i2ctarget_mp_is_telling)
        return;
    i2ctarget_mp_is_telling = true;
    while ((listener = next_listener(&written)))
        vm_call_protected(listener->function, MP_OBJ_NEW_SMALL_INT(written.begin),
                          MP_OBJ_NEW_SMALL_INT(written.end));
    i2ctarget_mp_is_telling = false;
}
