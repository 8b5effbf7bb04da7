/* SPDX-License-Identifier: MIT */
/*
 * Two controllers on one bus begin at the same moment, or shortly after each other.  Their
 * transfers differ at an address bit, at a data bit, at an acknowledge bit, at a data bit against
 * Sr or STOP, or not at all.
 *
 * A transfer that a controller reports as done is on the wires, bit for bit, in one piece.  The
 * loser of the arbitration tries again, and in the end both transfers are done.
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

enum { MESSAGES_MAX = 2, BYTES_MAX = 3, TRIES_MAX = 4, CONTROLLERS = 2, LIMIT_NS = 20000000 };
enum { R = CONTROLLER_READ };

struct plan {
    const char *name;
    size_t count;
    struct {
        uint8_t address;
        uint16_t flags;
        uint8_t length;
        uint8_t bytes[BYTES_MAX];
    } messages[MESSAGES_MAX];
};

static const struct plan plans[] = {
    {"address alone", 1, {{0x40, 0, 0, {0}}}},
    {"write of 00", 1, {{0x40, 0, 1, {0x00}}}},
    {"write of 00 00", 1, {{0x40, 0, 2, {0x00, 0x00}}}},
    {"write of 00 80", 1, {{0x40, 0, 2, {0x00, 0x80}}}},
    {"write of 00 FF FF", 1, {{0x40, 0, 3, {0x00, 0xFF, 0xFF}}}},
    {"write of 01", 1, {{0x40, 0, 1, {0x01}}}},
    {"write of 80", 1, {{0x40, 0, 1, {0x80}}}},
    {"write to the other address", 1, {{0x41, 0, 1, {0x00}}}},
    {"read of one", 1, {{0x40, R, 1, {0}}}},
    {"read of two", 1, {{0x40, R, 2, {0}}}},
    {"read of three", 1, {{0x40, R, 3, {0}}}},
    {"write of 00, Sr, read", 2, {{0x40, 0, 1, {0x00}}, {0x40, R, 2, {0}}}},
    {"write of 00, Sr, write", 2, {{0x40, 0, 1, {0x00}}, {0x41, 0, 1, {0x10}}}},
    {"read of one, Sr, write", 2, {{0x40, R, 1, {0}}, {0x41, 0, 1, {0x10}}}},
    {"nobody's address", 1, {{0x42, 0, 1, {0x00}}}},
};

struct contender {
    struct controller_line controller;
    const struct plan *plan;
    struct controller_message messages[MESSAGES_MAX];
    uint8_t buffers[MESSAGES_MAX][BYTES_MAX], acks[MESSAGES_MAX][1];
    unsigned tries;
    bool is_through;
};

static struct {
    struct wires wires;
    struct puppet puppet;
    struct edge_log log;
    struct contender contenders[CONTROLLERS];
} bench;

static struct {
    unsigned runs, lost;
} counts;

static void open_bench(uint32_t scl_hz)
{
    static const uint8_t gives[] = {0x50, 0x00, 0xFF};
    const struct line_driver_timing timing = {
        .filter_ns = 0, .hold_ns = scl_hz > 400000 ? 120 : 300, .setup_ns = 250};
    i2ctarget_wires_init(&bench.wires);
    for (unsigned i = 0; i < CONTROLLERS; i++)
        i2ctarget_controller_line_init(&bench.contenders[i].controller, &bench.wires, scl_hz);
    puppet_join(&bench.puppet, &bench.wires, timing, false);
    bench.puppet.gives = gives;
    bench.puppet.give_count = COUNT(gives);
    edge_log_open(&bench.log, &bench.wires);
}

static void start(struct contender *contender, const struct plan *plan)
{
    contender->plan = plan;
    contender->tries++;
    for (size_t i = 0; i < plan->count; i++) {
        memcpy(contender->buffers[i], plan->messages[i].bytes, BYTES_MAX);
        contender->messages[i] = (struct controller_message){.address = plan->messages[i].address,
                                                             .flags = plan->messages[i].flags,
                                                             .length = plan->messages[i].length,
                                                             .buffer = contender->buffers[i],
                                                             .acks = contender->acks[i]};
    }
    i2ctarget_controller_line_start(&contender->controller, &bench.wires, contender->messages,
                                    plan->count);
}

static void complain(const struct contender *contender, const char *what)
{
    char said[WIRE_TEXT_MAX];
    wire_text_of_messages(said, contender->messages, contender->plan->count);
    char was[WIRE_TEXT_MAX];
    wire_text_of_edges(was, &bench.log);
    fail_msg("%s against %s: %s: result %d, said %s, was %s", bench.contenders[0].plan->name,
             bench.contenders[1].plan->name, what, contender->controller.result, said, was);
}

static void demand_it_was_on_the_wires(const struct contender *contender)
{
    char said[WIRE_TEXT_MAX];
    wire_text_of_messages(said, contender->messages, contender->plan->count);
    char was[WIRE_TEXT_MAX];
    wire_text_of_edges(was, &bench.log);
    if (!strstr(was, said))
        complain(contender, "not on the wires");
}

static void take_result(struct contender *contender)
{
    enum controller_result expected =
        contender->plan->messages[0].address == 0x42 ? CONTROLLER_ADDRESS_NACK : CONTROLLER_DONE;
    if (contender->controller.result == CONTROLLER_ARBITRATION_LOST) {
        counts.lost++;
        if (contender->tries == TRIES_MAX)
            complain(contender, "never gets through");
        start(contender, contender->plan);
        return;
    }
    if (contender->controller.result != expected)
        complain(contender, "wrong result");
    demand_it_was_on_the_wires(contender);
    contender->is_through = true;
}

static void run_against(const struct plan *first, const struct plan *second, uint32_t scl_hz,
                        uint64_t apart_ns)
{
    struct contender *contenders = bench.contenders;
    memset(contenders, 0, sizeof bench.contenders);
    open_bench(scl_hz);
    start(&contenders[0], first);
    if (apart_ns > 0)
        i2ctarget_wires_pass(&bench.wires, apart_ns);
    start(&contenders[1], second);
    while (!contenders[0].is_through || !contenders[1].is_through) {
        for (unsigned i = 0; i < CONTROLLERS; i++) {
            if (!contenders[i].is_through &&
                !i2ctarget_controller_line_busy(&contenders[i].controller))
                take_result(&contenders[i]);
        }
        i2ctarget_wires_step(&bench.wires, WIRES_NEVER);
        if (bench.wires.now_ns > LIMIT_NS)
            complain(&contenders[0], "hangs");
    }
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 100000);
    assert_true(bench.wires.scl && bench.wires.sda);
    counts.runs++;
    edge_log_close(&bench.log, &bench.wires);
}

static void every_transfer_against_every_other(void **state)
{
    static const uint32_t speeds[] = {100000, 400000, 1000000};
    static const uint64_t apart_ns[] = {0, 1, 100, 1000, 4000, 5000, 20000, 50000, 123456, 200000};
    (void)state;
    for (size_t speed = 0; speed < COUNT(speeds); speed++)
        for (size_t apart = 0; apart < COUNT(apart_ns); apart++)
            for (size_t i = 0; i < COUNT(plans); i++)
                for (size_t k = 0; k < COUNT(plans); k++)
                    run_against(&plans[i], &plans[k], speeds[speed], apart_ns[apart]);
    print_message("  %u pairs of transfers, %u times arbitration was lost\n", counts.runs,
                  counts.lost);
    assert_true(counts.lost > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_transfer_against_every_other),
    };
    return cmocka_run_group_tests_name("contend", tests, NULL, NULL);
}
