/* SPDX-License-Identifier: MIT */
/*
 * The bus server: `i2ctarget bus`.  One process, one thread, one bus.
 *
 *     poll ──► clients (frames) ──► bus ──► poll …
 *
 * The server waits only in watch_wait().  Nothing that a client does or fails to do can make the
 * others wait.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "i2ctarget/fault.h"

#define BUS_SCL_HZ_DEFAULT 100000
#define BUS_SCL_HZ_MAX 1000000
#define BUS_TIMEOUT_MS_MIN 10 /* the unit of I2C_TIMEOUT */
#define BUS_TIMEOUT_MS_MAX 3600000

struct bus_options {
    unsigned bus;    /* 0..LINK_BUS_MAX */
    uint32_t scl_hz; /* 1..BUS_SCL_HZ_MAX */
    /* The initial I2C_TIMEOUT: how long controllers wait, counted from START; 0: one second. */
    uint32_t timeout_ms;
    const char *trace;                                   /* a VCD file to write; NULL: none */
    struct i2ctarget_fault faults[I2CTARGET_FAULTS_MAX]; /* from the start … */
    unsigned fault_count;                                /* … so many, each one checked */
    bool verbose;    /* report on stderr which clients are dropped and why */
    bool is_private; /* the directory is of this bus alone, and is removed with it */
    /* Called when clients can connect.  False: give up (a message has been printed). */
    bool (*ready)(const struct bus_options *options);
    /*
     * A socket whose other end is held by who started the bus; 0: none.  When that end is closed
     * and nobody uses the bus, the server ends.  If somebody does, `stays` is called first; the
     * socket is its to close.
     */
    int starter_fd;
    void (*stays)(void);
};

/*
 * Serve, as the owner of the bus (server/owner.h), until SIGTERM, SIGINT or SIGHUP, or until the
 * bus is not needed any more (starter_fd).  Returns the
 * exit status: 0; 1: it could not begin, or lost a part of the trace (reported on stderr).  Changes
 * the signal handling of the process.
 */
int bus_serve(const struct bus_options *options);

#endif
