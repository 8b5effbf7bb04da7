/* SPDX-License-Identifier: MIT */
#include "server/fault_requests.h"

#include <errno.h>
#include <string.h>

_Static_assert(PROTOCOL_FAULT_TEXT_BYTES == I2CTARGET_FAULT_TEXT_MAX, "every text fits");

static void reply(struct peer *peer, int result, const void *bytes, size_t size)
{
    uint8_t head[PROTOCOL_REPLY_BYTES] = {0};
    put_u32(head, (uint32_t)result);
    peer_send(peer, PROTOCOL_REPLY, head, sizeof head, bytes, size);
}

/* No text that is longer than this can be a fault, whatever blanks it has. */
static void add(struct bus *bus, struct peer *peer, const uint8_t *bytes, size_t size)
{
    char text[1024], why[I2CTARGET_FAULT_WHY_MAX] = "the text is too long";
    struct i2ctarget_fault fault;
    uint32_t number = 0;
    if (size < sizeof text) {
        memcpy(text, bytes, size);
        text[size] = '\0';
        if (i2ctarget_fault_parse(text, &fault, why))
            number = bus_add_fault(bus, &fault, why);
    }
    if (number)
        reply(peer, (int)number, NULL, 0);
    else
        reply(peer, -EINVAL, why, strlen(why));
}

static void list(const struct bus *bus, struct peer *peer)
{
    uint8_t bytes[I2CTARGET_FAULTS_MAX * PROTOCOL_FAULT_BYTES] = {0};
    size_t size = 0;
    const struct i2ctarget_fault_count *count = i2ctarget_faults_next(&bus->faults, 0);
    for (; count; count = i2ctarget_faults_next(&bus->faults, count->number)) {
        put_u32(bytes + size, count->number);
        put_u32(bytes + size + 4, count->chances);
        put_u32(bytes + size + 8, count->hits);
        i2ctarget_fault_print(&count->fault, (char *)bytes + size + 12);
        size += PROTOCOL_FAULT_BYTES;
    }
    reply(peer, 0, bytes, size);
}

bool fault_requests_serve(struct bus *bus, struct peer *peer, const uint8_t *payload, size_t length)
{
    uint32_t op = get_u32(payload + 8), value = get_u32(payload + 12);
    bool is_bare = length == PROTOCOL_REQUEST_BYTES;
    if (op == PROTOCOL_OP_ADD_FAULT)
        add(bus, peer, payload + PROTOCOL_REQUEST_BYTES, length - PROTOCOL_REQUEST_BYTES);
    else if (op == PROTOCOL_OP_CLEAR_FAULT && is_bare)
        reply(peer, bus_remove_fault(bus, value) ? 0 : -ENOENT, NULL, 0);
    else if (op == PROTOCOL_OP_FAULTS && is_bare)
        list(bus, peer);
    else
        return false;
    return true;
}
