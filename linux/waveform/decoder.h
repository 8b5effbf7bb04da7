/* SPDX-License-Identifier: MIT */
/*
 * Reads START, bytes, acknowledge bits and STOP from the levels of the two wires (UM10204 §3.1).  It
 * takes no part on the bus: it sees what any two of its participants see.
 *
 * A bit counts when SCL falls again, because only then is it certain that no START or STOP has cut
 * it.
 */
#ifndef WAVEFORM_DECODER_H
#define WAVEFORM_DECODER_H

#include <stdbool.h>
#include <stdint.h>

enum symbol_kind {
    SYMBOL_START,
    SYMBOL_RESTART,
    SYMBOL_ADDRESS, /* the first byte after a START */
    SYMBOL_DATA,
    SYMBOL_CUT,     /* the bits of a byte that ended early */
    SYMBOL_FREEING, /* a clock that a controller makes to free SDA */
    SYMBOL_STOP,
};

struct symbol {
    enum symbol_kind kind;
    uint64_t begin_ns,
        end_ns;        /* of a byte: from the fall of SCL in front of it to that behind it */
    uint64_t ninth_ns; /* of a byte: where its ninth bit begins */
    uint16_t bits;     /* the byte, or the bits of a cut one, the last one lowest */
    uint8_t bit_count; /* of a cut byte */
    bool is_address;   /* of a cut byte */
    bool ack;          /* the ninth bit was low */
};

struct decoder {
    bool has_begun, scl, sda;
    bool in_transfer;
    bool in_bit;     /* SCL has risen in a transfer, and nothing has happened since */
    bool bit;        /* SDA at that moment */
    bool is_address; /* the byte that comes next, or has begun */
    uint16_t bits;
    uint8_t bit_count;
    uint64_t began_ns, ninth_ns; /* the byte, and its ninth bit */
};

/* More symbols can not come of one change of each wire. */
enum { DECODER_SYMBOLS_MAX = 4 };

/*
 * The wires have these levels from now on.  If both have changed, SDA has moved while SCL was low.
 * Returns how many symbols have ended.
 */
unsigned decoder_step(struct decoder *self, bool scl, bool sda, bool is_freeing, uint64_t now_ns,
                      struct symbol symbols[DECODER_SYMBOLS_MAX]);
/* The trace ends here.  A byte that has begun is cut. */
unsigned decoder_end(struct decoder *self, uint64_t now_ns,
                     struct symbol symbols[DECODER_SYMBOLS_MAX]);

#endif
