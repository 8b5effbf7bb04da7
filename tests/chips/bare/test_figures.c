/* SPDX-License-Identifier: MIT */
/*
 * The figures of ports/gpio/README.md that are the model's: up to which SCL the two ways to find
 * edges follow, for a given price of an access and a given latency.  The instructions between two
 * accesses take no time here; the executed image of SAM D5x has those, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chips/bare/rig.h"
#include "support/probe_device.h"

enum { STEP_HZ = 25000, MOST_HZ = 1000000, CYCLE_NS = 8 };

struct outcome {
    bool is_right;
    uint64_t stretch_ns;
};

/* Two writes and reads of a device, with a message for another target between them. */
static bool are_right(struct rig *rig)
{
    uint8_t out[] = {0x10, 0xA5, 0x3C}, got[3];
    struct rig_message messages[] = {
        {.address = 0x50, .length = 3, .buffer = out},
        {.address = 0x50, .is_read = true, .length = 3, .buffer = got},
    };
    struct rig_message stranger = {.address = 0x21, .length = 1, .buffer = out};
    for (unsigned round = 0; round < 2; round++) {
        rig_start(rig, messages, 2);
        if (rig_finish(rig) != 2)
            return false;
        rig_start(rig, &stranger, 1);
        (void)rig_finish(rig);
        if (stranger.addressed)
            return false;
    }
    return true;
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
    struct outcome outcome = {.is_right = are_right(&rig)};
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

static void how_quick_the_bus_may_be(void **state)
{
    static const struct {
        uint32_t latency, access;
    } costs[] = {{12, 1}, {25, 4}, {60, 10}, {100, 20}};
    (void)state;
    print_message("  access  latency       stays: all right, no stretch      leaves: the same\n");
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        const struct rig_kind stays =
            RIG_BARE("stays", stays, 0, costs[i].latency, costs[i].access, RIG_SEVERAL_TARGETS);
        const struct rig_kind leaves =
            RIG_BARE("leaves", leaves, 0, costs[i].latency, costs[i].access, 0);
        uint32_t hz[4];
        find(stays, &hz[0], &hz[1]);
        find(leaves, &hz[2], &hz[3]);
        print_message("  %3u ns  %4u ns  %10u kHz %10u kHz %15u kHz %10u kHz\n",
                      costs[i].access * CYCLE_NS, costs[i].latency * CYCLE_NS, hz[0] / 1000,
                      hz[1] / 1000, hz[2] / 1000, hz[3] / 1000);
        if (i == 0) {
            assert_true(hz[0] >= 400000 && hz[1] >= 400000);
            assert_true(hz[2] >= 400000 && hz[3] >= 100000);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(how_quick_the_bus_may_be)};
    return cmocka_run_group_tests_name("bare_figures", tests, NULL, NULL);
}
