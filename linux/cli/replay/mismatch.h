/* SPDX-License-Identifier: MIT */
/* What a controller did, where it is not what the record has. */
#ifndef CLI_REPLAY_MISMATCH_H
#define CLI_REPLAY_MISMATCH_H

#include "cli/replay/record.h"

enum replay_step_kind {
    REPLAY_START, /* a message begins */
    REPLAY_BYTE,  /* a byte is written */
    REPLAY_MORE,  /* one byte more is read */
    REPLAY_END,   /* the message ends */
    REPLAY_WRITE, /* a whole message was written; by register only */
};

enum { REPLAY_SHOWN_MAX = 16 };

struct replay_step {
    enum replay_step_kind kind;
    uint8_t address;
    bool is_read;
    bool is_restart;
    uint8_t byte;                    /* REPLAY_BYTE */
    uint32_t count;                  /* REPLAY_MORE, _END, _WRITE: the bytes so far */
    uint8_t bytes[REPLAY_SHOWN_MAX]; /* REPLAY_WRITE: the first ones */
};

struct replay_mismatch {
    uint32_t number;                       /* from 1 on */
    const struct record_message *expected; /* NULL: nothing */
    uint32_t byte;                         /* how many of its bytes had come */
    struct replay_step got;
    const struct record_message *next; /* what the record has next; NULL: nothing */
    bool is_refused;                   /* NACK, or 0xFF */
};

/* One line on standard output. */
void mismatch_print(const struct replay_mismatch *mismatch);
/* The same, of a device by register. */
void mismatch_print_by_register(const struct replay_mismatch *mismatch);

#endif
