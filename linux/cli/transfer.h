/* SPDX-License-Identifier: MIT */
/* Takes a TRANSFER frame apart, and writes it in the two forms of `i2ctarget monitor`. */
#ifndef CLI_TRANSFER_H
#define CLI_TRANSFER_H

#include <stdbool.h>
#include <stdio.h>

#include "link/protocol.h"

struct transfer_message {
    uint8_t address;
    uint8_t flags;  /* PROTOCOL_MESSAGE_… */
    uint8_t reason; /* enum protocol_reason */
    uint32_t moved;
    uint32_t stretch_us;
    uint8_t cut_bits; /* clocks of a byte (or of the address) that ended early … */
    uint16_t cut;     /* … and their bits, the last one lowest */
    uint8_t recovery_clocks;
    const uint8_t *bytes; /* `moved` bytes, inside the frame … */
    const uint8_t *acks;  /* … and one bit for each of them */
};

/* What was in the ninth clock of a byte. */
enum transfer_ninth { TRANSFER_ACK = '+', TRANSFER_NACK = '-', TRANSFER_NO_NINTH = '.' };

enum transfer_ninth transfer_ninth(const struct transfer_message *message, uint32_t byte);
/* The address was sent, but ended early. */
bool transfer_has_cut_address(const struct transfer_message *message);
/* Room for the bits of an incomplete byte, as 0 and 1. */
#define TRANSFER_CUT_CHARS 16
void transfer_write_cut(const struct transfer_message *message, char text[TRANSFER_CUT_CHARS]);

struct transfer {
    uint64_t number, wall_ns, virtual_ns, duration_ns;
    int32_t result;
    uint32_t recovery_clocks, missed, timeout_ms;
    const uint8_t *next; /* the part that transfer_next() has not read yet */
    size_t left;
};

/* False: the payload is not a TRANSFER. */
bool transfer_begin(struct transfer *transfer, const uint8_t *payload, size_t length);
/* Gets the next message.  False: there is none, or the frame is too short for it. */
bool transfer_next(struct transfer *transfer, struct transfer_message *message);

/* How to write the text form. */
struct transfer_style {
    bool colour;
    bool unicode; /* µ and … */
    bool full;    /* show all bytes, however many */
};

/* For standard output: colours on a terminal only, unicode if the locale has it. */
void transfer_choose_style(struct transfer_style *style);
/* Writes one line.  Consumes the messages. */
void transfer_write_text(struct transfer *transfer, FILE *file, const struct transfer_style *style);
/* Writes one JSON object on one line.  Consumes the messages. */
void transfer_write_json(struct transfer *transfer, FILE *file);

#endif
