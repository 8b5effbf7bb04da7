/* SPDX-License-Identifier: MIT */
/*
 * What a clock of SCL costs, without a clock: how often the wires go on, and how often the engines
 * of targets are called, with 1, 8 and 112 targets on the bus.
 *
 * Bystanders must cost next to nothing.  The bounds have little room, so that a regression is red
 * on any machine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "line/bystanders.h"
#include "line/controller_line.h"

enum { FIRST_ADDRESS = 0x08, TARGETS_MAX = 112, READ_BYTES = 32 };

static struct {
    struct wires wires;
    struct bystanders bystanders;
    struct controller_line controller;
    struct wired_target targets[TARGETS_MAX];
    unsigned wires_steps, engine_steps;
} bench;

/* ---- the calls that are counted -------------------------------------------------------------- */

struct line_pulls __real_i2ctarget_line_driver_step(struct line_driver *driver, uint64_t now_ns,
                                                    bool scl, bool sda);
struct line_pulls __wrap_i2ctarget_line_driver_step(struct line_driver *driver, uint64_t now_ns,
                                                    bool scl, bool sda);
struct line_pulls __wrap_i2ctarget_line_driver_step(struct line_driver *driver, uint64_t now_ns,
                                                    bool scl, bool sda)
{
    bench.engine_steps++;
    return __real_i2ctarget_line_driver_step(driver, now_ns, scl, sda);
}

struct line_pulls __real_i2ctarget_line_driver_end_clock(struct line_driver *driver,
                                                         uint64_t now_ns, bool bit, bool sda);
struct line_pulls __wrap_i2ctarget_line_driver_end_clock(struct line_driver *driver,
                                                         uint64_t now_ns, bool bit, bool sda);
struct line_pulls __wrap_i2ctarget_line_driver_end_clock(struct line_driver *driver,
                                                         uint64_t now_ns, bool bit, bool sda)
{
    bench.engine_steps++;
    return __real_i2ctarget_line_driver_end_clock(driver, now_ns, bit, sda);
}

void __real_i2ctarget_line_driver_follow(struct line_driver *driver, unsigned clocks,
                                         uint32_t bits);
void __wrap_i2ctarget_line_driver_follow(struct line_driver *driver, unsigned clocks,
                                         uint32_t bits);
void __wrap_i2ctarget_line_driver_follow(struct line_driver *driver, unsigned clocks, uint32_t bits)
{
    bench.engine_steps++;
    __real_i2ctarget_line_driver_follow(driver, clocks, bits);
}

/* ---- transfers ------------------------------------------------------------------------------- */

static int answer(void *owner, const struct i2ctarget_event *event)
{
    (void)owner;
    return event->kind == I2CTARGET_REQUESTED ? 0x5A : I2CTARGET_ACK;
}

static void set_up(unsigned target_count, uint32_t filter_ns, bool takes_long_way)
{
    struct line_driver_timing timing = i2ctarget_line_driver_timing_for(100000);
    timing.filter_ns = filter_ns;
    memset(&bench, 0, sizeof bench);
    i2ctarget_wires_init(&bench.wires);
    bench.wires.takes_long_way = takes_long_way;
    i2ctarget_controller_line_init(&bench.controller, &bench.wires, 100000);
    i2ctarget_bystanders_init(&bench.bystanders, &bench.wires, &timing);
    for (unsigned i = 0; i < target_count; i++) {
        struct i2ctarget_address_set addresses = {0};
        i2ctarget_address_set_add(&addresses, (uint16_t)(FIRST_ADDRESS + i));
        i2ctarget_wired_target_init(&bench.targets[i], &bench.wires, &timing, &addresses, false,
                                    answer, NULL);
        i2ctarget_wired_target_stand_by(&bench.targets[i], &bench.bystanders);
    }
}

static void transfer(struct controller_message *messages, size_t count)
{
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, count);
    while (i2ctarget_controller_line_busy(&bench.controller)) {
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
        bench.wires_steps++;
    }
    assert_int_equal(bench.controller.result, CONTROLLER_DONE);
}

/* A register read of each target: write one byte, Sr, read 32. */
static void read_all(unsigned target_count)
{
    for (unsigned i = 0; i < target_count; i++) {
        uint8_t address = (uint8_t)(FIRST_ADDRESS + i), number = 0, bytes[READ_BYTES] = {0};
        struct controller_message messages[] = {
            {.address = address, .length = 1, .buffer = &number},
            {.address = address, .flags = CONTROLLER_READ, .length = READ_BYTES, .buffer = bytes},
        };
        transfer(messages, 2);
        assert_int_equal(bytes[READ_BYTES - 1], 0x5A);
    }
}

static unsigned per_100_clocks(unsigned count)
{
    return (unsigned)(count * UINT64_C(100) / bench.controller.bits);
}

/* ---- tests ----------------------------------------------------------------------------------- */

/*
 * A byte that the target sends is one step of the wires: a run of nine clocks.  Nobody sees when its
 * first bit is put out.  The engine is called for the last fall, and for what the run has brought.
 */
static void a_byte_is_a_few_steps(void **state)
{
    (void)state;
    set_up(1, 0, false);
    read_all(1);
    assert_in_range(per_100_clocks(bench.wires_steps), 11, 18);
    assert_in_range(per_100_clocks(bench.engine_steps), 20, 29);
}

/* Behind the filter each edge that is no part of a run is seen twice: when it comes, and later. */
static void a_filter_adds_a_few_steps(void **state)
{
    (void)state;
    set_up(1, 50, false);
    read_all(1);
    assert_in_range(per_100_clocks(bench.wires_steps), 35, 49);
    assert_in_range(per_100_clocks(bench.engine_steps), 45, 62);
}

static void the_long_way_is_longer(void **state)
{
    (void)state;
    set_up(8, 0, true);
    read_all(8);
    assert_in_range(per_100_clocks(bench.wires_steps), 250, 400);
    assert_in_range(per_100_clocks(bench.engine_steps), 8 * 250, 8 * 450);
}

static void who_is_alone_stays_awake(void **state)
{
    (void)state;
    set_up(2, 0, false);
    read_all(2);
    assert_true(bench.targets[0].is_asleep);
    i2ctarget_wired_target_leave(&bench.targets[1], &bench.wires);
    read_all(1);
    assert_false(bench.targets[0].is_asleep);
}

static void bystanders_cost_next_to_nothing(void **state)
{
    static const unsigned counts[] = {8, TARGETS_MAX};
    (void)state;
    set_up(1, 0, false);
    read_all(1);
    unsigned alone = per_100_clocks(bench.engine_steps);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        set_up(counts[i], 0, false);
        read_all(counts[i]);
        assert_in_range(per_100_clocks(bench.wires_steps), 11, 18);
        assert_in_range(per_100_clocks(bench.engine_steps), alone, alone + 4);
    }
}

/* With a spike filter every edge that is no part of a run is told to one of them, not to each. */
static void filtered_bystanders_share_one_filter(void **state)
{
    (void)state;
    set_up(1, 50, false);
    read_all(1);
    unsigned alone = per_100_clocks(bench.engine_steps);
    set_up(TARGETS_MAX, 50, false);
    read_all(TARGETS_MAX);
    assert_in_range(per_100_clocks(bench.engine_steps), alone, alone + 34);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_is_a_few_steps),
        cmocka_unit_test(a_filter_adds_a_few_steps),
        cmocka_unit_test(the_long_way_is_longer),
        cmocka_unit_test(who_is_alone_stays_awake),
        cmocka_unit_test(bystanders_cost_next_to_nothing),
        cmocka_unit_test(filtered_bystanders_share_one_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
