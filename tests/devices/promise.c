/* SPDX-License-Identifier: MIT */
#include "devices/promise.h"

#include "devices/stage.h"

/* How many of the bytes it accepts, by its own word, if that many come.  It may accept more. */
static size_t count_accepted(struct i2ctarget_device *device, const uint8_t bytes[], size_t count)
{
    const struct i2ctarget_foresight *foresight = device->ops->foresight;
    if (!foresight || !foresight->accepts)
        return 0;
    while (count > 0 && !foresight->accepts(device, bytes, count))
        count--;
    return count;
}

void promise_write(struct promise *promise, struct i2ctarget_device *device, const uint8_t bytes[],
                   size_t count)
{
    size_t accepted = count_accepted(device, bytes, count);
    if (accepted > promise->accepted)
        promise->accepted = accepted;
}

void promise_acknowledged(struct promise *promise, bool ack)
{
    assert_true(ack || promise->accepted == 0);
    if (promise->accepted > 0)
        promise->accepted--;
}

void promise_read(struct promise *promise, struct i2ctarget_device *device)
{
    const struct i2ctarget_foresight *foresight = device->ops->foresight;
    if (promise->given < promise->seen_count || !foresight || !foresight->peek)
        return;
    promise->given = 0;
    promise->seen_count = foresight->peek(device, promise->seen, PROMISE_BYTES);
    assert_in_range(promise->seen_count, 0, PROMISE_BYTES);
}

void promise_given(struct promise *promise, int answer)
{
    if (promise->given < promise->seen_count)
        assert_int_equal(answer, promise->seen[promise->given++]);
}
