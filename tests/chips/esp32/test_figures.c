/* SPDX-License-Identifier: MIT */
/*
 * The figures of ports/esp32/README.md that are the model's: up to which SCL a device is served right,
 * and without a visible stretch; for how long the core is taken; what strangers cost.
 *
 * On the model the instructions between two accesses take no time.  A look at the lines has the price
 * of the loop around it, an access to a register and the latency of an interrupt are those of the rig.
 * So all of these are upper bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chips/esp32/rig.h"
#include "i2ctarget/port.h"
#include "support/probe_device.h"

enum { STEP_HZ = 50000, MOST_HZ = 1000000 };

struct outcome {
    bool is_right;
    uint64_t stretch_ns, handler_ns, stranger_ns;
    uint64_t stranger_interrupts;
};

static uint8_t out[] = {0x10, 0xA5, 0x3C}, got[3];

static bool serves(struct rig *rig)
{
    struct rig_message messages[] = {
        {.address = 0x50, .length = 3, .buffer = out},
        {.address = 0x50, .is_read = true, .length = 3, .buffer = got},
    };
    rig_start(rig, messages, 2);
    return rig_finish(rig) == 2;
}

/* A message of three bytes for somebody else, whom nobody answers after the first. */
static void pass_by(struct rig *rig, struct outcome *outcome)
{
    struct processor *processor = &rig_esp32_chip(rig)->processor;
    struct rig_message stranger = {.address = 0x21, .length = 3, .buffer = out};
    uint64_t before = processor->interrupts;
    processor->longest_handler_ns = 0;
    rig_start(rig, &stranger, 1);
    (void)rig_finish(rig);
    outcome->is_right = outcome->is_right && !stranger.addressed;
    outcome->stranger_interrupts = processor->interrupts - before;
    outcome->stranger_ns = processor->longest_handler_ns;
}

static struct outcome run(const struct rig_kind *kind)
{
    static const uint8_t ours[] = {0x50};
    struct rig rig;
    rig_open(&rig, kind);
    rig.is_spiked = true; /* a port that is too slow is not blamed for what it does on the wires */
    struct probe_device memory;
    probe_device_init(&memory);
    struct i2ctarget target;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 1, false), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    struct outcome outcome = {.is_right = true};
    for (unsigned round = 0; round < 2; round++) {
        outcome.is_right = serves(&rig) && outcome.is_right;
        outcome.handler_ns = rig_esp32_chip(&rig)->processor.longest_handler_ns;
        pass_by(&rig, &outcome);
    }
    outcome.stretch_ns = kind->ops->longest_stretch_ns(&rig);
    rig_close(&rig);
    return outcome;
}

/* The highest SCL up to which all is right; and the highest up to which nothing is stretched. */
static void find(struct rig_kind kind, uint32_t *right_hz, uint32_t *prompt_hz)
{
    *right_hz = *prompt_hz = 0;
    bool is_prompt = true;
    for (kind.scl_hz = STEP_HZ; kind.scl_hz <= MOST_HZ; kind.scl_hz += STEP_HZ) {
        struct outcome outcome = run(&kind);
        if (!outcome.is_right)
            return;
        is_prompt = is_prompt && outcome.stretch_ns == 0;
        *right_hz = kind.scl_hz;
        if (is_prompt)
            *prompt_hz = kind.scl_hz;
    }
}

static const char *const rigs[] = {"esp32_100k", "esp32s2_100k", "esp32s3_100k", "esp32c3_100k"};

static void how_quick_the_bus_may_be(void **state)
{
    (void)state;
    print_message("                  all right up to    no stretch up to\n");
    for (size_t i = 0; i < sizeof rigs / sizeof *rigs; i++) {
        uint32_t right_hz, prompt_hz;
        find(*rig_kind_named(rigs[i]), &right_hz, &prompt_hz);
        print_message("  %-14s %9u kHz %15u kHz\n", rigs[i], right_hz / 1000, prompt_hz / 1000);
        const struct i2ctarget_port_ops *port = rig_kind_named(rigs[i])->port;
        assert_true(prompt_hz >= port->capabilities.scl_hz_max);
    }
}

static void for_how_long_the_core_is_taken(void **state)
{
    (void)state;
    print_message("                  a write of 3 bytes and a read of 3    a stranger's message\n");
    for (size_t i = 0; i < sizeof rigs / sizeof *rigs; i++) {
        struct outcome outcome = run(rig_kind_named(rigs[i]));
        assert_true(outcome.is_right);
        assert_int_equal(outcome.stretch_ns, 0);
        print_message("  %-14s %20llu us in one %15llu interrupts, the longest %llu ns\n", rigs[i],
                      (unsigned long long)outcome.handler_ns / 1000,
                      (unsigned long long)outcome.stranger_interrupts,
                      (unsigned long long)outcome.stranger_ns);
        /*
         * Ten clocks and a bit for each of eight bytes; and at most an address's, of others, with
         * the look behind its STOP that ESP32 takes.
         */
        assert_in_range(outcome.handler_ns, 720000, 1000000);
        assert_in_range(outcome.stranger_ns, 1, 120000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_quick_the_bus_may_be),
        cmocka_unit_test(for_how_long_the_core_is_taken),
    };
    return cmocka_run_group_tests_name("esp32_figures", tests, NULL, NULL);
}
