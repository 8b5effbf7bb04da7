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
        .recovery_clocks = get_u32(payload + 40),
        .missed = get_u32(payload + 44),
        .timeout_ms = get_u32(payload + 48),
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
        .cut_bits = at[3],
        .cut = get_u16(at + 12),
        .recovery_clocks = at[14],
        .bytes = at + PROTOCOL_MESSAGE_BYTES,
    };
    uint64_t bytes = protocol_message_bytes(message->moved);
    if (transfer->left < bytes || message->cut_bits >= TRANSFER_CUT_CHARS)
        return false;
    message->acks = message->bytes + message->moved;
    transfer->next += bytes;
    transfer->left -= (size_t)bytes;
    return true;
}

enum transfer_ninth transfer_ninth(const struct transfer_message *message, uint32_t byte)
{
    if (message->flags & PROTOCOL_MESSAGE_NO_NINTH)
        return TRANSFER_NO_NINTH;
    return message->acks[byte / 8] >> byte % 8 & 1 ? TRANSFER_ACK : TRANSFER_NACK;
}

bool transfer_has_cut_address(const struct transfer_message *message)
{
    return !(message->flags & (PROTOCOL_MESSAGE_NO_ADDRESS | PROTOCOL_MESSAGE_CALLED));
}

void transfer_write_cut(const struct transfer_message *message, char text[TRANSFER_CUT_CHARS])
{
    for (unsigned bit = message->cut_bits; bit-- > 0;)
        *text++ = message->cut >> bit & 1 ? '1' : '0';
    *text = '\0';
}
