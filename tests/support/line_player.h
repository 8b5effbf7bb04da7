/* SPDX-License-Identifier: MIT */
/*
 * Plays any wave on the wires, legal or not.  A controller_line makes only legal ones.
 *
 *     line_player_start(&player, &wires, "S 80 A 55 A P");
 *
 * A script is a list of words.  The levels change at the times of the bus's mode (bus_timing.h).
 * Where a target stretches, the player waits for SCL to rise, unless told otherwise.  Where it
 * samples, a level counts when it has lasted for more than 50 ns; otherwise the level before
 * counts.
 *
 *     S    START, or repeated START; SCL is low after it         s    the same, but SCL stays high
 *     P    STOP, from SCL low, or from SCL high after an s
 *     5A   a byte: eight clocks, MSB first                        :011 these bits
 *     A    a clock with SDA released; the target must ACK         N    … must not
 *     R    eight clocks with SDA released; the byte is kept       a n  a clock: we ACK, we NACK
 *     _ ~  pull SCL, release it (and do not wait for it)          v ^  pull SDA, release it
 *     h    wait until SCL is high                                 wN   wait N ns      WN  wait N us
 *     !cN  a spike of N ns on SCL: our pull inverted              !dN  on SDA
 *     i k  from here on ignore stretching, respect it             x    release both lines
 *     m    from here on clocks as short as the mode allows
 */
#ifndef SUPPORT_LINE_PLAYER_H
#define SUPPORT_LINE_PLAYER_H

#include <stddef.h>

#include "line/bus_timing.h"
#include "line/wires.h"

#define LINE_PLAYER_MOVES_MAX 65536
#define LINE_PLAYER_BYTES_MAX 1024

struct line_move {
    uint8_t kind; /* an enum in line_player.c */
    uint8_t value;
    uint16_t word; /* number of the word in the script, for reports */
    uint32_t ns;
};

struct line_player {
    struct wires_participant participant; /* first member */
    const struct bus_timing *timing;
    uint32_t bus_low_ns, bus_high_ns; /* at the bus's speed */
    uint32_t low_ns, high_ns;         /* now */
    struct line_move *moves;          /* LINE_PLAYER_MOVES_MAX of them, on the heap */
    unsigned count, at;
    bool running, ignore_stretch;
    uint64_t due_ns;
    bool sda, sda_before; /* present and previous level, for its own spike filter */
    uint64_t sda_since_ns;
    uint8_t shift;
    uint8_t bytes[LINE_PLAYER_BYTES_MAX]; /* what R read */
    unsigned byte_count;
    char error[96]; /* "": every A and N was as expected */
    /* Used while a script is turned into moves. */
    bool scl_low, sda_low;
    unsigned word;
};

/* Joins the wires. */
void line_player_open(struct line_player *player, struct wires *wires, uint32_t scl_hz);
/* Leaves them. */
void line_player_close(struct line_player *player, struct wires *wires);

/* Begins to play, from the levels that the last script left.  Aborts on an unknown word. */
void line_player_start(struct line_player *player, struct wires *wires, const char *script);

#endif
