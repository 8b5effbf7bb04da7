/* SPDX-License-Identifier: MIT */
#include "common/message.h"

#include <string.h>

enum { CHUNK_MAX_BYTES = 1 << 20 };

/* ---- life ------------------------------------------------------------------------------------ */

void i2ctarget_message_init(struct message *message)
{
    *message = (struct message){0};
    message->transit.bytes = message->transit.small;
    message->transit.room = sizeof message->transit.small;
}

static bool is_on_heap(const struct transit *transit)
{
    return transit->bytes != transit->small;
}

void *i2ctarget_message_heap(const struct message *message)
{
    return is_on_heap(&message->transit) ? message->transit.bytes : NULL;
}

/* The bytes in transit will not be asked for any more. */
static void forget_transit(struct message *message)
{
    message->transit.count = message->transit.interrupted_n = 0;
}

void i2ctarget_message_close(struct message *message)
{
    i2ctarget_close(&message->request);
    forget_transit(message);
}

void i2ctarget_message_end(struct message *message)
{
    if (message->request.end == I2CTARGET_OPEN)
        message->request.end = I2CTARGET_CLOSED;
    forget_transit(message);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* On a test bus a wait that would never end leaves its call as a signal does. */
static bool is_interrupted(int result)
{
    return result == -I2CTARGET_EINTR || result == -I2CTARGET_EDEADLK;
}

/* The next read() or write() must repeat a call that was interrupted. */
static int move(struct message *message, bool is_read, size_t n, bool ack)
{
    struct transit *transit = &message->transit;
    transit->interrupted_n = n;
    transit->interrupted_ack = ack;
    int result = i2ctarget_binding_move(message, is_read, transit->bytes + transit->count, n, ack);
    if (!is_interrupted(result))
        transit->interrupted_n = 0;
    return result;
}

/* Makes room for n more bytes. */
static bool reserve(struct transit *transit, size_t n)
{
    if (n <= transit->room - transit->count)
        return true;
    void *old = is_on_heap(transit) ? transit->bytes : NULL;
    uint8_t *grown = i2ctarget_binding_resize(old, old ? transit->room : 0, transit->count + n);
    if (!grown)
        return false;
    if (!old)
        memcpy(grown, transit->small, transit->count);
    transit->bytes = grown;
    transit->room = transit->count + n;
    return true;
}

/* Reads n more bytes into transit.  Returns how many were read, or a negative code. */
static int gather(struct message *message, size_t n, bool ack)
{
    if (!reserve(&message->transit, n))
        return -I2CTARGET_ENOMEM;
    int result = move(message, true, n, ack);
    if (result > 0)
        message->transit.count += (size_t)result;
    return result;
}

static int gather_all(struct message *message)
{
    size_t n = i2ctarget_binding_chunk_bytes;
    int result;
    while ((result = gather(message, n, true)) == (int)n)
        n = n < CHUNK_MAX_BYTES ? 4 * n : n;
    return result;
}

int i2ctarget_message_read(struct message *message, ptrdiff_t n, bool ack)
{
    struct transit *transit = &message->transit;
    int result = i2ctarget_read(&message->request, NULL, 0, ack); /* may it be read? */
    if (result == 0 && n != 0 && transit->interrupted_n > 0)
        result = gather(message, transit->interrupted_n, transit->interrupted_ack);
    if (result < 0)
        return result;
    if (n < 0)
        return gather_all(message);
    if ((size_t)n > transit->count)
        return gather(message, (size_t)n - transit->count, ack);
    return 0;
}

size_t i2ctarget_message_ready(const struct message *message, ptrdiff_t n)
{
    size_t count = message->transit.count;
    return n < 0 || (size_t)n > count ? count : (size_t)n;
}

void i2ctarget_message_taken(struct message *message, size_t count)
{
    struct transit *transit = &message->transit;
    transit->count -= count;
    memmove(transit->bytes, transit->bytes + count, transit->count);
}

int i2ctarget_message_write(struct message *message, const void *buffer, size_t n)
{
    if (n > INT32_MAX)
        return -I2CTARGET_EINVAL;
    struct transit *transit = &message->transit;
    int result = i2ctarget_write(&message->request, NULL, 0); /* may it be written? */
    if (result == 0 && n != 0 && transit->interrupted_n > 0)
        result = move(message, false, transit->interrupted_n, true);
    if (result < 0 || n == 0)
        return result;
    if (!reserve(transit, n))
        return -I2CTARGET_ENOMEM;
    memcpy(transit->bytes, buffer, n);
    return move(message, false, n, true);
}
