/* SPDX-License-Identifier: MIT */
/*
 * Executes the image of examples/hat_eeprom.c and reads its memory, with a controller that waits for
 * a held SCL, or with one that does not: a Raspberry Pi's may not.  Prints a line of JSON: how many of the
 * bytes were right, the longest stretch that was seen, the longest interrupt in cycles, and the cycles
 * from SCL's fall until the target lets SCL go: for a bit, and where there is an event.
 *
 *     emulate_samd5x_hat IMAGE.uf2 SCL SDA HZ waits|ignores
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/board/board.h"

enum { EEPROM = 0x50, STRANGER = 0x51, BYTES = 12, ROUNDS = 20 };

static struct board board;

/* The header of the HAT's format: "R-Pi", version 1, one atom. */
static const uint8_t header[] = {'R', '-', 'P', 'i', 1, 0, 1, 0};

/* ---- how long SCL is held -------------------------------------------------------------------- */

enum { CLOCKS = 9 };

static struct {
    struct wires_observer observer; /* first member */
    bool scl, sda, pulled;
    unsigned clocks; /* since START */
    uint64_t fell_cycle;
    uint64_t bit_cycles, event_cycles; /* the longest; behind the eighth and the ninth clock */
} holds;

static void note_release(void)
{
    uint64_t cycles = board.core->cycles - holds.fell_cycle;
    bool is_event = holds.clocks % CLOCKS == 0 || holds.clocks % CLOCKS == CLOCKS - 1;
    uint64_t *longest = is_event ? &holds.event_cycles : &holds.bit_cycles;
    if (cycles > *longest)
        *longest = cycles;
}

static void on_edge(struct wires_observer *observer, const struct wires *wires)
{
    (void)observer;
    if (wires->scl && holds.scl && holds.sda && !wires->sda)
        holds.clocks = 0;
    holds.clocks += wires->scl && !holds.scl;
    if (!wires->scl && holds.scl)
        holds.fell_cycle = board.core->cycles;
    bool pulled = board.checker.targets[0].target->pulls.scl_low;
    if (holds.pulled && !pulled)
        note_release();
    holds.scl = wires->scl;
    holds.sda = wires->sda;
    holds.pulled = pulled;
}

/* ---- what the controller does ---------------------------------------------------------------- */

static unsigned read_header(void)
{
    uint8_t where[] = {0, 0}, got[BYTES];
    memset(got, 0xEE, sizeof got);
    struct controller_message messages[] = {
        {.address = EEPROM, .length = sizeof where, .buffer = where},
        {.address = EEPROM, .flags = CONTROLLER_READ, .length = sizeof got, .buffer = got},
    };
    if (board_transfer(&board, messages, 2) != CONTROLLER_DONE)
        return 0;
    return memcmp(got, header, sizeof header) == 0;
}

/* Nobody is there: it must neither be answered nor held. */
static uint64_t stretch_of_a_stranger(void)
{
    struct controller_message message = {.address = STRANGER};
    board.checker.longest_stretch_ns = 0;
    (void)board_transfer(&board, &message, 1);
    return board.checker.longest_stretch_ns;
}

static int complain(const char *what)
{
    fprintf(stderr, "emulate_samd5x_hat: %s\n", what);
    return 1;
}

int main(int argc, char **argv)
{
    enum { MOST_NS = 50000000 };
    if (argc != 6)
        return complain("IMAGE.uf2 SCL SDA HZ waits|ignores");
    uint32_t scl_hz = (uint32_t)strtoul(argv[4], NULL, 10);
    if (!board_init(&board, argv[1], board_chip.pin(argv[2]), board_chip.pin(argv[3]), scl_hz))
        return complain(board.trouble);
    if (!board_run_until(&board, board_is_asleep, MOST_NS))
        return complain("the program does not listen");
    board.controller.ignore_stretch = strcmp(argv[5], "ignores") == 0;
    board.core->longest_interrupt = 0;
    board.checker.longest_stretch_ns = 0;
    holds.observer.edge = on_edge;
    i2ctarget_wires_observe(&board.wires, &holds.observer);
    unsigned right = 0;
    for (unsigned round = 0; round < ROUNDS; round++)
        right += read_header();
    printf("{\"right\": %u, \"of\": %u, \"stretch_ns\": %" PRIu64 ", \"longest_handler\": %" PRIu64
           ", ",
           right, ROUNDS, board.checker.longest_stretch_ns, board.core->longest_interrupt);
    printf("\"bit_cycles\": %" PRIu64 ", \"event_cycles\": %" PRIu64 ", ", holds.bit_cycles,
           holds.event_cycles);
    printf("\"stranger_ns\": %" PRIu64 "}\n", stretch_of_a_stranger());
    board_free(&board);
    return 0;
}
