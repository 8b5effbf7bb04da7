/* SPDX-License-Identifier: MIT */
/*
 * How fast is target_line, the bit engine alone?
 *
 * The wires of a whole transfer are recorded once: a message for another target, then a register
 * read as a controller makes it (write the number, Sr, read eight bytes).  Playing the record costs
 * only steps, with the mix of edges that a real bus has.
 *
 *     bench_line            steps per second
 *     bench_line --count N  play the record N times and print the steps made: for a tool that counts instructions of play()
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line/controller_line.h"
#include "line/wired_target.h"
#include "measure.h"

enum { ADDRESS = 0x40, STRANGER = 0x41, LEVELS_MAX = 1024, ROUNDS = 15, PLAYS_A_ROUND = 20000 };

struct level {
    bool scl, sda;
};

struct recorder {
    struct wires_observer observer; /* first member */
    struct level levels[LEVELS_MAX];
    size_t count;
};

static int answer_of(const struct i2ctarget_event *event)
{
    switch ((enum i2ctarget_event_kind)event->kind) {
    case I2CTARGET_ADDRESSED:
        return event->address == ADDRESS ? I2CTARGET_ACK : I2CTARGET_NACK;
    case I2CTARGET_RECEIVED:
        return I2CTARGET_ACK;
    default:
        return 0xA5;
    }
}

static int answer(void *owner, const struct i2ctarget_event *event)
{
    (void)owner;
    return answer_of(event);
}

static void note_level(struct wires_observer *self, const struct wires *wires)
{
    struct recorder *recorder = (struct recorder *)self;
    const struct level *last = &recorder->levels[recorder->count - 1];
    if (recorder->count == LEVELS_MAX) {
        fprintf(stderr, "bench_line: the record is too short\n");
        exit(EXIT_FAILURE);
    }
    if (wires->scl != last->scl || wires->sda != last->sda)
        recorder->levels[recorder->count++] = (struct level){wires->scl, wires->sda};
}

static void record(struct recorder *recorder)
{
    static const struct i2ctarget_address_set addresses = {{0, 0, 1u << (ADDRESS & 31), 0}};
    static const struct line_driver_timing timing = {.hold_ns = 300, .setup_ns = 250};
    uint8_t number = 0x05, bytes[8] = {0};
    struct controller_message messages[] = {
        {.address = STRANGER,
         .length = 1,
         .buffer = &number,
         .flags = CONTROLLER_IGNORE_NACK | CONTROLLER_STOP},
        {.address = ADDRESS, .length = 1, .buffer = &number},
        {.address = ADDRESS, .flags = CONTROLLER_READ, .length = sizeof bytes, .buffer = bytes},
    };
    struct wires wires;
    struct wired_target target;
    struct controller_line controller;
    i2ctarget_wires_init(&wires);
    *recorder =
        (struct recorder){.observer.edge = note_level, .levels = {{true, true}}, .count = 1};
    i2ctarget_wires_observe(&wires, &recorder->observer);
    i2ctarget_wired_target_init(&target, &wires, &timing, &addresses, false, answer, NULL);
    i2ctarget_controller_line_init(&controller, &wires, 100000);
    i2ctarget_controller_line_start(&controller, &wires, messages, 3);
    while (i2ctarget_wires_step(&wires, WIRES_NEVER))
        ;
}

/* Returns something of the line, so that the compiler does not remove the work. */
__attribute__((noinline)) static unsigned play(const struct recorder *recorder, unsigned plays)
{
    struct target_line line;
    unsigned events = 0;
    i2ctarget_target_line_init(&line);
    for (unsigned i = 0; i < plays; i++) {
        for (size_t at = 0; at < recorder->count; at++) {
            i2ctarget_target_line_step(&line, recorder->levels[at].scl, recorder->levels[at].sda);
            if (line.event.kind == I2CTARGET_NO_EVENT)
                continue;
            events++;
            if (i2ctarget_target_line_owes(&line))
                i2ctarget_target_line_answer(&line, answer_of(&line.event));
        }
    }
    return events;
}

/* A wrong record would measure something else. */
static void check(const struct recorder *recorder)
{
    enum { STRANGERS_CALL = 1, WRITE = 3, READ = 1 + 8 + 1 };
    unsigned events = play(recorder, 1);
    if (events != STRANGERS_CALL + WRITE + READ) {
        fprintf(stderr, "bench_line: the record has %u events\n", events);
        exit(EXIT_FAILURE);
    }
}

static void measure(const struct recorder *recorder)
{
    double rates[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t began_ns = measure_now_ns();
        play(recorder, PLAYS_A_ROUND);
        rates[round] =
            (double)(recorder->count * PLAYS_A_ROUND) * 1e3 / (double)(measure_now_ns() - began_ns);
    }
    measure_row("target_line", measure_median(rates, ROUNDS), "Msteps/s");
}

int main(int argc, char **argv)
{
    static struct recorder recorder;
    record(&recorder);
    check(&recorder);
    if (argc == 3 && strcmp(argv[1], "--count") == 0) {
        unsigned plays = (unsigned)strtoul(argv[2], NULL, 10);
        play(&recorder, plays);
        printf("%zu\n", recorder.count * (plays + 1)); /* check() played it, too */
    } else if (argc == 1) {
        measure(&recorder);
    } else {
        fprintf(stderr, "usage: bench_line [--count N]\n");
        return 2;
    }
    return EXIT_SUCCESS;
}
