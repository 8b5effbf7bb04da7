/* SPDX-License-Identifier: MIT */
/*
 * The figures of ports/samd5x/README.md that are the model's: what an answer takes besides the CPU's
 * time, and how quick the bus may be for a given time of the CPU.  Printed, and held to what is
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

#include "chips/samd5x/rig.h"
#include "support/probe_device.h"

static const char script[] = "S A0 A 10 A 11 A 22 A P S A0 A 10 A S A1 A R a R a R n P";
static const char strangers[] = "m S 84 N 80 N 81 N S 85 N P S 20 N P";

struct figures {
    uint64_t stretch_ns, handler_ns;
    uint64_t interrupts, accesses;
};

static struct figures run(const struct samd5x_variant *variant, uint32_t scl_hz, uint32_t latency,
                          const char *wave)
{
    static const uint8_t ours[] = {0x50};
    const struct rig_kind kind = RIG_SAMD5X("figures", *variant, scl_hz, latency, 5, 1, 0);
    struct rig rig;
    rig_open(&rig, &kind);
    struct probe_device memory;
    probe_device_init(&memory);
    struct i2ctarget target;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 1, false), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    const struct samd5x *chip = rig_samd5x_chip(&rig);
    rig_sleep_us(&rig, 100);
    rig_play(&rig, "S A1 A R n P"); /* the first byte shows how one is sent */
    rig_finish_play(&rig, NULL);
    struct figures figures = {.interrupts = chip->processor.interrupts,
                              .accesses = chip->processor.accesses};
    uint64_t before_ns = kind.ops->longest_stretch_ns(&rig);
    rig_play(&rig, wave);
    rig_finish_play(&rig, NULL);
    figures.interrupts = chip->processor.interrupts - figures.interrupts;
    figures.accesses = chip->processor.accesses - figures.accesses;
    figures.handler_ns = chip->processor.longest_handler_ns;
    figures.stretch_ns = kind.ops->longest_stretch_ns(&rig);
    if (wave == strangers && figures.stretch_ns == before_ns)
        figures.stretch_ns = 0; /* that was ours */
    rig_close(&rig);
    return figures;
}

/* The quickest bus, in steps of 10 kHz, on which a device is never seen to stretch. */
static uint32_t quickest_hz(uint32_t latency)
{
    uint32_t scl_hz = 1000000;
    while (scl_hz > 10000 && run(&samd5x_plain, scl_hz, latency, script).stretch_ns > 0)
        scl_hz -= 10000;
    return scl_hz;
}

static void what_a_device_costs(void **state)
{
    static const uint32_t speeds_hz[] = {100000, 400000, 1000000};
    static const uint32_t latencies[] = {16, 60, 110, 160, 220, 380, 625};
    (void)state;
    print_message("  SCL      CPU     visible stretch  longest handler  interrupts  accesses\n");
    for (size_t i = 0; i < sizeof speeds_hz / sizeof *speeds_hz; i++) {
        for (size_t j = 0; j < sizeof latencies / sizeof *latencies; j++) {
            struct figures figures = run(&samd5x_plain, speeds_hz[i], latencies[j], script);
            print_message("  %4u kHz %4u cy %10llu ns %13llu ns %11llu %9llu\n",
                          speeds_hz[i] / 1000, latencies[j], (unsigned long long)figures.stretch_ns,
                          (unsigned long long)figures.handler_ns,
                          (unsigned long long)figures.interrupts,
                          (unsigned long long)figures.accesses);
            if (speeds_hz[i] <= 100000 && latencies[j] <= 380)
                assert_int_equal(figures.stretch_ns, 0);
        }
    }
}

static void the_quickest_bus(void **state)
{
    static const uint32_t latencies[] = {16, 60, 110, 160, 220, 380};
    (void)state;
    for (size_t j = 0; j < sizeof latencies / sizeof *latencies; j++)
        print_message("  %4u cycles: no stretch up to %u kHz\n", latencies[j],
                      quickest_hz(latencies[j]) / 1000);
    /* A device that is addressed after Sr takes 380 cycles: the emulator's figure. */
    assert_true(quickest_hz(380) >= i2ctarget_samd5x_scl_hz_max());
}

/* They do not stop here; or, if every address is heard, for less than a microsecond. */
static void what_strangers_cost(void **state)
{
    (void)state;
    for (uint32_t scl_hz = 100000; scl_hz <= 1000000; scl_hz += 300000) {
        struct figures exact = run(&samd5x_plain, scl_hz, 60, strangers);
        struct figures all = run(&samd5x_hear_all, scl_hz, 60, strangers);
        print_message("  %4u kHz: %llu ns, %llu interrupts; hear_all: %llu ns, %llu interrupts for "
                      "3 messages\n",
                      scl_hz / 1000, (unsigned long long)exact.stretch_ns,
                      (unsigned long long)exact.interrupts, (unsigned long long)all.stretch_ns,
                      (unsigned long long)all.interrupts);
        assert_int_equal(exact.stretch_ns, 0);
        assert_int_equal(exact.interrupts, 0);
        assert_in_range(all.stretch_ns, 0, 2000);
        assert_in_range(all.interrupts, 3, 12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_device_costs),
        cmocka_unit_test(the_quickest_bus),
        cmocka_unit_test(what_strangers_cost),
    };
    return cmocka_run_group_tests_name("samd5x_figures", tests, NULL, NULL);
}
