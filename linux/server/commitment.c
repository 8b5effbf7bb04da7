/* SPDX-License-Identifier: MIT */
#include "server/commitment.h"

#include <stdlib.h>

void commitment_begin(struct commitment *commitment, uint32_t serial, bool is_read)
{
    uint8_t *bytes = commitment->bytes;
    size_t capacity = commitment->capacity;
    *commitment = (struct commitment){.serial = serial,
                                      .is_open = true,
                                      .is_read = is_read,
                                      .bytes = bytes,
                                      .capacity = capacity};
}

static bool keep_bytes(struct commitment *commitment, const uint8_t *bytes, uint32_t count)
{
    if (count > commitment->capacity) {
        uint8_t *grown = realloc(commitment->bytes, count);
        if (!grown)
            return false;
        commitment->bytes = grown;
        commitment->capacity = count;
    }
    if (count > 0)
        memcpy(commitment->bytes, bytes, count);
    return true;
}

/* Is the frame complete, and are its fields valid? */
static bool is_sound(const uint8_t *payload, size_t length)
{
    if (length < PROTOCOL_COMMIT_BYTES)
        return false;
    size_t given = length - PROTOCOL_COMMIT_BYTES;
    return payload[4] <= PROTOCOL_ADDRESS_NACK && payload[5] <= PROTOCOL_THEN_REFUSE &&
           payload[6] < PROTOCOL_REASON_COUNT && payload[7] <= 1 &&
           (given == 0 || given == get_u32(payload + 12));
}

enum commitment_news commitment_take(struct commitment *commitment, const uint8_t *payload,
                                     size_t length)
{
    if (!is_sound(payload, length))
        return COMMITMENT_BROKEN;
    if (get_u32(payload) != commitment->serial)
        return COMMITMENT_STALE;
    uint32_t position = get_u32(payload + 8);
    uint32_t count = get_u32(payload + 12);
    size_t given = length - PROTOCOL_COMMIT_BYTES;
    /*
     * If there were a gap between the answered bytes and the committed ones, the bytes in the gap
     * would never get an answer.
     */
    if (given != (commitment->is_read ? count : 0) ||
        (commitment->is_open && position > commitment->answered))
        return COMMITMENT_BROKEN;
    if (commitment->is_read && !keep_bytes(commitment, payload + PROTOCOL_COMMIT_BYTES, count))
        return COMMITMENT_BROKEN;
    commitment->address = payload[4];
    commitment->then = payload[5];
    commitment->reason = payload[6];
    commitment->waiting = payload[7];
    commitment->position = position;
    commitment->count = count;
    return COMMITMENT_TAKEN;
}

void commitment_answered(struct commitment *commitment, enum i2ctarget_event_kind kind, bool ack)
{
    commitment->then = PROTOCOL_THEN_HOLD;
    commitment->position = commitment->answered;
    commitment->count = 0;
    if (kind == I2CTARGET_ADDRESSED)
        commitment->address = ack ? PROTOCOL_ADDRESS_ACK : PROTOCOL_ADDRESS_NACK;
    else if (ack)
        commitment->count = 1;
    else
        commitment->then = PROTOCOL_THEN_REFUSE;
}

void commitment_gone_through(struct commitment *commitment, uint32_t count)
{
    commitment_answered(commitment, I2CTARGET_ADDRESSED, true);
    commitment->count = count;
    commitment->waiting = false;
}

static int answer_address(const struct commitment *commitment)
{
    switch (commitment->address) {
    case PROTOCOL_ADDRESS_ACK:
        return I2CTARGET_ACK;
    case PROTOCOL_ADDRESS_NACK:
        return I2CTARGET_NACK;
    default:
        return I2CTARGET_HOLD;
    }
}

static int answer_byte(const struct commitment *commitment)
{
    uint32_t index = commitment->answered - commitment->position;
    if (index < commitment->count)
        return commitment->is_read ? commitment->bytes[index] : I2CTARGET_ACK;
    if (commitment->then == PROTOCOL_THEN_HOLD)
        return I2CTARGET_HOLD;
    return commitment->is_read ? I2CTARGET_RELEASE : I2CTARGET_NACK;
}

int commitment_answer(struct commitment *commitment, enum i2ctarget_event_kind kind)
{
    if (kind == I2CTARGET_ADDRESSED)
        return answer_address(commitment);
    int answer = answer_byte(commitment);
    if (answer != I2CTARGET_HOLD)
        commitment->answered++;
    return answer;
}

void commitment_free(struct commitment *commitment)
{
    free(commitment->bytes);
    *commitment = (struct commitment){0};
}
