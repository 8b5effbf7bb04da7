/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/scripted_port.h"

static struct scripted_port *port_of(void *instance)
{
    struct scripted_port *port = instance;
    assert_true(port->opened); /* no op may come after close() */
    return port;
}

/* ---- what the core promised, and whether it keeps it ----------------------------------------- */

/* Is the message on the bus the one whose request the application has, or had? */
static bool is_applications(const struct scripted_port *port)
{
    return port->in_message && port->index == port->taken_index;
}

static void note_promise(struct scripted_port *port)
{
    i2ctarget_get_commitment(port->target, &port->promise);
    port->has_promise = true;
    if (is_applications(port)) /* a promise begins at the present place of the message */
        assert_int_equal(port->promise.moved, port->dealt);
    if (port->promise.count > 0) {
        unsigned count =
            port->promise.count < SCRIPTED_BYTES_MAX ? port->promise.count : SCRIPTED_BYTES_MAX;
        memcpy(port->promised_bytes, port->promise.bytes, count);
    }
}

static void check_promise_of_ack(const struct i2ctarget_commitment *promise, unsigned position,
                                 int answer)
{
    if (position < promise->moved)
        return;
    if (position < promise->moved + promise->acks)
        assert_int_equal(answer, I2CTARGET_ACK);
    else if (promise->then != I2CTARGET_HOLD)
        assert_int_equal(answer, promise->then);
}

static void check_promise_of_byte(const struct scripted_port *port, unsigned position, int answer)
{
    const struct i2ctarget_commitment *promise = &port->promise;
    if (position < promise->moved)
        return;
    if (position < promise->moved + promise->count)
        assert_int_equal(answer, port->promised_bytes[position - promise->moved]);
    else if (promise->then != I2CTARGET_HOLD)
        assert_int_equal(answer, promise->then);
}

/* What the core promises for the next event must be exactly what it then answers. */
static void check_forecast(const struct i2ctarget_commitment *now, uint8_t kind, int answer)
{
    if (kind == I2CTARGET_RECEIVED)
        assert_int_equal(answer, now->acks > 0 ? I2CTARGET_ACK : now->then);
    if (kind == I2CTARGET_REQUESTED)
        assert_int_equal(answer, now->count > 0 ? now->bytes[0] : now->then);
}

/* ---- the controller's side ------------------------------------------------------------------- */

static struct scripted_message *current(struct scripted_port *port)
{
    return port->index < port->count ? &port->messages[port->index] : NULL;
}

static void message_over(struct scripted_port *port)
{
    port->in_message = port->filling = port->refusing = port->asked_beyond = false;
    port->owed = I2CTARGET_NO_EVENT;
    port->crossed = I2CTARGET_OPEN;
    port->has_promise = false;
    port->position = port->dealt = 0;
    port->index++;
}

/* The answer has reached the bus.  This is what the controller sees. */
static void take_answer(struct scripted_port *port, uint8_t kind, int answer)
{
    struct scripted_message *message = current(port);
    port->owed = I2CTARGET_NO_EVENT;
    if (kind == I2CTARGET_ADDRESSED) {
        assert_true(answer == I2CTARGET_ACK || answer == I2CTARGET_NACK);
        message->refused = answer == I2CTARGET_NACK;
        if (message->refused)
            message_over(port);
    } else if (kind == I2CTARGET_RECEIVED) {
        assert_true(answer == I2CTARGET_ACK || answer == I2CTARGET_NACK);
        port->refusing = message->nacked = answer == I2CTARGET_NACK;
        message->acked += answer == I2CTARGET_ACK;
        port->position += answer == I2CTARGET_ACK;
        port->dealt += answer == I2CTARGET_ACK;
    } else {
        assert_true((answer >= 0 && answer <= 0xFF) || answer == I2CTARGET_RELEASE);
        port->filling = answer == I2CTARGET_RELEASE;
        port->dealt += !port->filling;
        if (message->got_count < message->count) {
            message->got[message->got_count++] = port->filling ? 0xFF : (uint8_t)answer;
            message->filled += port->filling;
            port->position += !port->filling;
        }
    }
}

static int raise_kind(struct scripted_port *port, struct i2ctarget_event event)
{
    port->raised = true;
    port->interrupts++;
    return i2ctarget_raise_event(port->target, &event);
}

static void raise_question(struct scripted_port *port, struct i2ctarget_event event)
{
    struct i2ctarget_commitment now;
    i2ctarget_get_commitment(port->target, &now);
    int answer = raise_kind(port, event);
    if (port->has_promise && event.kind == I2CTARGET_RECEIVED)
        check_promise_of_ack(&port->promise, port->dealt, answer);
    if (port->has_promise && event.kind == I2CTARGET_REQUESTED)
        check_promise_of_byte(port, port->dealt, answer);
    if (current(port)->address <
        0x50) /* the tests put devices at 0x50 and above, which promise nothing */
        check_forecast(&now, event.kind, answer);
    if (answer == I2CTARGET_HOLD)
        port->owed = event.kind;
    else
        take_answer(port, event.kind, answer);
}

static void raise_end(struct scripted_port *port, enum i2ctarget_end cause)
{
    current(port)->ended = cause;
    raise_kind(port, (struct i2ctarget_event){.kind = I2CTARGET_ENDED,
                                              .value = (uint8_t)cause,
                                              .moved = port->position});
    message_over(port);
}

/*
 * A read message asks until it has `count` bytes.  Unless the last one was NACKed, it asks for one
 * more, which is then cut.
 */
static bool wants_another(const struct scripted_port *port, const struct scripted_message *message)
{
    if (port->refusing)
        return false;
    if (!message->is_read)
        return message->acked < message->count;
    if (message->got_count < message->count)
        return true;
    return message->end != I2CTARGET_CONTROLLER_NACK && !port->filling && !port->asked_beyond;
}

/* In a fill the bytes pass without events. */
static void pass_fill(struct scripted_port *port, struct scripted_message *message)
{
    while (port->filling && message->got_count < message->count) {
        message->got[message->got_count++] = 0xFF;
        message->filled++;
    }
}

static void raise_next(struct scripted_port *port)
{
    struct scripted_message *message = current(port);
    if (!port->in_message && port->has_new_addresses &&
        !i2ctarget_address_set_has(&port->addresses, message->address)) {
        message->refused = true; /* by nobody's doing: it is a stranger's */
        message_over(port);
        return;
    }
    if (!port->in_message) {
        port->in_message = true;
        raise_question(port, (struct i2ctarget_event){.kind = I2CTARGET_ADDRESSED,
                                                      .address = message->address,
                                                      .is_read = message->is_read,
                                                      .is_restart = message->is_restart});
        return;
    }
    pass_fill(port, message);
    if (!wants_another(port, message)) {
        raise_end(port, message->end);
    } else if (message->is_read) {
        port->asked_beyond = message->got_count == message->count;
        raise_question(port, (struct i2ctarget_event){.kind = I2CTARGET_REQUESTED});
    } else {
        raise_question(port,
                       (struct i2ctarget_event){.kind = I2CTARGET_RECEIVED,
                                                .value = (uint8_t)message->bytes[message->acked]});
    }
}

/* ---- when it comes --------------------------------------------------------------------------- */

static bool can_raise(struct scripted_port *port)
{
    return port->opened && !port->locked && !port->extras.mute &&
           port->owed == I2CTARGET_NO_EVENT && current(port);
}

static bool can_fault(struct scripted_port *port)
{
    return port->opened && !port->locked && port->in_message &&
           (port->extras.fault != I2CTARGET_OPEN || port->crossed != I2CTARGET_OPEN);
}

static void raise_fault(struct scripted_port *port)
{
    enum i2ctarget_end cause = port->crossed != I2CTARGET_OPEN ? port->crossed : port->extras.fault;
    port->extras.fault = I2CTARGET_OPEN;
    raise_end(port, cause);
    if (cause == I2CTARGET_PORT_LOST) {
        port->lost = true;
        port->index = port->count;
    }
}

/*
 * One of the things that can come.  `least` is 0 if nothing is a choice, too.  False: nothing came.
 */
static bool something_comes(struct scripted_port *port, bool may_be_nothing)
{
    bool event = can_raise(port), fault = can_fault(port);
    unsigned among = (unsigned)may_be_nothing + event + fault, pick;
    if ((!event && !fault) || (may_be_nothing && port->extras.calm))
        return false;
    pick = choose(port->choices, among) + !may_be_nothing;
    if (pick == 0)
        return false;
    if (pick == 1 && event)
        raise_next(port);
    else
        raise_fault(port);
    return true;
}

void scripted_port_interrupt(struct scripted_port *port)
{
    assert_false(port->locked); /* no call of the API leaves the lock held */
    while (something_comes(port, true))
        ;
}

static void boundary(struct scripted_port *port)
{
    while (something_comes(port, true))
        ;
}

void scripted_port_drain(struct scripted_port *port)
{
    assert_false(port->locked);
    if (port->crossed != I2CTARGET_OPEN)
        raise_fault(port);
    while (can_raise(port))
        raise_next(port);
}

int scripted_port_raise(struct scripted_port *port, struct i2ctarget_event event)
{
    return raise_kind(port, event);
}

/* ---- the ops --------------------------------------------------------------------------------- */

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    struct scripted_port *port = (struct scripted_port *)scl->unit;
    (void)smbus;
    if (scl->number == sda->number)
        return -I2CTARGET_EINVAL;
    if (port->opened)
        return -I2CTARGET_EBUSY;
    port->opened = true;
    (void)addresses;
    port->target = target;
    *instance = port;
    return 0;
}

static void port_close(void *instance)
{
    struct scripted_port *port = port_of(instance);
    assert_false(port->locked);
    boundary(port);
    port->opened = false;
    port->owed = I2CTARGET_NO_EVENT;
}

/* Calls may come before it, and after it none for an address that is gone. */
static int port_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    struct scripted_port *port = port_of(instance);
    assert_false(port->locked);
    boundary(port);
    if (port->lost)
        return -I2CTARGET_EIO;
    port->addresses = *addresses;
    port->has_new_addresses = true;
    boundary(port);
    return 0;
}

static void port_answer(void *instance, int answer)
{
    struct scripted_port *port = port_of(instance);
    assert_true(port->locked);
    assert_int_not_equal(port->owed, I2CTARGET_NO_EVENT); /* only an owed event is answered */
    assert_int_not_equal(answer, I2CTARGET_HOLD);
    if (answer == I2CTARGET_ACK && port->target->port->claim)
        assert_true(port->claimed);
    port->answers++;
    port->answered = true;
    if (port->owed == I2CTARGET_ADDRESSED && answer == I2CTARGET_ACK)
        port->taken_index = port->index;
    take_answer(port, port->owed, answer);
    note_promise(port);
    if (!current(port) || !port->in_message)
        port->has_promise = false;
}

static void port_lock(void *instance)
{
    struct scripted_port *port = port_of(instance);
    assert_false(port->locked); /* not nested */
    boundary(port);
    port->locked = true;
    port->answered = port->claimed = false;
}

static void port_unlock(void *instance)
{
    struct scripted_port *port = port_of(instance);
    assert_true(port->locked);
    if (port->request)
        port->told = *port->request;
    port->locked = false;
    boundary(port);
}

static int port_poll(void *instance)
{
    struct scripted_port *port = port_of(instance);
    assert_false(port->locked);
    boundary(port);
    return 0;
}

/* What wait() may do if nothing was raised since it last returned. */
static int wait_for_something(struct scripted_port *port, int64_t until_us)
{
    bool event = can_raise(port), fault = can_fault(port), end = until_us != I2CTARGET_FOREVER;
    unsigned options = (unsigned)(event || fault) + end + port->extras.signal + port->extras.early,
             pick;
    if (port->lost)
        return -I2CTARGET_EIO;
    if (options == 0)
        return -I2CTARGET_EDEADLK;
    pick = choose(port->choices, options);
    if ((event || fault) && pick-- == 0) {
        something_comes(port, false);
        return 0;
    }
    if (end && pick-- == 0) {
        port->now_us = until_us;
        return -I2CTARGET_ETIMEDOUT;
    }
    if (port->extras.signal && pick-- == 0) {
        port->extras.signal = false;
        port->has_promise = false; /* the call that made it is over */
        return -I2CTARGET_EINTR;
    }
    port->extras.early = false;
    return 0;
}

static int port_wait(void *instance, int64_t until_us)
{
    struct scripted_port *port = port_of(instance);
    int result = 0;
    assert_false(port->locked);
    port->waits++;
    if (port->in_message && port->owed == I2CTARGET_NO_EVENT) {
        note_promise(port);
        /* Nothing has happened since the core looked: the core waits because it can not go on. */
        if (is_applications(port) && !port->raised)
            assert_int_equal(port->promise.waiting, !port->promise.closed && !port->refusing);
    }
    boundary(port);
    if (!port->raised)
        result = wait_for_something(port, until_us);
    port->raised = false;
    if (result == 0)
        boundary(port);
    return result;
}

static int64_t port_now_us(void *instance)
{
    return port_of(instance)->now_us;
}

static void port_counters(void *instance, struct i2ctarget_counters *counters)
{
    counters->stretches = port_of(instance)->answers;
}

static void port_ahead(void *instance)
{
    struct scripted_port *port = port_of(instance);
    assert_true(port->locked);
    assert_false(port->answered); /* only if there is nothing to answer */
    port->aheads++;
    if (port->in_message)
        note_promise(port);
}

/* A fault that is still to come may be the reason why this answer comes too late. */
static bool port_claim(void *instance, bool ack)
{
    struct scripted_port *port = port_of(instance);
    if (port->owed == I2CTARGET_NO_EVENT)
        return true; /* from inside an event */
    assert_true(port->locked);
    assert_int_not_equal(port->owed, I2CTARGET_REQUESTED);
    port->claims++;
    if (port->extras.fault != I2CTARGET_OPEN && choose(port->choices, 2)) {
        port->crossed = port->extras.fault;
        port->extras.fault = I2CTARGET_OPEN;
    }
    port->claimed = port->crossed == I2CTARGET_OPEN;
    if (port->claimed)
        return true;
    if (port->owed == I2CTARGET_ADDRESSED && !ack) {
        /* Both sides have finished the message, so the port does not report the fault. */
        current(port)->ended = port->crossed;
        message_over(port);
    }
    return false;
}

#define OPS                                                                          \
    .capabilities = {.address_count_max = 128, .smbus = true}, .open = port_open,    \
    .close = port_close, .set_addresses = port_set_addresses, .answer = port_answer, \
    .lock = port_lock, .unlock = port_unlock, .poll = port_poll, .wait = port_wait,  \
    .now_us = port_now_us, .counters = port_counters

static const struct i2ctarget_port_ops asked_for_every_event = {OPS};
static const struct i2ctarget_port_ops handing_ahead = {OPS, .ahead = port_ahead,
                                                        .claim = port_claim};

struct i2ctarget_pin scripted_port_scl(struct scripted_port *port, bool hands_ahead)
{
    return (struct i2ctarget_pin){hands_ahead ? &handing_ahead : &asked_for_every_event,
                                  (uintptr_t)port, 0};
}

struct i2ctarget_pin scripted_port_sda(struct scripted_port *port, bool hands_ahead)
{
    return (struct i2ctarget_pin){hands_ahead ? &handing_ahead : &asked_for_every_event,
                                  (uintptr_t)port, 1};
}

void scripted_port_init(struct scripted_port *port, struct choices *choices,
                        struct scripted_message *messages, unsigned count)
{
    *port = (struct scripted_port){.choices = choices, .messages = messages, .count = count};
}
