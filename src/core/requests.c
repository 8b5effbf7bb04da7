/* SPDX-License-Identifier: MIT */
/*
 * The request API: the application's side of a target.
 *
 * Each call changes state under the port's lock, answers what is owed, and then waits.  After every
 * event it looks again.  While it waits the event side works for it: it fills the call's buffer, or
 * takes bytes out of it, and does not wake the call for every byte.
 */
#include "core/core.h"
#include "i2ctarget/quirks.h"

#include <limits.h>

/* ---- the current request --------------------------------------------------------------------- */

static bool is_current(const struct i2ctarget_request *request)
{
    return request && request->target && request->target->port &&
           request->serial == request->target->serial;
}

static uint32_t moved_so_far(const struct i2ctarget *target)
{
    return target->alive ? target->moved : target->request_moved;
}

/* Between lock() and unlock(): an end of the message in between would mix two moments. */
static void refresh(struct i2ctarget_request *request)
{
    const struct i2ctarget *target = request->target;
    request->end = (enum i2ctarget_end)target->end;
    request->moved = moved_so_far(target);
}

/* 0, or the error of a call on the current request. */
static int check(const struct i2ctarget_request *request, bool for_read)
{
    return request->target->request_is_read == for_read ? 0 : -I2CTARGET_EACCES;
}

/*
 * A call on a request that is not the core's own: it is out of date, or a quirk has given it.
 * Returns as the call.
 */
static int call_elsewhere(struct i2ctarget_request *request, enum call call, uint8_t *buffer,
                          size_t n)
{
    if (request && request->target && request->target->quirk)
        return request->target->quirk->ops->call(request, call, buffer, n);
    return call == CALL_CLOSE ? 0 : -I2CTARGET_EBADF;
}

/*
 * A fault of the bus concerns one message: it ends the request, and `end` says why.  So a program
 * that knows nothing of faults serves on.  Only the loss of the port ends everything.
 */
static int loss_of(const struct i2ctarget *target)
{
    return target->end == I2CTARGET_PORT_LOST ? -I2CTARGET_EIO : 0;
}

/* The state may be out of date where events travel far, so poll before answering. */
static void look_again(struct i2ctarget *target)
{
    if (target->phase >= ADDRESS_OWED)
        (void)target->port->poll(
            target->instance); /* if the port is lost, waiting will report it */
}

/* Sets the phase in which nothing is owed any more, and gives the answer to the port. */
static void answer_owed(struct i2ctarget *target, enum phase next, int answer)
{
    target->phase = (uint8_t)next;
    target->port->answer(target->instance, answer);
}

/* Answers the owed event, if the application has an answer by now. */
static bool settle(struct i2ctarget *target)
{
    if (target->phase <= ADDRESS_OWED)
        return false;
    int answer = i2ctarget_core_answer(target);
    if (answer != I2CTARGET_HOLD)
        target->port->answer(target->instance, answer);
    return true;
}

/* ---- close ----------------------------------------------------------------------------------- */

/* The owed event is refused, and so are all later ones of the message. */
static void give_up_message(struct i2ctarget *target)
{
    target->request_moved = target->moved;
    target->alive = false;
    target->delivered = false;
    target->closed = true;
    target->end = I2CTARGET_CLOSED;
    if (!settle(target) && target->port->ahead)
        target->port->ahead(target->instance);
}

static void close_current(struct i2ctarget *target)
{
    lock(target);
    target->operation = NO_OPERATION;
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
        return call_elsewhere(request, CALL_CLOSE, NULL, 0);
    close_current(request->target);
    refresh(request);
    return 0;
}

/* ---- request --------------------------------------------------------------------------------- */

/* The message whose address is held becomes the request. */
static bool take_message(struct i2ctarget *target, struct i2ctarget_request *request)
{
    lock(target);
    bool is_addressed = target->phase == ADDRESS_OWED && is_in_time(target, true);
    if (is_addressed) {
        target->alive = true;
        target->end = I2CTARGET_OPEN;
        target->request_is_read = target->is_read;
        request->target = target;
        request->serial = ++target->serial;
        request->address = target->address;
        request->is_ten_bit = false;
        request->is_read = target->is_read;
        request->is_restart = target->is_restart;
        refresh(request);
        answer_owed(target, FLOWING, I2CTARGET_ACK);
    }
    unlock(target);
    return is_addressed;
}

/* Like the port's op.  LOOK_ONCE: does not wait, but polls. */
static int wait_until(struct i2ctarget *target, int64_t until_us)
{
    if (until_us != LOOK_ONCE)
        return target->port->wait(target->instance, until_us);
    int error = target->port->poll(target->instance);
    return error ? error : -I2CTARGET_ETIMEDOUT;
}

int i2ctarget_core_next_request(struct i2ctarget *target, struct i2ctarget_request *request,
                                int64_t until_us)
{
    close_current(target);
    look_again(target);
    int error = 0;
    while (!take_message(target, request)) {
        if (error)
            return error;
        error = wait_until(target, until_us);
    }
    return 1;
}

/* Any longer time means for ever; its sum with the clock could overflow. */
#define LONGEST_US (INT64_C(1) << 62)

static int64_t deadline_us(struct i2ctarget *target, int64_t timeout_us)
{
    if (timeout_us < 0)
        return LOOK_ONCE;
    if (timeout_us == 0 || timeout_us >= LONGEST_US)
        return I2CTARGET_FOREVER;
    /*
     * The clock counts whole microseconds that have begun.  One more is added, so that the time-out
     * is never early.
     */
    return target->port->now_us(target->instance) + timeout_us + 1;
}

int i2ctarget_next_request(struct i2ctarget *target, struct i2ctarget_request *request,
                           int64_t timeout_us)
{
    if (!target || !request)
        return -I2CTARGET_EINVAL;
    if (!target->port)
        return -I2CTARGET_EBADF;
    int64_t until_us = deadline_us(target, timeout_us);
    int result = target->quirk ? target->quirk->ops->next_request(target, request, until_us)
                               : i2ctarget_core_next_request(target, request, until_us);
    return result == -I2CTARGET_ETIMEDOUT && timeout_us < 0 ? 0 : result;
}

int i2ctarget_has_request(struct i2ctarget *target)
{
    if (!target)
        return -I2CTARGET_EINVAL;
    if (!target->port)
        return -I2CTARGET_EBADF;
    int polled = target->port->poll(target->instance);
    lock(target);
    bool is_there =
        target->quirk ? target->quirk->ops->has_request(target) : target->phase == ADDRESS_OWED;
    unlock(target);
    return is_there ? 1 : polled;
}

/* ---- read and write -------------------------------------------------------------------------- */

/*
 * Begins the operation, or continues the interrupted one.  What arrived before the interruption is
 * in that operation's buffer, so only the same operation can continue.
 */
static int enter(struct i2ctarget *target, enum operation operation, uint8_t *buffer, size_t n,
                 bool ack)
{
    if (n > INT_MAX || !buffer)
        return -I2CTARGET_EINVAL;
    if (target->operation != INTERRUPTED) {
        target->buffer = buffer;
        target->size = n;
        target->done = 0;
        target->ack_last = ack;
        target->start = moved_so_far(target);
    } else if (target->buffer != buffer || target->size != n || target->ack_last != ack) {
        return -I2CTARGET_EINVAL;
    }
    target->operation = (uint8_t)operation;
    return 0;
}

/* Waits until the operation has got all it can, and ends it.  Returns the count or an error. */
static int complete(struct i2ctarget *target)
{
    int64_t until_us = target->quirk ? target->quirk->until_us : I2CTARGET_FOREVER;
    int error = 0;
    while (!is_operation_over(target)) {
        if (error) {
            target->operation = INTERRUPTED;
            return error;
        }
        unlock(target);
        error = wait_until(target, until_us);
        lock(target);
    }
    int count =
        (int)(target->operation == READING ? target->done : moved_so_far(target) - target->start);
    target->operation = NO_OPERATION;
    return count ? count : loss_of(target);
}

static int transfer(struct i2ctarget_request *request, enum operation operation, uint8_t *buffer,
                    size_t n, bool ack)
{
    if (!is_current(request))
        return call_elsewhere(request, operation == READING ? CALL_READ : CALL_WRITE, buffer, n);
    int result = check(request, operation == WRITING);
    if (result || n == 0)
        return result;
    struct i2ctarget *target = request->target;
    look_again(target);
    lock(target);
    result = enter(target, operation, buffer, n, ack);
    if (!result) {
        settle(target);
        result = complete(target);
    }
    refresh(request);
    unlock(target);
    return result;
}

int i2ctarget_read(struct i2ctarget_request *request, uint8_t *buffer, size_t n, bool ack)
{
    return transfer(request, READING, buffer, n, ack);
}

int i2ctarget_write(struct i2ctarget_request *request, const uint8_t *buffer, size_t n)
{
    return transfer(request, WRITING, (uint8_t *)(uintptr_t)buffer, n, true);
}

int i2ctarget_ack(struct i2ctarget_request *request, bool ack)
{
    if (!is_current(request))
        return call_elsewhere(request, CALL_ACK, NULL, 0);
    int error = check(request, false);
    if (error)
        return error;
    struct i2ctarget *target = request->target;
    look_again(target);
    lock(target);
    if (target->alive && target->delivered && is_in_time(target, ack)) {
        target->delivered = false;
        target->moved += ack;
        answer_owed(target, ack ? FLOWING : REFUSED, ack ? I2CTARGET_ACK : I2CTARGET_NACK);
    }
    refresh(request);
    unlock(target);
    return 0;
}
