/* SPDX-License-Identifier: MIT */
/*
 * An emulated board: a chip that executes its image, two of its pins on an I2C bus, and controllers
 * on that bus.
 *
 *     image ──► core (its memory) ──► chip's registers ══ two pads ══ wires ══ controller_line, hand
 *                                                                       ╘══ checker, trace
 *
 * A chip is a struct board_chip; the program that is linked with it runs boards with this chip, one
 * in a process.
 */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

#include <stdio.h>

#include "emulator/board/edges.h"
#include "emulator/core.h"
#include "emulator/hand.h"
#include "line/checker.h"
#include "line/controller_line.h"
#include "line/vcd.h"

struct board;

struct board_chip {
    const char *name;
    /* The number of a pin that is named as boards/boards.csv does it; -1: there is none. */
    int (*pin)(const char *name);
    /*
     * Power on, with two pins on the wires.  The core, which board_free() frees, and into *pads who
     * pulls; NULL: there is no memory for it.
     */
    struct core *(*power_on)(struct wires *wires, unsigned scl, unsigned sda,
                             const struct wires_participant **pads);
    /*
     * Puts the image of this file into memory, and starts it as whatever does that on the chip.
     * NULL; or why it does not start.
     */
    const char *(*start)(struct core *core, const char *image);
    uint32_t (*clock_hz)(void); /* of the core, as it is set now */
    /* What the image did that a real chip would punish: so many, and the text of each. */
    unsigned (*finding_count)(void);
    void (*finding)(unsigned index, char *text, size_t size);
    /* In JSON: "everDriving" and whatever else there is to say of the pins. */
    void (*report_pins)(FILE *file);
};

/* The one that this program is linked with. */
extern const struct board_chip board_chip;

struct board {
    struct core *core;
    struct wires wires;
    struct controller_line controller;
    struct hand hand;
    struct checker checker;
    struct edges edges; /* once edges_watch() was called */
    struct vcd vcd;
    bool has_trace;
    bool watches;                   /* the program: ports/gpio/README.md */
    struct wires_participant alarm; /* ends a run that takes too long */
    bool (*is_done)(struct board *board);
    bool has_ended;   /* why the last run ended: is_done(), or … */
    char trouble[96]; /* … this; "": it did not take too long either */
};

/* False: *trouble says why. */
bool board_init(struct board *board, const char *image, int scl, int sda, uint32_t scl_hz);
void board_free(struct board *board);
/* Writes the wires into a file, up to board_free().  0 or -errno. */
int board_trace(struct board *board, const char *path);

/*
 * Runs until is_done(), for so long at most.  False: it took longer, or the core has ended;
 * *trouble says which.
 */
bool board_run_until(struct board *board, bool (*is_done)(struct board *board), uint64_t most_ns);
void board_run(struct board *board, uint64_t ns);
/* The program waits for an interrupt or event, on the core that serves the bus. */
bool board_is_asleep(struct board *board);
/* It has begun to: it waits.  One that watches never sleeps; 10 ms after power-on it must be there. */
bool board_listens(struct board *board);

/* Runs a transfer to its end; 100 ms at most.  The result is that of the controller. */
enum controller_result board_transfer(struct board *board, struct controller_message *messages,
                                      size_t count);
const char *board_result_name(enum controller_result result);

/* By hand: each runs until it is done, two seconds at most. */
void board_hand_start(struct board *board);
void board_hand_stop(struct board *board);
bool board_hand_clock(struct board *board, bool bit);     /* SDA in this clock */
bool board_hand_write(struct board *board, uint8_t byte); /* acknowledged? */
uint8_t board_hand_read_bits(struct board *board);        /* eight; the ninth is the caller's */

#endif
