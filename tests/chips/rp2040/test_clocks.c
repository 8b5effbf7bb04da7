/* SPDX-License-Identifier: MIT */
/*
 * The port at every clk_sys that it accepts: SDA's hold time, t_VD;DAT and t_SU;DAT are those of
 * UM10204 Tables 10 and 11 (the rig's checker demands them), whatever the speed of the bus.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/port.h"
#include "i2ctarget/rp2040.h"
#include "chips/rp2040/model/rp2040.h"
#include "support/probe_device.h"
#include "chips/rp2040/rig.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct i2ctarget target;
static const uint8_t ours[] = {0x40, 0x41};

/* ---- on the wires ---------------------------------------------------------------------------- */

/* clk_sys's period: 24, 25, 30, 36, 40, 48, 50, 100, 125, 143, 167, 200, 250 MHz. */
static const uint32_t periods_ns[] = {41, 40, 33, 28, 25, 21, 20, 10, 8, 7, 6, 5, 4};

enum { FAST_MODE_PLUS_PERIOD_MAX_NS = 21 };

static struct rig_kind kind_at(uint32_t period_ns, uint32_t scl_hz, uint32_t latency)
{
    return (struct rig_kind)RIG_RP2040_AT(period_ns, "a clock", scl_hz, latency, 2, 1, 0);
}

/* A device at 0x41 answers by itself; the application at 0x40 holds SCL before each byte. */
static void serve_device_and_application(uint32_t period_ns, uint32_t scl_hz)
{
    static const char script[] = "S 82 A 10 A A5 A 3C A P S 82 A 10 A S 83 A R a R n P S 84 N P "
                                 "S 80 A 5A A S 81 A R n P";
    const struct rig_kind kind = kind_at(period_ns, scl_hz, 40);
    struct rig rig;
    rig_open(&rig, &kind);
    struct probe_device memory;
    probe_device_init(&memory);
    assert_int_equal(rig_init(&rig, &target, 0, ours, 2, false), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    rig_play(&rig, script);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(byte, 0x5A);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"\x69", 1), 1);
    assert_int_equal(i2ctarget_close(&request), 0);
    const uint8_t *got;
    assert_int_equal(rig_finish_play(&rig, &got), 3);
    assert_memory_equal(got, "\xA5\x3C\x69", 3);
    rig_close(&rig);
}

static void every_clock_serves_every_speed(void **state)
{
    static const uint32_t speeds_hz[] = {100000, 200000, 300000, 350000, 400000, 700000, 1000000};
    (void)state;
    for (size_t i = 0; i < COUNT(periods_ns); i++) {
        for (size_t j = 0; j < COUNT(speeds_hz); j++) {
            if (speeds_hz[j] <= 400000 || periods_ns[i] <= FAST_MODE_PLUS_PERIOD_MAX_NS)
                serve_device_and_application(periods_ns[i], speeds_hz[j]);
        }
    }
}

/* ---- the speed that a clock is good for ------------------------------------------------------ */

static uint64_t stretch_ns(uint32_t period_ns, uint32_t scl_hz)
{
    const struct rig_kind kind = kind_at(period_ns, scl_hz, 110);
    struct rig rig;
    rig_open(&rig, &kind);
    struct probe_device memory;
    probe_device_init(&memory);
    assert_int_equal(rig_init(&rig, &target, 0, ours + 1, 1, false), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    rig_play(&rig, "S 82 A 10 A 11 A 22 A P S 82 A 10 A S 83 A R a R n P");
    rig_finish_play(&rig, NULL);
    uint64_t longest_ns = kind.ops->longest_stretch_ns(&rig);
    rig_close(&rig);
    return longest_ns;
}

static uint32_t configured_hz_max(uint32_t clk_sys_hz)
{
    assert_int_equal(i2ctarget_rp2040_configure(
                         &(struct i2ctarget_rp2040_config){.clk_sys_hz = clk_sys_hz, .alarm = 1}),
                     0);
    return i2ctarget_rp2040_scl_hz_max();
}

static void up_to_scl_hz_max_a_device_is_not_seen_to_stretch(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(periods_ns); i++) {
        uint32_t scl_hz = configured_hz_max(1000000000u / periods_ns[i]);
        print_message("  %3u MHz: %u kHz\n", 1000 / periods_ns[i], scl_hz / 1000);
        assert_int_equal(stretch_ns(periods_ns[i], scl_hz < 400000 ? scl_hz : 400000), 0);
    }
}

static void scl_hz_max_follows_from_the_clock(void **state)
{
    (void)state;
    assert_int_equal(i2ctarget_rp2040_port.capabilities.scl_hz_max, 400000);
    assert_in_range(configured_hz_max(0), 400000, 410000);
    assert_int_equal(configured_hz_max(125000000), configured_hz_max(0));
    assert_in_range(configured_hz_max(24000000), 93000, 95000);
    assert_in_range(configured_hz_max(50000000), 180000, 190000);
    assert_in_range(configured_hz_max(200000000), 560000, 570000);
}

/* ---- the times that the program is loaded with ----------------------------------------------- */

/* What the engine's clock makes of a number of its cycles, in picoseconds: CLKDIV is 16.8 fixed. */
static uint64_t engine_ps(uint32_t clk_sys_hz, uint32_t clkdiv, unsigned cycles)
{
    return (uint64_t)cycles * (clkdiv >> 8) * 1000000000u / 256 / (clk_sys_hz / 1000);
}

static unsigned delay_of(const struct pio_model *pio, unsigned place)
{
    return pio->instructions[place] >> 8 & 15;
}

static void expect_times(uint32_t clk_sys_hz)
{
    static const struct rig_kind kind = RIG_RP2040("any", 400000, 40, 2, 1, 0);
    struct rig rig;
    rig_open(&rig, &kind);
    (void)configured_hz_max(clk_sys_hz);
    assert_int_equal(rig_init(&rig, &target, 0, ours, 1, false), 0);
    const struct pio_model *pio = rp2040_pio_now(rig_rp2040_chip(&rig), 0);
    uint32_t clkdiv = pio->machines[1].clkdiv;
    unsigned hold = 8 + delay_of(pio, 20) + delay_of(pio, 21);
    unsigned setup = 2 + delay_of(pio, 18) + delay_of(pio, 19);
    assert_int_equal(delay_of(pio, 31) + delay_of(pio, 13), hold - 8); /* after the last bit, too */
    bool looks_twice = pio->instructions[3] != 0xA042;
    assert_true(looks_twice == (clk_sys_hz >= 94000000));
    if (looks_twice) /* until SCL is looked at, which t_SU;DAT of 50 ns bounds */
        assert_in_range((3 + delay_of(pio, 3)) * UINT64_C(1000000000) / (clk_sys_hz / 1000), 24000,
                        32000);
    assert_in_range(engine_ps(clk_sys_hz, clkdiv, hold), 300000, 350000);
    assert_in_range(engine_ps(clk_sys_hz, clkdiv, setup), 250000, 350000);
    rig_close(&rig);
}

static void hold_and_set_up_are_the_same_at_every_clock(void **state)
{
    static const uint32_t clocks_mhz[] = {24, 25,  30,  36,  40,  48,  50,
                                          64, 100, 125, 133, 150, 200, 250};
    (void)state;
    for (size_t i = 0; i < COUNT(clocks_mhz); i++)
        expect_times(clocks_mhz[i] * 1000000u);
}

static void a_clock_that_is_too_slow_is_refused(void **state)
{
    static const struct i2ctarget_rp2040_config slow = {.clk_sys_hz = 12000000, .alarm = 1},
                                                below = {.clk_sys_hz = 23999999, .alarm = 1};
    (void)state;
    assert_int_equal(i2ctarget_rp2040_configure(&slow), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_rp2040_configure(&below), -I2CTARGET_EINVAL);
}

/* ---- a clock that changes while a target is open --------------------------------------------- */

/* What the block is loaded with: the program, and the engine's divider. */
struct loaded {
    uint16_t instructions[32];
    uint32_t clkdiv;
};

static struct loaded loaded_now(struct rig *rig)
{
    const struct pio_model *pio = rp2040_pio_now(rig_rp2040_chip(rig), 0);
    struct loaded loaded = {.clkdiv = pio->machines[1].clkdiv};
    for (unsigned i = 0; i < COUNT(loaded.instructions); i++)
        loaded.instructions[i] = pio->instructions[i];
    return loaded;
}

/* A target that is opened at one clock, and follows to another one. */
static struct loaded loaded_after(uint32_t opened_hz, uint32_t followed_hz)
{
    static const struct rig_kind kind = RIG_RP2040("any", 400000, 40, 2, 1, 0);
    struct rig rig;
    rig_open(&rig, &kind);
    (void)configured_hz_max(opened_hz);
    assert_int_equal(rig_init(&rig, &target, 0, ours, 1, false), 0);
    if (followed_hz)
        assert_int_equal(i2ctarget_rp2040_follow_clock(followed_hz), 0);
    struct loaded loaded = loaded_now(&rig);
    rig_close(&rig);
    return loaded;
}

static void a_target_follows_from_every_clock_to_every_other(void **state)
{
    static const uint32_t clocks_mhz[] = {24, 48, 93, 94, 125, 133, 200, 250};
    (void)state;
    for (size_t i = 0; i < COUNT(clocks_mhz); i++) {
        const struct loaded right = loaded_after(clocks_mhz[i] * 1000000u, 0);
        for (size_t j = 0; j < COUNT(clocks_mhz); j++) {
            const struct loaded followed =
                loaded_after(clocks_mhz[j] * 1000000u, clocks_mhz[i] * 1000000u);
            assert_memory_equal(followed.instructions, right.instructions,
                                sizeof right.instructions);
            assert_int_equal(followed.clkdiv, right.clkdiv);
        }
    }
}

/* While SCL is held in the middle of a message; the clock of the rig is the one that is followed. */
static void the_message_under_way_goes_on(void **state)
{
    (void)state;
    const struct rig_kind kind = kind_at(8, 400000, 40);
    struct rig rig;
    rig_open(&rig, &kind);
    (void)configured_hz_max(250000000);
    assert_int_equal(rig_init(&rig, &target, 0, ours, 1, false), 0);
    rig_play(&rig, "S 80 A 5A A P S 81 A R n P");
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(i2ctarget_rp2040_follow_clock(125000000), 0);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(byte, 0x5A);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"\x69", 1), 1);
    const uint8_t *got;
    assert_int_equal(rig_finish_play(&rig, &got), 1);
    assert_int_equal(got[0], 0x69);
    rig_close(&rig);
}

static void it_does_not_follow_to_a_clock_that_is_out_of_range(void **state)
{
    (void)state;
    uint32_t before = configured_hz_max(125000000);
    assert_int_equal(i2ctarget_rp2040_follow_clock(23999999), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_rp2040_follow_clock(250000001), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_rp2040_scl_hz_max(), before);
    assert_int_equal(i2ctarget_rp2040_follow_clock(24000000), 0);
    assert_in_range(i2ctarget_rp2040_scl_hz_max(), 93000, 95000);
    assert_int_equal(i2ctarget_rp2040_follow_clock(250000000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clock_serves_every_speed),
        cmocka_unit_test(up_to_scl_hz_max_a_device_is_not_seen_to_stretch),
        cmocka_unit_test(scl_hz_max_follows_from_the_clock),
        cmocka_unit_test(hold_and_set_up_are_the_same_at_every_clock),
        cmocka_unit_test(a_clock_that_is_too_slow_is_refused),
        cmocka_unit_test(a_target_follows_from_every_clock_to_every_other),
        cmocka_unit_test(the_message_under_way_goes_on),
        cmocka_unit_test(it_does_not_follow_to_a_clock_that_is_out_of_range),
    };
    return cmocka_run_group_tests_name("rp2040_clocks", tests, NULL, NULL);
}
