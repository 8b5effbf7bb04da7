/* SPDX-License-Identifier: MIT */
/*
 * The application in a transfer that is disturbed.  It serves whatever comes, always in the same
 * way, and records all that it was told, so that two runs can be compared.
 */
#ifndef CUT_APPLICATION_H
#define CUT_APPLICATION_H

#include "contract/contract.h"

/* How it serves. */
enum manner {
    READ_ALL,    /* reads to the end; writes all it has */
    BYTEWISE,    /* reads and writes byte by byte with ack = false, and waits before each byte */
    SHORT,       /* reads or writes one byte, and closes */
    REFUSE_LAST, /* ack(false) to the second byte */
    CLOSE_ONLY,
};

/*
 * The controller's script for line_player.h, and its settings.  0x80 and 0x81 address the
 * application at 0x40; 0x82 and 0x83 the one at 0x41, or a device there; 0x84 is another target's.
 */
struct transfer {
    const char *name, *script;
    enum manner manner;
    uint8_t gives[3];
    bool has_device, smbus;
};

#define ACCOUNT_MAX 512

/* All that it was told, one byte for each fact. */
struct account {
    uint8_t told[ACCOUNT_MAX];
    unsigned count;
};

void account_add(struct account *account, unsigned what);
/* Adds what contract.h's `memory` was told. */
void account_add_device(struct account *account);
void account_compare(const struct account *account, const struct account *expected);

struct application {
    const struct transfer *transfer;
    struct rig *rig;
    uint32_t pause_us; /* BYTEWISE: wait before each byte */
    bool may_be_late;  /* between two calls: what ends first, the message or its request, is open */
    struct account *account;
};

/*
 * Serves contract.h's `target` until nothing comes for 2 ms.  The test also checks that this
 * happens.
 */
void application_serve(const struct application *application);

#endif
