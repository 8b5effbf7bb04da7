/* SPDX-License-Identifier: MIT */
/*
 * The messages of a bus that was recorded: a VCD, read as `i2ctarget trace` reads it.
 *
 * The trace itself is the record.  It has all that a device must repeat: bytes, acknowledge bits,
 * START and repeated START, and when each came.
 */
#ifndef CLI_REPLAY_RECORD_H
#define CLI_REPLAY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_message {
    uint64_t transfer; /* its number in the file, from 1 on, as `i2ctarget trace` counts */
    uint64_t at_ns;    /* its START, from the beginning of the file */
    uint8_t address;
    bool is_read;
    bool is_restart;
    bool is_acked;  /* its address */
    uint32_t count; /* of bytes */
    uint8_t *bytes; /* `count` bytes … */
    bool *acks;     /* … and their acknowledge bits: the target's in a write */
};

struct record {
    struct record_message *messages;
    size_t count, room;
};

struct record_source {
    const char *path, *scl, *sda; /* the names of the signals */
};

/*
 * Read the whole transfers of the file.  A part of a transfer in front of the first START, or
 * behind the last STOP, is left out, and a line on standard error says so.  `word` begins messages.
 * False: it can not be read, or has no whole transfer; a message has been printed.
 */
bool record_read(struct record *record, const struct record_source *source, const char *word);
void record_free(struct record *record);

/* Is it acknowledged anywhere? */
bool record_has(const struct record *record, uint8_t address);
/* Drop the messages to all addresses that are not `served`. */
void record_keep(struct record *record, const bool served[128]);
/* Is it the first message of its transfer that is kept?  Also true behind the last one. */
bool record_begins_transfer(const struct record *record, size_t message);
/*
 * Did the controller acknowledge the last byte that it read?  Then it asked for another one, and
 * stopped nevertheless.
 */
bool record_reads_on(const struct record_message *message);

#endif
