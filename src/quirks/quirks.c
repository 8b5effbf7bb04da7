/* SPDX-License-Identifier: MIT */
/*
 * Stands between the public calls and the core.  The core gives whole messages; from these this file
 * makes the requests of another implementation.
 *
 *     application ── i2ctarget_next_request() ──► next_request() ── i2ctarget_core_next_request() ──►
 *     application ── i2ctarget_read(), … ──► core: not its request ──► call()
 *                                            core: its message     ◄── i2ctarget_read(), …
 *
 * A request of the application has the serial of the core's message with one bit changed, so the core
 * knows that it is none of its own.  Each new request takes a new serial for both: so earlier ones
 * are out of date while the message goes on.
 */
#include "i2ctarget/quirks.h"

#include "core/core.h"

enum { FIFO_BYTES = 16 }; /* RP2040 datasheet §4.3.3: IC_TX_BUFFER_DEPTH */

#define SERIAL_OF_QUIRK 0x80000000u

static void renew(struct i2ctarget *target)
{
    target->quirk->message.serial = ++target->serial;
}

static bool is_latest(const struct i2ctarget_request *request)
{
    return request->target->port && request->serial == (request->target->serial ^ SERIAL_OF_QUIRK);
}

/* ---- next_request ---------------------------------------------------------------------------- */

/*
 * A read message goes on while the controller wants more.  One with an interrupted write can not be
 * continued by another write, so it is over, too.
 */
static bool wants_bytes(struct i2ctarget *target)
{
    (void)target->port->poll(target->instance); /* if the port is lost, the message has ended */
    lock(target);
    bool is_alive = target->alive;
    unlock(target);
    return is_alive && target->operation != INTERRUPTED;
}

/* Returns 1: a byte is there.  0: the message is over.  Or a negative code of the wait. */
static int take_byte(struct i2ctarget_quirk *quirk, int64_t until_us)
{
    if (quirk->has_byte)
        return 1;
    quirk->until_us = until_us;
    int result = i2ctarget_read(&quirk->message, &quirk->byte, 1, true);
    quirk->has_byte = result == 1;
    return result;
}

/* Returns 1: the message has a request for the application.  0: look again, it was over. */
static int advance(struct i2ctarget *target, int64_t until_us)
{
    struct i2ctarget_quirk *quirk = target->quirk;
    int result = 1;
    if (!quirk->has_message)
        result = i2ctarget_core_next_request(target, &quirk->message, until_us);
    if (result != 1)
        return result;
    if (quirk->message.is_read)
        result = wants_bytes(target);
    else
        result = take_byte(quirk, until_us);
    quirk->has_message = result != 0;
    return result;
}

static int next_request(struct i2ctarget *target, struct i2ctarget_request *request,
                        int64_t until_us)
{
    int result;
    renew(target);
    do
        result = advance(target, until_us);
    while (result == 0);
    if (result != 1)
        return result;
    renew(target);
    *request = target->quirk->message;
    request->serial ^= SERIAL_OF_QUIRK;
    request->end = I2CTARGET_OPEN;
    request->moved = 0;
    return 1;
}

/*
 * A message that is written may turn out to have no byte: that is not known before its address is
 * acknowledged.
 */
static bool has_request(const struct i2ctarget *target)
{
    return target->quirk->has_byte || target->phase >= ADDRESS_OWED;
}

/* ---- the calls of a request ------------------------------------------------------------------ */

static int read_bytes(struct i2ctarget_request *request, uint8_t *buffer)
{
    struct i2ctarget_quirk *quirk = request->target->quirk;
    if (!quirk->has_byte)
        return 0;
    buffer[0] = quirk->byte;
    quirk->has_byte = false;
    request->moved = 1;
    return 1;
}

/* The FIFO is full, or it has them all.  What became of them nobody learns. */
static int write_bytes(struct i2ctarget_request *request, const uint8_t *buffer, size_t n)
{
    struct i2ctarget_quirk *quirk = request->target->quirk;
    size_t taken = n < FIFO_BYTES ? n : FIFO_BYTES;
    quirk->until_us = I2CTARGET_FOREVER;
    int result = i2ctarget_write(&quirk->message, buffer, taken);
    if (result < 0)
        return result;
    request->end = quirk->message.end;
    request->moved += (uint32_t)result;
    return (int)taken;
}

static int move(struct i2ctarget_request *request, bool is_read, uint8_t *buffer, size_t n)
{
    if (request->is_read == is_read)
        return -I2CTARGET_EACCES;
    if (n == 0)
        return 0;
    if (!buffer || n > INT32_MAX)
        return -I2CTARGET_EINVAL;
    return is_read ? read_bytes(request, buffer) : write_bytes(request, buffer, n);
}

static int close_request(struct i2ctarget_request *request)
{
    if (request->end == I2CTARGET_OPEN)
        request->end = I2CTARGET_CLOSED;
    renew(request->target);
    return 0;
}

static int call_request(struct i2ctarget_request *request, enum call call, uint8_t *buffer,
                        size_t n)
{
    if (!is_latest(request))
        return call == CALL_CLOSE ? 0 : -I2CTARGET_EBADF;
    switch (call) {
    case CALL_READ:
    case CALL_WRITE:
        return move(request, call == CALL_READ, buffer, n);
    case CALL_ACK:
        return request->is_read ? -I2CTARGET_EACCES : 0;
    default:
        return close_request(request);
    }
}

static const struct i2ctarget_quirk_ops circuitpython_rp2040 = {
    .next_request = next_request,
    .has_request = has_request,
    .call = call_request,
};

/* ---- names ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const struct i2ctarget_quirk_ops *ops;
} quirks[] = {
    {"circuitpython-rp2040", &circuitpython_rp2040},
};
enum { QUIRKS = sizeof quirks / sizeof *quirks };

static bool is_equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

int i2ctarget_use_quirk(struct i2ctarget *target, struct i2ctarget_quirk *quirk, const char *name)
{
    if (!target || !quirk || !name)
        return -I2CTARGET_EINVAL;
    for (unsigned i = 0; i < QUIRKS; i++) {
        if (is_equal(name, quirks[i].name)) {
            *quirk = (struct i2ctarget_quirk){.ops = quirks[i].ops};
            target->quirk = quirk;
            return 0;
        }
    }
    return -I2CTARGET_EINVAL;
}

const char *i2ctarget_get_quirk_name(unsigned index)
{
    return index < QUIRKS ? quirks[index].name : NULL;
}
