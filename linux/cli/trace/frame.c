/* SPDX-License-Identifier: MIT */
/*
 * A trace has the wires and nothing else.  So it is unknown why a byte was refused, whether a target
 * or the controller held SCL, and when the trace was made: its time begins with 0.
 */
#include "cli/trace/frame.h"

#include <stdlib.h>
#include <string.h>

#include "link/protocol.h"

/* The message that begins with the symbol `first`, and where the next one begins. */
struct part {
    const struct symbol *first, *end;
    uint64_t until_ns; /* its last moment */
    size_t sample;     /* the first one that is not of an earlier message */
};

static bool begins_message(const struct symbol *symbol)
{
    return symbol->kind == SYMBOL_START || symbol->kind == SYMBOL_RESTART;
}

/* False: there is no message left. */
static bool next_part(const struct waveform *waveform, struct part *part)
{
    const struct symbol *limit = waveform->symbols + waveform->symbol_count;
    part->first = part->end ? part->end : waveform->symbols;
    if (part->first == limit)
        return false;
    part->end = part->first + 1;
    while (part->end < limit && !begins_message(part->end))
        part->end++;
    part->until_ns = part->end < limit ? part->end->begin_ns : UINT64_MAX;
    return true;
}

static uint64_t held_ns(const struct waveform *waveform, struct part *part, uint64_t low_ns)
{
    uint64_t sum = 0;
    while (part->sample < waveform->sample_count &&
           waveform->samples[part->sample].ns < part->until_ns)
        sum += waveform_held_ns(waveform, part->sample++, low_ns);
    return sum;
}

static uint32_t count_of(const struct part *part, enum symbol_kind kind)
{
    uint32_t count = 0;
    for (const struct symbol *symbol = part->first; symbol < part->end; symbol++)
        count += symbol->kind == kind;
    return count;
}

static void put_address(uint8_t *at, const struct symbol *symbol)
{
    at[0] = (uint8_t)(symbol->bits >> 1);
    at[1] |= (uint8_t)(PROTOCOL_MESSAGE_CALLED | (symbol->bits & 1 ? PROTOCOL_MESSAGE_READ : 0) |
                       (symbol->ack ? PROTOCOL_MESSAGE_ADDRESS_ACK : 0));
}

static void put_symbol(uint8_t *at, uint8_t *bytes, uint8_t *acks, uint32_t *moved,
                       const struct symbol *symbol)
{
    switch (symbol->kind) {
    case SYMBOL_RESTART:
        at[1] |= PROTOCOL_MESSAGE_RESTART;
        break;
    case SYMBOL_ADDRESS:
        put_address(at, symbol);
        break;
    case SYMBOL_DATA:
        bytes[*moved] = (uint8_t)symbol->bits;
        acks[*moved / 8] |= (uint8_t)(symbol->ack << *moved % 8);
        ++*moved;
        break;
    case SYMBOL_CUT:
        at[3] = symbol->bit_count;
        put_u16(at + 12, symbol->bits);
        break;
    case SYMBOL_STOP:
        at[1] |= PROTOCOL_MESSAGE_STOP;
        break;
    case SYMBOL_START:
    case SYMBOL_FREEING:
        break;
    }
}

static uint32_t put_message(uint8_t *at, const struct part *part, uint64_t stretch_ns)
{
    uint32_t moved = count_of(part, SYMBOL_DATA), freeing = count_of(part, SYMBOL_FREEING), n = 0;
    uint8_t *bytes = at + PROTOCOL_MESSAGE_BYTES;
    memset(at, 0, (size_t)protocol_message_bytes(moved));
    for (const struct symbol *symbol = part->first; symbol < part->end; symbol++)
        put_symbol(at, bytes, bytes + moved, &n, symbol);
    put_u32(at + 4, moved);
    put_u32(at + 8, (uint32_t)(stretch_ns / 1000));
    at[14] = (uint8_t)freeing;
    return freeing;
}

static bool make_room(struct trace_frame *frame, size_t bytes)
{
    if (frame->room >= bytes)
        return true;
    uint8_t *payload = realloc(frame->payload, bytes);
    if (!payload)
        return false;
    frame->payload = payload;
    frame->room = bytes;
    return true;
}

static void put_head(uint8_t *at, const struct waveform *waveform, uint32_t messages,
                     uint32_t freeing)
{
    uint64_t began_ns = waveform->symbols[0].begin_ns;
    memset(at, 0, PROTOCOL_TRANSFER_BYTES);
    put_u64(at, waveform->number);
    put_u64(at + 8, began_ns);
    put_u64(at + 16, began_ns);
    put_u64(at + 24, waveform->symbols[waveform->symbol_count - 1].end_ns - began_ns);
    put_u32(at + 36, messages);
    put_u32(at + 40, freeing);
}

bool trace_frame_make(struct trace_frame *frame, const struct waveform *waveform)
{
    /* No symbol needs more than a message without bytes. */
    size_t bytes = PROTOCOL_TRANSFER_BYTES + waveform->symbol_count * (PROTOCOL_MESSAGE_BYTES + 2);
    uint64_t low_ns = waveform_low_ns(waveform);
    uint32_t messages = 0, freeing = 0;
    struct part part = {0};
    if (!make_room(frame, bytes))
        return false;
    uint8_t *at = frame->payload + PROTOCOL_TRANSFER_BYTES;
    while (next_part(waveform, &part)) {
        freeing += put_message(at, &part, held_ns(waveform, &part, low_ns));
        at += protocol_message_bytes(count_of(&part, SYMBOL_DATA));
        messages++;
    }
    put_head(frame->payload, waveform, messages, freeing);
    frame->length = (size_t)(at - frame->payload);
    return true;
}

void trace_frame_free(struct trace_frame *frame)
{
    free(frame->payload);
}
