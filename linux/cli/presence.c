/* SPDX-License-Identifier: MIT */
#include "cli/presence.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "link/link.h"

enum { PATIENCE_US = 10 * 1000 * 1000, PAUSE_US = 5000 };

bool presence_add(const char *word, struct presence *presence, const char *text)
{
    char *end;
    unsigned long address = strtoul(text, &end, 0);
    if (*text < '0' || *text > '9' || *end != '\0' || address > I2CTARGET_ADDRESS_MAX) {
        cli_misuse(word, "'%s' is no address: 0x00..0x7f", text);
        return false;
    }
    i2ctarget_address_set_add(&presence->addresses, (uint16_t)address);
    return true;
}

/* The lowest address without a target; -1: none is missing; other negative values: -errno - 1. */
static int first_missing(struct link *link, const struct presence *presence)
{
    uint8_t request[PROTOCOL_REQUEST_BYTES] = {0};
    struct link_frame frame = {0};
    put_u32(request + 8, PROTOCOL_OP_PRESENT);
    int result = i2ctarget_link_send(link, PROTOCOL_REQUEST, request, sizeof request, NULL, 0);
    if (result == 0)
        result = i2ctarget_link_receive(link, &frame, i2ctarget_link_now_us() + LINK_PATIENCE_US);
    if (result != 1)
        return result - 1;
    if (frame.type != PROTOCOL_REPLY ||
        frame.length != PROTOCOL_REPLY_BYTES + PROTOCOL_ADDRESS_SET_BYTES)
        return -EPROTO - 1;
    struct i2ctarget_address_set here = get_address_set(frame.payload + PROTOCOL_REPLY_BYTES);
    for (uint16_t address = 0; address <= I2CTARGET_ADDRESS_MAX; address++) {
        if (i2ctarget_address_set_has(&presence->addresses, address) &&
            !i2ctarget_address_set_has(&here, address))
            return address;
    }
    return -1;
}

static bool await(const char *word, struct link *link, const struct presence *presence)
{
    int64_t until_us = i2ctarget_link_now_us() + PATIENCE_US;
    for (;;) {
        int missing = first_missing(link, presence);
        if (missing == -1)
            return true;
        if (missing == -ETIMEDOUT - 1) {
            char text[256];
            cli_error(word, "%s", i2ctarget_link_explain(link, -ETIMEDOUT, text, sizeof text));
            return false;
        }
        if (missing < -1) {
            cli_error(word, "bus %u has ended", link->bus);
            return false;
        }
        if (i2ctarget_link_now_us() > until_us) {
            cli_error(word, "no target listens to address 0x%02x of bus %u", (unsigned)missing,
                      link->bus);
            return false;
        }
        usleep(PAUSE_US);
    }
}

bool presence_await(const char *word, unsigned bus, const struct presence *presence)
{
    struct link link;
    char text[256];
    if (i2ctarget_address_set_is_empty(&presence->addresses))
        return true;
    int result = i2ctarget_link_open(&link, bus, PROTOCOL_CONTROLLER, "i2ctarget exec");
    if (result < 0) {
        cli_error(word, "%s", i2ctarget_link_explain(&link, result, text, sizeof text));
        return false;
    }
    bool are_here = await(word, &link, presence);
    i2ctarget_link_close(&link);
    return are_here;
}
