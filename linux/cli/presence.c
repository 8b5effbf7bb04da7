/* SPDX-License-Identifier: MIT */
#include "cli/presence.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/address.h"
#include "cli/cli.h"
#include "cli/devices/numbers.h"
#include "cli/peers.h"
#include "cli/question.h"
#include "link/link.h"

enum { TIME_DEFAULT_MS = 10000, TIME_MAX_MS = 3600000, PAUSE_US = 5000 };

bool presence_add(const char *word, struct presence *presence, const char *text)
{
    uint16_t address;
    if (!address_take(word, "--wait", text, 0, I2CTARGET_ADDRESS_MAX, &address))
        return false;
    i2ctarget_address_set_add(&presence->addresses, address);
    return true;
}

bool presence_set_time(const char *word, struct presence *presence, const char *text)
{
    long ms;
    if (!numbers_decimal(text, 1000, 0, TIME_MAX_MS, &ms)) {
        cli_misuse(word, "--wait-time %s: 0 to %d seconds", text, TIME_MAX_MS / 1000);
        return false;
    }
    presence->time_ms = ms;
    presence->has_time = true;
    return true;
}

/* ---- words ----------------------------------------------------------------------------------- */

enum { SET_TEXT_SIZE = 1 + sizeof ", 0x7f" * (I2CTARGET_ADDRESS_MAX + 1) };

static const char *name_addresses(const struct i2ctarget_address_set *addresses, const char *none,
                                  char text[SET_TEXT_SIZE])
{
    size_t length = 0;
    for (uint16_t address = 0; address <= I2CTARGET_ADDRESS_MAX; address++) {
        if (i2ctarget_address_set_has(addresses, address))
            length += (size_t)snprintf(text + length, SET_TEXT_SIZE - length, "%s0x%02x",
                                       length ? ", " : "", address);
    }
    return length ? text : none;
}

/* "0x40, 0x41 (registers); 0x48 (i2ctarget)" */
static void write_targets(FILE *out, const struct peers *peers)
{
    char addresses[SET_TEXT_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < peers->count; i++) {
        const struct peer *peer = &peers->list[i];
        if (peer->role != PROTOCOL_TARGET)
            continue;
        fprintf(out, "%s%s (%s)", count++ ? "; " : "",
                name_addresses(&peer->addresses, "no address", addresses), peer->name);
    }
    if (count == 0)
        fputs("none", out);
}

/* Who is on the bus; free() it.  NULL: that could not be found out. */
static char *name_targets(const char *word, unsigned bus)
{
    char *text = NULL;
    size_t size;
    struct peers peers;
    if (!peers_fetch(word, &peers, NULL, bus))
        return NULL;
    FILE *out = open_memstream(&text, &size);
    if (out) {
        write_targets(out, &peers);
        fclose(out);
    }
    peers_free(&peers);
    return text;
}

static double waited_s(const struct presence *presence)
{
    return (double)presence->time_ms / 1000;
}

static bool complain_of_missing(const char *word, unsigned bus, const struct presence *presence,
                                const struct i2ctarget_address_set *here)
{
    char wanted[SET_TEXT_SIZE];
    struct i2ctarget_address_set missing = {{0}};
    for (uint16_t address = 0; address <= I2CTARGET_ADDRESS_MAX; address++) {
        if (i2ctarget_address_set_has(&presence->addresses, address) &&
            !i2ctarget_address_set_has(here, address))
            i2ctarget_address_set_add(&missing, address);
    }
    char *there = name_targets(word, bus);
    cli_error(word, "no target at %s on bus %u, after %g s; there: %s",
              name_addresses(&missing, "", wanted), bus, waited_s(presence), there ? there : "?");
    free(there);
    return false;
}

static bool complain_of_bus(const char *word, const struct link *link, int error,
                            const struct presence *presence)
{
    char text[256], wanted[SET_TEXT_SIZE];
    i2ctarget_link_explain(link, error, text, sizeof text);
    if (error == -ENOENT)
        cli_error(word, "%s; waited %g s for %s", text, waited_s(presence),
                  name_addresses(&presence->addresses, "", wanted));
    else
        cli_error(word, "%s", text);
    return false;
}

/* ---- waiting --------------------------------------------------------------------------------- */

/* Asks the bus which addresses have targets.  0 or -errno. */
static int look(struct link *link, struct i2ctarget_address_set *here)
{
    struct link_frame frame = {0};
    int result = question_ask(link, &frame, PROTOCOL_OP_PRESENT, 0, NULL);
    if (result < 0)
        return result;
    if (frame.length != PROTOCOL_REPLY_BYTES + PROTOCOL_ADDRESS_SET_BYTES)
        return -EPROTO;
    *here = get_address_set(frame.payload + PROTOCOL_REPLY_BYTES);
    return 0;
}

static bool are_all_here(const struct presence *presence, const struct i2ctarget_address_set *here)
{
    for (uint16_t address = 0; address <= I2CTARGET_ADDRESS_MAX; address++) {
        if (i2ctarget_address_set_has(&presence->addresses, address) &&
            !i2ctarget_address_set_has(here, address))
            return false;
    }
    return true;
}

static bool await_targets(const char *word, struct link *link, const struct presence *presence,
                          int64_t until_us)
{
    for (;;) {
        struct i2ctarget_address_set here;
        int result = look(link, &here);
        if (result == -ETIMEDOUT)
            return complain_of_bus(word, link, result, presence);
        if (result < 0) {
            cli_error(word, "bus %u has ended", link->bus);
            return false;
        }
        if (are_all_here(presence, &here))
            return true;
        if (i2ctarget_link_now_us() > until_us)
            return complain_of_missing(word, link->bus, presence, &here);
        usleep(PAUSE_US);
    }
}

/* A bus that does not run may be about to begin; every other failure is final. */
static int await_bus(struct link *link, unsigned bus, int64_t until_us)
{
    int result;
    while ((result = i2ctarget_link_open(link, bus, PROTOCOL_CONTROLLER, "i2ctarget exec")) ==
               -ENOENT &&
           i2ctarget_link_now_us() <= until_us)
        usleep(PAUSE_US);
    return result;
}

bool presence_await(const char *word, unsigned bus, const struct presence *presence)
{
    struct presence wanted = *presence;
    struct link link;
    if (i2ctarget_address_set_is_empty(&wanted.addresses))
        return true;
    if (!wanted.has_time)
        wanted.time_ms = TIME_DEFAULT_MS;
    int64_t until_us = i2ctarget_link_now_us() + wanted.time_ms * INT64_C(1000);
    int result = await_bus(&link, bus, until_us);
    if (result < 0)
        return complain_of_bus(word, &link, result, &wanted);
    bool are_here = await_targets(word, &link, &wanted, until_us);
    i2ctarget_link_close(&link);
    return are_here;
}
