/* SPDX-License-Identifier: MIT */
#include "support/wire_text.h"

#include <stdlib.h>

struct writer {
    char *text;
    size_t length;
};

static void put(struct writer *writer, char what)
{
    if (writer->length + 1 == WIRE_TEXT_MAX)
        abort();
    writer->text[writer->length++] = what;
    writer->text[writer->length] = '\0';
}

static void put_bits(struct writer *writer, unsigned value, unsigned count)
{
    while (count-- > 0)
        put(writer, value >> count & 1 ? '1' : '0');
}

/* ---- the edges ------------------------------------------------------------------------------- */

/*
 * A clock is a rise and a fall of SCL without a change of SDA between them.  Its value is SDA at
 * the rise.
 */
void wire_text_of_edges(char text[WIRE_TEXT_MAX], const struct edge_log *log)
{
    struct writer writer = {.text = text};
    bool is_in_transfer = false, has_risen = false, bit = true;
    text[0] = '\0';
    for (unsigned i = 1; i < log->count; i++) {
        const struct edge *before = &log->edges[i - 1], *now = &log->edges[i];
        if (before->scl && now->scl && before->sda != now->sda) {
            if (now->sda ? is_in_transfer : true)
                put(&writer, now->sda ? 'P' : 'S');
            is_in_transfer = !now->sda;
            has_risen = false;
        } else if (!before->scl && now->scl) {
            has_risen = true;
            bit = now->sda;
        } else if (before->scl && !now->scl && has_risen && is_in_transfer) {
            put(&writer, bit ? '1' : '0');
        }
    }
}

/* ---- the messages ---------------------------------------------------------------------------- */

static void put_address(struct writer *writer, const struct controller_message *message)
{
    bool read =
        !(message->flags & CONTROLLER_READ) != !(message->flags & CONTROLLER_REVERSE_DIRECTION);
    put(writer, 'S');
    if (!message->called)
        return;
    put_bits(writer, message->address, 7);
    put(writer, read ? '1' : '0');
    put(writer, message->addressed ? '0' : '1');
}

static void put_message(struct writer *writer, const struct controller_message *message)
{
    bool has_ninth =
        !(message->flags & CONTROLLER_READ) || !(message->flags & CONTROLLER_NO_READ_ACK);
    if (!(message->flags & CONTROLLER_NO_START))
        put_address(writer, message);
    for (uint32_t i = 0; i < message->moved; i++) {
        put_bits(writer, message->buffer[i], 8);
        if (has_ninth)
            put(writer, message->acks[i / 8] >> i % 8 & 1 ? '0' : '1');
    }
    put_bits(writer, message->cut, message->cut_bits);
    put_bits(writer, 0, message->recovery_clocks);
    if (message->stopped)
        put(writer, 'P');
}

void wire_text_of_messages(char text[WIRE_TEXT_MAX], const struct controller_message *messages,
                           size_t count)
{
    struct writer writer = {.text = text};
    text[0] = '\0';
    for (size_t i = 0; i < count && messages[i].started; i++)
        put_message(&writer, &messages[i]);
}
