/* SPDX-License-Identifier: MIT */
/*
 * SDA is held low by another participant, from every bit of a transfer on and for every number of
 * bits.
 *
 * An independent observer reads the wires from their edges alone.  The controller's engine must
 * report the same of its messages, bit for bit: every START, every acknowledge bit, every clock
 * that was made to free SDA.  A transfer that it reports as done has reached the target.  Nothing
 * hangs, and when SDA is released the next transfer is right.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "line/controller_line.h"
#include "support/edge_log.h"
#include "support/puppet.h"
#include "support/wire_text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MESSAGES_MAX = 3, BITS_MAX = 48, HELD_MAX = 30, LIMIT_NS = 3000000 };

/* ---- the corpus ------------------------------------------------------------------------------ */

enum { R = CONTROLLER_READ, P = CONTROLLER_STOP, GO_ON = CONTROLLER_NO_START };

struct transfer {
    const char *name;
    size_t count;
    struct controller_message messages[MESSAGES_MAX];
};

static const struct transfer corpus[] = {
    {"write", 1, {{.address = 0x40, .length = 2}}},
    {"read", 1, {{.address = 0x40, .flags = R, .length = 2}}},
    {"address alone, write", 1, {{.address = 0x40}}},
    {"address alone, read", 1, {{.address = 0x40, .flags = R}}},
    {"write, Sr, read",
     2,
     {{.address = 0x40, .length = 1}, {.address = 0x41, .flags = R, .length = 1}}},
    {"read, Sr, write",
     2,
     {{.address = 0x41, .flags = R, .length = 1}, {.address = 0x40, .length = 1}}},
    {"address alone, Sr, write",
     2,
     {{.address = 0x40, .flags = R}, {.address = 0x41, .length = 1}}},
    {"write, STOP, read",
     2,
     {{.address = 0x40, .flags = P, .length = 1}, {.address = 0x41, .flags = R, .length = 1}}},
    {"write, on without Sr",
     2,
     {{.address = 0x40, .length = 1}, {.address = 0x40, .flags = GO_ON, .length = 1}}},
    {"read without ninth clocks",
     1,
     {{.address = 0x40, .flags = R | CONTROLLER_NO_READ_ACK, .length = 2}}},
    {"NACKs ignored",
     2,
     {{.address = 0x42, .flags = CONTROLLER_IGNORE_NACK, .length = 1},
      {.address = 0x40, .flags = CONTROLLER_IGNORE_NACK, .length = 1}}},
    {"nobody", 1, {{.address = 0x42, .length = 1}}},
};

/* ---- who holds ------------------------------------------------------------------------------- */

struct holder {
    struct wires_participant participant; /* first member */
    unsigned from, to;                    /* in falls of SCL; 0: before all of them */
    unsigned falls;
    bool scl;
};

static struct {
    struct wires wires;
    struct controller_line controller;
    struct puppet puppet;
    struct holder holder;
    struct edge_log log;
    struct controller_message messages[MESSAGES_MAX];
    uint8_t buffers[MESSAGES_MAX][4], acks[MESSAGES_MAX][1];
} bench;

/* It changes SDA when a target may: 300 ns after SCL fell. */
static void holder_step(struct wires_participant *self, struct wires *wires)
{
    struct holder *holder = (struct holder *)self;
    bool fell = holder->scl && !wires->scl;
    holder->scl = wires->scl;
    if (fell) {
        holder->falls++;
        self->wake_ns = wires->now_ns + 300;
    } else if (!wires->scl && self->wake_ns == WIRES_NEVER) {
        bool holds = holder->falls >= holder->from && holder->falls < holder->to;
        i2ctarget_wires_pull(wires, self, (struct line_pulls){false, holds});
    }
}

static void holder_join(struct holder *holder, struct wires *wires, unsigned from, unsigned bits)
{
    *holder = (struct holder){.participant = {.step = holder_step, .wake_ns = WIRES_NEVER},
                              .from = from,
                              .to = from + bits,
                              .scl = true};
    i2ctarget_wires_join(wires, &holder->participant);
    i2ctarget_wires_pull(wires, &holder->participant, (struct line_pulls){false, from == 0});
    i2ctarget_wires_settle(wires);
    edge_log_clear(&bench.log, wires); /* that was not the controller's START */
}

/* ---- one run --------------------------------------------------------------------------------- */

static struct {
    unsigned runs, done, lost, freed;
} counts;

static void open_bench(const struct transfer *transfer, uint32_t scl_hz)
{
    static const uint8_t gives[] = {0x50, 0x00};
    const struct line_driver_timing timing = {
        .filter_ns = 0, .hold_ns = scl_hz > 400000 ? 120 : 300, .setup_ns = 250};
    i2ctarget_wires_init(&bench.wires);
    i2ctarget_controller_line_init(&bench.controller, &bench.wires, scl_hz);
    puppet_join(&bench.puppet, &bench.wires, timing, false);
    bench.puppet.gives = gives;
    bench.puppet.give_count = COUNT(gives);
    edge_log_open(&bench.log, &bench.wires);
    memset(bench.buffers, 0xA5, sizeof bench.buffers);
    for (size_t i = 0; i < transfer->count; i++) {
        bench.messages[i] = transfer->messages[i];
        bench.messages[i].buffer = bench.buffers[i];
        bench.messages[i].acks = bench.acks[i];
    }
}

static enum controller_result run(struct controller_message *messages, size_t count)
{
    uint64_t limit_ns = bench.wires.now_ns + LIMIT_NS;
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, count);
    while (i2ctarget_controller_line_busy(&bench.controller)) {
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
        assert_true(bench.wires.now_ns < limit_ns);
    }
    return bench.controller.result;
}

static unsigned times_addressed(void)
{
    unsigned times = 0;
    for (unsigned i = 0; i < bench.puppet.count; i++)
        times += bench.puppet.events[i].kind == I2CTARGET_ADDRESSED;
    return times;
}

static unsigned messages_addressed(const struct transfer *transfer)
{
    unsigned count = 0;
    for (size_t i = 0; i < transfer->count; i++)
        count += !(bench.messages[i].flags & GO_ON) && bench.messages[i].addressed &&
                 bench.messages[i].address != 0x42;
    return count;
}

/* The last read byte got a NACK, but the holder of SDA made an ACK of it. */
static bool is_acked_against_its_will(const struct controller_message *message)
{
    uint32_t last = message->length - 1;
    return (message->flags & R) && message->length > 0 && message->acks[0] >> last & 1;
}

/* Was everything done that the messages were to do? */
static bool is_complete(const struct transfer *transfer)
{
    for (size_t i = 0; i < transfer->count; i++) {
        const struct controller_message *message = &bench.messages[i];
        bool may_be_refused = message->flags & CONTROLLER_IGNORE_NACK;
        if (!message->started || message->moved != message->length || message->cut_bits ||
            is_acked_against_its_will(message) ||
            (!may_be_refused && (!message->addressed || message->nacked)))
            return false;
    }
    return bench.messages[transfer->count - 1].stopped;
}

static void judge(const struct transfer *transfer, enum controller_result result)
{
    char said[WIRE_TEXT_MAX];
    wire_text_of_messages(said, bench.messages, transfer->count);
    char was[WIRE_TEXT_MAX];
    wire_text_of_edges(was, &bench.log);
    if (strcmp(said, was) != 0)
        fail_msg("%s, held from %u to %u: said %s, was %s", transfer->name, bench.holder.from,
                 bench.holder.to, said, was);
    if ((result == CONTROLLER_DONE) != is_complete(transfer))
        fail_msg("%s, held from %u to %u: result %d after %s", transfer->name, bench.holder.from,
                 bench.holder.to, result, was);
    if (result == CONTROLLER_DONE && times_addressed() != messages_addressed(transfer))
        fail_msg("%s, held from %u to %u: the target was addressed %u times by %s", transfer->name,
                 bench.holder.from, bench.holder.to, times_addressed(), was);
}

/* Each transfer has clocks, so SDA is released at some time.  The transfer after that is right. */
static void demand_a_healthy_bus(void)
{
    uint8_t byte = 0x3C;
    struct controller_message next = {.address = 0x40, .length = 1, .buffer = &byte};
    while (bench.holder.falls < bench.holder.to)
        run(&next, 1);
    assert_int_equal(run(&next, 1), CONTROLLER_DONE);
    assert_int_equal(puppet_event(&bench.puppet, bench.puppet.count - 2)->value, byte);
    assert_int_equal(puppet_event(&bench.puppet, bench.puppet.count - 1)->value, I2CTARGET_STOP);
    assert_true(bench.wires.scl && bench.wires.sda);
}

static void run_held(const struct transfer *transfer, uint32_t scl_hz, unsigned from, unsigned bits)
{
    open_bench(transfer, scl_hz);
    holder_join(&bench.holder, &bench.wires, from, bits);
    enum controller_result result = run(bench.messages, transfer->count);
    judge(transfer, result);
    counts.runs++;
    counts.done += result == CONTROLLER_DONE;
    counts.lost += result == CONTROLLER_ARBITRATION_LOST;
    counts.freed += bench.controller.recovery_clocks > 0;
    demand_a_healthy_bus();
    edge_log_close(&bench.log, &bench.wires);
}

static void sda_held_from_every_bit_for_every_number_of_bits(void **state)
{
    static const uint32_t speeds[] = {100000, 400000, 1000000};
    (void)state;
    for (size_t speed = 0; speed < COUNT(speeds); speed++)
        for (size_t i = 0; i < COUNT(corpus); i++)
            for (unsigned from = 0; from <= BITS_MAX; from++)
                for (unsigned bits = 1; bits <= HELD_MAX; bits++)
                    run_held(&corpus[i], speeds[speed], from, bits);
    print_message("  %u transfers with SDA held: %u done, %u lost, %u had it clocked free\n",
                  counts.runs, counts.done, counts.lost, counts.freed);
    assert_true(counts.done > 100 && counts.lost > 100 && counts.freed > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sda_held_from_every_bit_for_every_number_of_bits),
    };
    return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
