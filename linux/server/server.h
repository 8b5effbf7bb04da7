/* SPDX-License-Identifier: MIT */
/*
 * The bus server: `i2ctarget bus`.  One process, one thread, one bus.
 *
 *     poll ──► clients (frames) ──► bus ──► poll …
 *
 * Everything that can wait does so in poll(); nothing a client does, or leaves undone, can make the
 * others wait.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#define BUS_SCL_HZ_DEFAULT 100000
#define BUS_SCL_HZ_MAX 1000000
#define BUS_TIMEOUT_MS_MIN 10 /* the unit of I2C_TIMEOUT */
#define BUS_TIMEOUT_MS_MAX 3600000

struct client_role;

struct bus_options {
    unsigned bus;    /* 0..LINK_BUS_MAX */
    uint32_t scl_hz; /* 1..BUS_SCL_HZ_MAX */
    /* I2C_TIMEOUT until somebody sets it: how long controllers wait, from START; 0: a second. */
    uint32_t timeout_ms;
    const char *trace; /* a VCD file to write; NULL: none */
    bool verbose;      /* say on stderr who is dropped and why */
    /* What else clients can be (bus/client.h), ended by NULL; NULL: no more. */
    const struct client_role *const *more_roles;
    /* Called once it serves: clients can connect.  False: give up (the reason has been said). */
    bool (*ready)(const struct bus_options *options);
};

/*
 * Serve, as the owner of the bus (bus/owner.h), until SIGTERM, SIGINT or SIGHUP.  The exit status:
 * 0; 1: it could not begin, or lost a part of the trace (said on stderr).  Changes the signal
 * handling of the process.
 */
int bus_serve(const struct bus_options *options);

#endif
