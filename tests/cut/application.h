/* SPDX-License-Identifier: MIT */
/*
 * The application of a transfer that something goes wrong with: it serves whatever comes, always in
 * the same manner, and writes down all that it was told, so that two runs can be compared.
 */
#ifndef CUT_APPLICATION_H
#define CUT_APPLICATION_H

#include "contract/contract.h"

/* How it serves. */
enum manner {
    READ_ALL,    /* reads to the end; writes all it has */
    BYTEWISE,    /* reads one by one with ack = false; writes one by one; waits before each */
    SHORT,       /* reads one byte, or gives one, and closes */
    REFUSE_LAST, /* ack(false) to the second byte */
    CLOSE_ONLY,
};

/*
 * The controller's script, for line_player.h, and what goes with it.  0x80 and 0x81 are the
 * application at 0x40; 0x82 and 0x83 the one at 0x41, or a device there; 0x84 is a stranger.
 */
struct transfer {
    const char *name, *script;
    enum manner manner;
    uint8_t gives[3];
    bool has_device, smbus;
};

#define ACCOUNT_MAX 512

/* All that it was told, a byte each. */
struct account {
    uint8_t told[ACCOUNT_MAX];
    unsigned count;
};

void account_add(struct account *account, unsigned what);
/* What contract.h's `memory` was told. */
void account_add_device(struct account *account);
void account_compare(const struct account *account, const struct account *expected);

struct application {
    const struct transfer *transfer;
    struct rig *rig;
    uint32_t pause_us; /* BYTEWISE: before each byte */
    struct account *account;
};

/* Serves contract.h's `target` until nothing comes for 2 ms.  That this happens is part of the test. */
void application_serve(const struct application *application);

#endif
