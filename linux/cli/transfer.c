/* SPDX-License-Identifier: MIT */
#include "cli/transfer.h"

bool transfer_begin(struct transfer *transfer, const uint8_t *payload, size_t length)
{
    if (length < PROTOCOL_TRANSFER_BYTES)
        return false;
    *transfer = (struct transfer){
        .number = get_u64(payload),
        .wall_ns = get_u64(payload + 8),
        .virtual_ns = get_u64(payload + 16),
        .duration_ns = get_u64(payload + 24),
        .result = (int32_t)get_u32(payload + 32),
        .message_count = get_u32(payload + 36),
        .recovery_clocks = get_u32(payload + 40),
        .missed = get_u32(payload + 44),
        .next = payload + PROTOCOL_TRANSFER_BYTES,
        .left = length - PROTOCOL_TRANSFER_BYTES,
    };
    return true;
}

bool transfer_next(struct transfer *transfer, struct transfer_message *message)
{
    const uint8_t *at = transfer->next;
    if (transfer->left < PROTOCOL_MESSAGE_BYTES)
        return false;
    *message = (struct transfer_message){
        .address = at[0],
        .flags = at[1],
        .reason = at[2],
        .moved = get_u32(at + 4),
        .stretch_us = get_u32(at + 8),
        .bytes = at + PROTOCOL_MESSAGE_BYTES,
    };
    if (transfer->left - PROTOCOL_MESSAGE_BYTES < message->moved)
        return false;
    transfer->next += PROTOCOL_MESSAGE_BYTES + message->moved;
    transfer->left -= PROTOCOL_MESSAGE_BYTES + message->moved;
    return true;
}
