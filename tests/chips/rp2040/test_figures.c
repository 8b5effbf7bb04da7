/* SPDX-License-Identifier: MIT */
/*
 * The figures of ports/rp2040/README.md that are the model's: what of an answer's time is the
 * engine's, and how quick the bus may be for a given time of the CPU.  Printed, and held to what is
 * promised.
 *
 * On the model the instructions between two register accesses take no time; the CPU's time is
 * therefore given as the latency of the interrupt, in cycles of 8 ns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chips/rp2040/model/rp2040.h"
#include "support/probe_device.h"
#include "chips/rp2040/rig.h"

static const char script[] = "S A0 A 10 A 11 A 22 A P S A0 A 10 A S A1 A R a R n P S 84 N 80 N P";

struct figures {
    uint64_t stretch_ns, handler_ns;
    uint64_t interrupts, accesses;
};

static struct figures run(uint32_t scl_hz, uint32_t latency, const char *wave)
{
    static const uint8_t ours[] = {0x50};
    const struct rig_kind kind = RIG_RP2040("figures", scl_hz, latency, 2, 1, 0);
    struct rig rig;
    rig_open(&rig, &kind);
    struct probe_device memory;
    probe_device_init(&memory);
    struct i2ctarget target;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 1, false), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    const struct rp2040 *chip = rig_rp2040_chip(&rig);
    rig_sleep_us(&rig, 10);
    struct figures figures = {.interrupts = chip->processor.interrupts,
                              .accesses = chip->processor.accesses};
    rig_play(&rig, wave);
    rig_finish_play(&rig, NULL);
    figures.interrupts = chip->processor.interrupts - figures.interrupts;
    figures.accesses = chip->processor.accesses - figures.accesses;
    figures.handler_ns = chip->processor.longest_handler_ns;
    figures.stretch_ns = kind.ops->longest_stretch_ns(&rig);
    rig_close(&rig);
    return figures;
}

/* The quickest bus, in steps of 10 kHz, on which a device is never seen to stretch. */
static uint32_t quickest_hz(uint32_t latency, const char *wave)
{
    uint32_t scl_hz = 1000000;
    while (scl_hz > 10000 && run(scl_hz, latency, wave).stretch_ns > 0)
        scl_hz -= 10000;
    return scl_hz;
}

static void what_a_device_costs(void **state)
{
    static const uint32_t speeds_hz[] = {100000, 400000, 1000000};
    static const uint32_t latencies[] = {16, 60, 110, 160, 625};
    (void)state;
    print_message("  SCL      CPU     visible stretch  longest handler  interrupts  accesses\n");
    for (size_t i = 0; i < sizeof speeds_hz / sizeof *speeds_hz; i++) {
        for (size_t j = 0; j < sizeof latencies / sizeof *latencies; j++) {
            struct figures figures = run(speeds_hz[i], latencies[j], script);
            print_message("  %4u kHz %4u cy %10llu ns %13llu ns %11llu %9llu\n",
                          speeds_hz[i] / 1000, latencies[j], (unsigned long long)figures.stretch_ns,
                          (unsigned long long)figures.handler_ns,
                          (unsigned long long)figures.interrupts,
                          (unsigned long long)figures.accesses);
            if (speeds_hz[i] <= 400000 && latencies[j] <= 110)
                assert_int_equal(figures.stretch_ns, 0);
        }
    }
}

static void the_quickest_bus(void **state)
{
    static const uint32_t latencies[] = {16, 60, 110, 160, 220};
    (void)state;
    for (size_t j = 0; j < sizeof latencies / sizeof *latencies; j++)
        print_message("  %4u cycles: no stretch up to %u kHz\n", latencies[j],
                      quickest_hz(latencies[j], script) / 1000);
    assert_true(quickest_hz(110, script) >= 400000);
}

/* Messages for others: looked at, and never held. */
static void what_strangers_cost(void **state)
{
    static const char strangers[] = "m S 84 N 80 N 81 N S 85 N P S 20 N P";
    (void)state;
    for (uint32_t scl_hz = 100000; scl_hz <= 1000000; scl_hz += 300000) {
        struct figures figures = run(scl_hz, 60, strangers);
        print_message("  %4u kHz: %llu ns, %llu interrupts for 3 messages\n", scl_hz / 1000,
                      (unsigned long long)figures.stretch_ns,
                      (unsigned long long)figures.interrupts);
        assert_true(figures.stretch_ns <= (scl_hz > 400000 ? 1000 : 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_device_costs),
        cmocka_unit_test(the_quickest_bus),
        cmocka_unit_test(what_strangers_cost),
    };
    return cmocka_run_group_tests_name("rp2040_figures", tests, NULL, NULL);
}
