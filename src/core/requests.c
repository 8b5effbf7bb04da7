/* SPDX-License-Identifier: MIT */
/*
 * The request API: the application's side of a target.
 *
 * Each call changes state under the port's lock, answers what is owed, and then waits, looking again after every event.  While it waits
 * the event side works for it: fills its buffer, or takes bytes out of it, without waking it for every byte.
 */
#include "core/core.h"

/* ---- the current request ------------------------------------------------------------------ */

static bool is_current(const struct i2ctarget_request *request)
{
    return request && request->target && request->target->port &&
           request->serial == request->target->serial;
}

static uint32_t moved_so_far(const struct i2ctarget *target)
{
    return target->alive ? target->moved : target->request_moved;
}

static void refresh(struct i2ctarget_request *request)
{
    const struct i2ctarget *target = request->target;
    request->end = (enum i2ctarget_end)target->end;
    request->moved = moved_so_far(target);
}

/* 0, or why a call on this request is wrong. */
static int check(const struct i2ctarget_request *request, bool for_read)
{
    if (!is_current(request))
        return -I2CTARGET_EBADF;
    return request->target->request_is_read == for_read ? 0 : -I2CTARGET_EACCES;
}

static int fault_of(const struct i2ctarget *target)
{
    switch (target->end) {
    case I2CTARGET_TIMEOUT:
        return -I2CTARGET_ETIMEDOUT;
    case I2CTARGET_BUS_ERROR:
    case I2CTARGET_PORT_LOST:
        return -I2CTARGET_EIO;
    default:
        return 0;
    }
}

/* ---- close -------------------------------------------------------------------------------- */

/* What is owed is answered with no, what will be asked likewise. */
static void give_up_message(struct i2ctarget *target)
{
    target->request_moved = target->moved;
    target->alive = false;
    target->delivered = false;
    target->closed = true;
    target->end = I2CTARGET_CLOSED;
    if (target->phase == BYTE_OWED)
        answer_owed(target, REFUSED, I2CTARGET_NACK);
    else if (target->phase == DATA_OWED)
        answer_owed(target, REFUSED, I2CTARGET_RELEASE);
    else if (target->port->ahead)
        target->port->ahead(target->instance);
}

static void close_current(struct i2ctarget *target)
{
    lock(target);
    target->call = NO_CALL;
    if (target->alive)
        give_up_message(target);
    target->serial++;
    unlock(target);
}

int i2ctarget_close(struct i2ctarget_request *request)
{
    if (!request)
        return -I2CTARGET_EINVAL;
    if (!is_current(request))
        return 0;
    close_current(request->target);
    refresh(request);
    return 0;
}

/* ---- request ------------------------------------------------------------------------------ */

/* The call that is held becomes the request. */
static bool take_call(struct i2ctarget *target, struct i2ctarget_request *request)
{
    lock(target);
    bool called = target->phase == CALLED;
    if (called) {
        target->alive = true;
        target->end = I2CTARGET_OPEN;
        target->request_is_read = target->is_read;
        *request = (struct i2ctarget_request){
            .target = target,
            .serial = ++target->serial,
            .address = target->address,
            .is_read = target->is_read,
            .is_restart = target->is_restart,
        };
        answer_owed(target, FLOWING, I2CTARGET_ACK);
    }
    unlock(target);
    return called;
}

static int64_t deadline_us(struct i2ctarget *target, int64_t timeout_us)
{
    if (timeout_us == 0)
        return I2CTARGET_FOREVER;
    int64_t now_us = target->port->now_us(target->instance);
    return timeout_us > I2CTARGET_FOREVER - now_us ? I2CTARGET_FOREVER : now_us + timeout_us;
}

static int wait_for_call(struct i2ctarget *target, struct i2ctarget_request *request,
                         int64_t until_us)
{
    while (!take_call(target, request)) {
        int error = target->port->wait(target->instance, until_us);
        if (error)
            return take_call(target, request) ? 1 : error;
    }
    return 1;
}

int i2ctarget_request(struct i2ctarget *target, struct i2ctarget_request *request,
                      int64_t timeout_us)
{
    if (!target || !request)
        return -I2CTARGET_EINVAL;
    if (!target->port)
        return -I2CTARGET_EBADF;
    close_current(target);
    if (timeout_us >= 0)
        return wait_for_call(target, request, deadline_us(target, timeout_us));
    target->port->poll(target->instance);
    return take_call(target, request);
}

/* ---- read and write ----------------------------------------------------------------------- */

static bool is_interrupted(const struct i2ctarget *target)
{
    return target->call == READ_INTERRUPTED || target->call == WRITE_INTERRUPTED;
}

/*
 * Enter the call, or go on with the interrupted one.  What arrived before the interruption is in that call's buffer, so only that same
 * call can go on.
 */
static int enter(struct i2ctarget *target, enum call call, uint8_t *buffer, size_t n, bool ack)
{
    if (n > INT32_MAX || !buffer)
        return -I2CTARGET_EINVAL;
    if (!is_interrupted(target)) {
        target->buffer = buffer;
        target->size = n;
        target->done = 0;
        target->ack_last = ack;
        target->start = moved_so_far(target);
    } else if (target->buffer != buffer || target->size != n || target->ack_last != ack) {
        return -I2CTARGET_EINVAL;
    }
    target->call = (uint8_t)call;
    return 0;
}

/* The byte that waits for its ACK: the last read's own, or the first of this one. */
static void settle_byte(struct i2ctarget *target)
{
    if (!target->alive || target->phase != BYTE_OWED)
        return;
    if (!target->delivered) {
        target->buffer[target->done++] = target->byte;
        if (target->done == target->size && !target->ack_last) {
            target->delivered = true;
            return;
        }
    }
    target->delivered = false;
    target->moved++;
    answer_owed(target, FLOWING, I2CTARGET_ACK);
}

static void settle_data(struct i2ctarget *target)
{
    if (!target->alive || target->phase != DATA_OWED)
        return;
    target->given = true;
    answer_owed(target, FLOWING, target->buffer[target->done++]);
}

static bool is_over(const struct i2ctarget *target)
{
    if (!target->alive || target->phase == REFUSED)
        return true;
    if (target->done < target->size)
        return false;
    return target->call == READING || target->phase == DATA_OWED;
}

static int wait_until_over(struct i2ctarget *target)
{
    for (;;) {
        lock(target);
        bool over = is_over(target);
        unlock(target);
        if (over)
            return 0;
        int error = target->port->wait(target->instance, I2CTARGET_FOREVER);
        if (error && !is_over(target))
            return error;
    }
}

/* Wait, leave the call, and tell what came of it. */
static int finish(struct i2ctarget_request *request, enum call interrupted)
{
    struct i2ctarget *target = request->target;
    int error = wait_until_over(target);
    lock(target);
    bool reading = target->call == READING;
    target->call = (uint8_t)(error ? interrupted : NO_CALL);
    uint32_t moved = reading ? (uint32_t)target->done : moved_so_far(target) - target->start;
    unlock(target);
    refresh(request);
    if (error)
        return error;
    return moved > 0 ? (int)moved : fault_of(target);
}

int i2ctarget_read(struct i2ctarget_request *request, uint8_t *buffer, size_t n, bool ack)
{
    int error = check(request, false);
    if (error || n == 0)
        return error;
    struct i2ctarget *target = request->target;
    lock(target);
    error = enter(target, READING, buffer, n, ack);
    if (!error)
        settle_byte(target);
    unlock(target);
    return error ? error : finish(request, READ_INTERRUPTED);
}

int i2ctarget_write(struct i2ctarget_request *request, const uint8_t *buffer, size_t n)
{
    int error = check(request, true);
    if (error || n == 0)
        return error;
    struct i2ctarget *target = request->target;
    lock(target);
    error = enter(target, WRITING, (uint8_t *)(uintptr_t)buffer, n, true);
    if (!error)
        settle_data(target);
    unlock(target);
    return error ? error : finish(request, WRITE_INTERRUPTED);
}

int i2ctarget_ack(struct i2ctarget_request *request, bool ack)
{
    int error = check(request, false);
    if (error)
        return error;
    struct i2ctarget *target = request->target;
    lock(target);
    if (target->alive && target->delivered) {
        target->delivered = false;
        target->moved += ack;
        answer_owed(target, ack ? FLOWING : REFUSED, ack ? I2CTARGET_ACK : I2CTARGET_NACK);
    }
    unlock(target);
    refresh(request);
    return 0;
}

/* ---- for ports that hand answers on ahead -------------------------------------------------- */

void i2ctarget_commitment(const struct i2ctarget *target, struct i2ctarget_commitment *commitment)
{
    size_t left = target->size - target->done;
    *commitment = (struct i2ctarget_commitment){
        .moved = target->moved + target->given,
        .then = I2CTARGET_HOLD,
        .closed = target->closed,
    };
    if (target->closed || target->phase == REFUSED)
        commitment->then = target->is_read ? I2CTARGET_RELEASE : I2CTARGET_NACK;
    if (!target->alive || (target->call != READING && target->call != WRITING))
        return;
    commitment->waiting = !is_over(target);
    if (target->call == WRITING) {
        commitment->bytes = target->buffer + target->done;
        commitment->count = (uint32_t)left;
    } else if (left > 0) {
        commitment->acks = (uint32_t)left - !target->ack_last;
    }
}
