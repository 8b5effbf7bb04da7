/* SPDX-License-Identifier: MIT */
/*
 * For ports that send answers before their events.  It is a file of its own, so that other ports do
 * not contain it.
 */
#include "core/core.h"
#include "i2ctarget/device.h"

void i2ctarget_get_commitment(const struct i2ctarget *target,
                              struct i2ctarget_commitment *commitment)
{
    size_t left = target->size - target->done;
    *commitment = (struct i2ctarget_commitment){
        .moved = target->moved + target->given,
        .then = I2CTARGET_HOLD,
        .closed = target->closed,
        .by_device = target->answerer != NULL,
    };
    if (target->closed || target->phase == REFUSED)
        commitment->then = target->is_read ? I2CTARGET_RELEASE : I2CTARGET_NACK;
    if (!target->alive || (target->operation != READING && target->operation != WRITING))
        return;
    commitment->waiting = !is_operation_over(target);
    if (target->operation == WRITING) {
        commitment->bytes = target->buffer + target->done;
        commitment->count = (uint32_t)left;
    } else if (left > 0) {
        commitment->acks = (uint32_t)left - !target->ack_last;
    }
}

/* The device of the message, if bytes move in this direction and it can say what is next. */
static const struct i2ctarget_foresight *foresight_of(const struct i2ctarget *target, bool is_read)
{
    bool flows = target->answerer && target->phase == FLOWING && target->is_read == is_read;
    return flows ? target->answerer->ops->foresight : NULL;
}

bool i2ctarget_device_accepts(const struct i2ctarget *target, const uint8_t bytes[], size_t count)
{
    const struct i2ctarget_foresight *foresight = foresight_of(target, false);
    return foresight && foresight->accepts && foresight->accepts(target->answerer, bytes, count);
}

size_t i2ctarget_device_peek(const struct i2ctarget *target, uint8_t bytes[], size_t size)
{
    const struct i2ctarget_foresight *foresight = foresight_of(target, true);
    return foresight && foresight->peek ? foresight->peek(target->answerer, bytes, size) : 0;
}
