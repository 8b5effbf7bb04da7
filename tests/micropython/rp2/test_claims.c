/* SPDX-License-Identifier: MIT */
/*
 * MicroPython's targets on the RP2040 take what they need from the SDK, give all of it back, and leave
 * alone what others have.  The port and the chip are the real one and its model; the SDK is a stand-in
 * (stand_in/sdk.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "claiming.h"
#include "clock.h"
#include "hardware/clocks.h"
#include "hardware/irq.h"
#include "hardware/pio.h"
#include "i2ctarget/port.h"
#include "i2ctarget/rp2040.h"
#include "py/runtime.h"
#include "sdk.h"

#include "chips/rp2040/model/rp2040.h"
#include "chips/rp2040/rig.h"

static const struct rig_kind kind = RIG_RP2040("400 kHz", 400000, 40, 2, 1, 0);
static const uint8_t ours[] = {0x40};
static struct rig rig;
static struct i2ctarget first, second, third;

enum { ALL_MACHINES = 0xF, ALL_MEMORY = -1 };

static int open_rig(void **state)
{
    (void)state;
    sdk_reset();
    rig_open(&rig, &kind);
    return 0;
}

static int init(struct i2ctarget *target, uint16_t scl, uint16_t sda)
{
    struct i2ctarget_pin clock = i2ctarget_mp_claiming_pin(scl),
                         data = i2ctarget_mp_claiming_pin(sda);
    return i2ctarget_init(target, &clock, &data, ours, 1, false);
}

static void expect_nothing_taken(void)
{
    struct sdk now = sdk, fresh;
    sdk_reset();
    fresh = sdk;
    sdk = now;
    assert_memory_equal(now.machines, fresh.machines, sizeof now.machines);
    assert_memory_equal(now.memory, fresh.memory, sizeof now.memory);
    assert_memory_equal(now.handlers, fresh.handlers, sizeof now.handlers);
    assert_memory_equal(now.priorities, fresh.priorities, sizeof now.priorities);
    assert_int_equal(now.alarms, fresh.alarms);
}

static int close_rig(void **state)
{
    (void)state;
    sdk.core = 0;
    rig_close(&rig);
    return 0;
}

/* ---- taking and giving back ------------------------------------------------------------------ */

static void a_target_takes_all_that_it_uses(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    assert_int_equal(sdk.machines[0], ALL_MACHINES);
    assert_int_equal((int)sdk.memory[0], ALL_MEMORY);
    assert_ptr_equal(sdk.handlers[PIO0_IRQ_0], i2ctarget_rp2040_pio0_irq);
    assert_ptr_equal(sdk.handlers[TIMER_IRQ_0], i2ctarget_rp2040_alarm_irq);
    assert_int_equal(sdk.alarms, 1u << 0 | 1u << 2 | 1u << 3);
    assert_int_equal(sdk.machines[1], 0);
    i2ctarget_deinit(&first);
    expect_nothing_taken();
}

/* The port wants one priority for its three interrupts, and SCL is held until they are served. */
static void its_interrupts_come_before_all_others(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    assert_int_equal(init(&second, 17, 26), 0);
    assert_int_equal(sdk.priorities[PIO0_IRQ_0], PICO_HIGHEST_IRQ_PRIORITY);
    assert_int_equal(sdk.priorities[PIO1_IRQ_0], PICO_HIGHEST_IRQ_PRIORITY);
    assert_int_equal(sdk.priorities[TIMER_IRQ_0], PICO_HIGHEST_IRQ_PRIORITY);
    i2ctarget_deinit(&first);
    i2ctarget_deinit(&second);
    expect_nothing_taken();
}

static void two_targets_have_a_block_each_and_share_the_alarm(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    assert_int_equal(init(&second, 17, 26), 0);
    assert_ptr_equal(sdk.handlers[PIO1_IRQ_0], i2ctarget_rp2040_pio1_irq);
    i2ctarget_deinit(&first);
    assert_int_equal(sdk.machines[0], 0);
    assert_int_equal(sdk.machines[1], ALL_MACHINES);
    assert_ptr_equal(sdk.handlers[TIMER_IRQ_0], i2ctarget_rp2040_alarm_irq);
    i2ctarget_deinit(&second);
    expect_nothing_taken();
}

static void a_third_target_is_told_what_is_missing(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    assert_int_equal(init(&second, 17, 26), 0);
    assert_int_equal(init(&third, 9, 8), -I2CTARGET_ENODEV);
    assert_non_null(strstr(i2ctarget_mp_claiming_failed(), "no PIO block is free"));
    i2ctarget_deinit(&second);
    assert_int_equal(init(&third, 9, 8), 0);
    i2ctarget_deinit(&third);
    i2ctarget_deinit(&first);
    expect_nothing_taken();
}

static void pins_that_are_in_use_cost_nothing(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    const struct sdk before = sdk;
    assert_int_equal(init(&second, 5, 9), -I2CTARGET_EBUSY);
    assert_memory_equal(&sdk, &before, sizeof sdk);
    assert_int_equal(init(&second, 30, 9), -I2CTARGET_EINVAL);
    assert_memory_equal(&sdk, &before, sizeof sdk);
    i2ctarget_deinit(&first);
    expect_nothing_taken();
}

static void the_next_owner_finds_no_flags(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    sdk_blocks[0].irq = 0;
    i2ctarget_deinit(&first);
    assert_int_equal(sdk_blocks[0].irq, 0xFF); /* a write of 1 clears a flag */
}

/* rp2.PIO.irq() disables an interrupt before it refuses it. */
static void interrupts_that_somebody_disabled_are_enabled(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    sdk.is_enabled[PIO0_IRQ_0] = false;
    i2ctarget_mp_claiming_keep();
    assert_true(sdk.is_enabled[PIO0_IRQ_0]);
    assert_false(sdk.is_enabled[PIO1_IRQ_0]);
    i2ctarget_deinit(&first);
    assert_false(sdk.is_enabled[PIO0_IRQ_0]);
    i2ctarget_mp_claiming_keep();
    assert_false(sdk.is_enabled[PIO0_IRQ_0]);
}

/* ---- what others have ------------------------------------------------------------------------ */

static void theirs(void)
{
}

static void expect_block_1(void)
{
    const unsigned machines = sdk.machines[0];
    const uint32_t memory = sdk.memory[0];
    assert_int_equal(init(&first, 5, 4), 0);
    assert_int_equal(sdk.machines[1], ALL_MACHINES);
    i2ctarget_deinit(&first);
    assert_int_equal(sdk.machines[0], machines);
    assert_int_equal(sdk.memory[0], memory);
    assert_int_equal(sdk.machines[1], 0);
    assert_int_equal(sdk.memory[1], 0);
}

static void a_block_that_others_use_is_left_to_them(void **state)
{
    (void)state;
    for (unsigned machine = 0; machine < 4; machine++) {
        sdk_reset();
        sdk.machines[0] = 1u << machine;
        expect_block_1();
    }
    for (unsigned instruction = 0; instruction < 32; instruction++) {
        sdk_reset();
        sdk.memory[0] = 1u << instruction;
        expect_block_1();
    }
    sdk_reset();
    sdk.handlers[PIO0_IRQ_0] = theirs;
    expect_block_1();
    assert_ptr_equal(sdk.handlers[PIO0_IRQ_0], theirs);
    sdk_reset();
    sdk.handlers[PIO0_IRQ_0] = theirs;
    sdk.is_shared[PIO0_IRQ_0] = true;
    expect_block_1();
    assert_ptr_equal(sdk.handlers[PIO0_IRQ_0], theirs);
}

static void no_block_is_free(void **state)
{
    (void)state;
    sdk.machines[0] = 1;
    sdk.memory[1] = 1u << 31;
    const struct sdk before = sdk;
    assert_int_equal(init(&first, 5, 4), -I2CTARGET_ENODEV);
    assert_non_null(strstr(i2ctarget_mp_claiming_failed(), "no PIO block is free"));
    assert_memory_equal(&sdk, &before, sizeof sdk);
}

static void no_alarm_is_free(void **state)
{
    (void)state;
    sdk.alarms = 0xF;
    const struct sdk before = sdk;
    assert_int_equal(init(&first, 5, 4), -I2CTARGET_ENODEV);
    assert_non_null(strstr(i2ctarget_mp_claiming_failed(), "alarm"));
    assert_memory_equal(&sdk, &before, sizeof sdk);
}

static void the_other_alarm_serves_as_well(void **state)
{
    (void)state;
    sdk.alarms |= 1u << 0;
    assert_int_equal(init(&first, 5, 4), 0);
    assert_ptr_equal(sdk.handlers[TIMER_IRQ_0 + 1], i2ctarget_rp2040_alarm_irq);
    i2ctarget_deinit(&first);
    assert_int_equal(sdk.alarms, 1u << 0 | 1u << 2 | 1u << 3);
}

static void an_alarm_whose_interrupt_others_have_is_given_back(void **state)
{
    (void)state;
    sdk.handlers[TIMER_IRQ_0] = theirs;
    const struct sdk before = sdk;
    assert_int_equal(init(&first, 5, 4), -I2CTARGET_ENODEV);
    assert_memory_equal(&sdk, &before, sizeof sdk);
}

/* ---- the other core -------------------------------------------------------------------------- */

/* Its garbage collection ends a target whose interrupts are core 0's. */
static void core_1_ends_a_target_while_core_0_stands_still(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    sdk.core = 1;
    i2ctarget_mp_claiming_keep();
    i2ctarget_deinit(&first);
    assert_int_equal(sdk.lockouts, 1);
    assert_int_equal(sdk.lockout_depth, 0);
    assert_int_equal(sdk.machines[0], 0);
    assert_int_equal(sdk.memory[0], 0);
    sdk.core = 0;
    assert_int_equal(init(&second, 5, 4), 0);
    assert_int_equal(sdk.machines[0], ALL_MACHINES);
    i2ctarget_deinit(&second);
    assert_int_equal(sdk.lockouts, 1);
    expect_nothing_taken();
}

/* ---- machine.freq() -------------------------------------------------------------------------- */

static jmp_buf raised;

_Noreturn void mp_raise_ValueError(const char *text)
{
    sdk.raised = text;
    longjmp(raised, 1);
}

static unsigned set_up_delay_of(unsigned block)
{
    return rp2040_pio_now(rig_rp2040_chip(&rig), block)->instructions[18] >> 8 & 15;
}

static unsigned set_up_delay(void)
{
    return set_up_delay_of(0);
}

/* The delays are right for the faster of both clocks while they change. */
static unsigned delay_meanwhile;

void __real_set_sys_clock_pll(uint32_t vco_hz, uint divider_1, uint divider_2);
void __real_set_sys_clock_pll(uint32_t vco_hz, uint divider_1, uint divider_2)
{
    delay_meanwhile = set_up_delay();
    sdk.clk_sys_hz = vco_hz / (divider_1 * divider_2);
}

static void the_engine_follows_machine_freq(void **state)
{
    (void)state;
    sdk.clk_sys_hz = 48000000;
    assert_int_equal(init(&first, 5, 4), 0);
    unsigned slow = set_up_delay();
    __wrap_set_sys_clock_pll(1500000000, 6, 2);
    unsigned fast = set_up_delay();
    assert_true(fast > slow);
    assert_int_equal(delay_meanwhile, fast);
    __wrap_set_sys_clock_pll(1440000000, 6, 5);
    assert_int_equal(set_up_delay(), slow);
    assert_int_equal(delay_meanwhile, fast);
    i2ctarget_deinit(&first);
}

static void a_clock_that_changed_otherwise_is_noticed(void **state)
{
    (void)state;
    sdk.clk_sys_hz = 48000000;
    assert_int_equal(init(&first, 5, 4), 0);
    unsigned slow = set_up_delay();
    sdk.clk_sys_hz = 125000000;
    i2ctarget_mp_follow_clock();
    assert_true(set_up_delay() > slow);
    i2ctarget_deinit(&first);
}

static void a_second_target_follows_as_well(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    unsigned fast = set_up_delay();
    sdk.clk_sys_hz = 48000000;
    assert_int_equal(init(&second, 17, 26), 0);
    unsigned slow = set_up_delay();
    assert_true(slow < fast);
    assert_int_equal(set_up_delay_of(1), slow);
    __wrap_set_sys_clock_pll(1500000000, 6, 2);
    assert_int_equal(set_up_delay(), fast);
    assert_int_equal(set_up_delay_of(1), fast);
    i2ctarget_deinit(&first);
    i2ctarget_deinit(&second);
}

static void a_clock_out_of_range_is_refused_while_a_target_is_open(void **state)
{
    (void)state;
    assert_int_equal(init(&first, 5, 4), 0);
    if (setjmp(raised) == 0) {
        __wrap_set_sys_clock_pll(1596000000, 6, 1);
        fail();
    }
    assert_non_null(strstr(sdk.raised, "24 to 250 MHz"));
    assert_int_equal(sdk.clk_sys_hz, 125000000);
    i2ctarget_deinit(&first);
    __wrap_set_sys_clock_pll(1596000000, 6, 1);
    assert_int_equal(sdk.clk_sys_hz, 266000000);
    assert_int_equal(init(&first, 5, 4), -I2CTARGET_ENODEV);
    assert_non_null(strstr(i2ctarget_mp_claiming_failed(), "machine.freq()"));
    expect_nothing_taken();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_target_takes_all_that_it_uses),
        TEST(its_interrupts_come_before_all_others),
        TEST(two_targets_have_a_block_each_and_share_the_alarm),
        TEST(a_third_target_is_told_what_is_missing),
        TEST(pins_that_are_in_use_cost_nothing),
        TEST(the_next_owner_finds_no_flags),
        TEST(interrupts_that_somebody_disabled_are_enabled),
        TEST(a_block_that_others_use_is_left_to_them),
        TEST(no_block_is_free),
        TEST(no_alarm_is_free),
        TEST(the_other_alarm_serves_as_well),
        TEST(an_alarm_whose_interrupt_others_have_is_given_back),
        TEST(core_1_ends_a_target_while_core_0_stands_still),
        TEST(the_engine_follows_machine_freq),
        TEST(a_clock_that_changed_otherwise_is_noticed),
        TEST(a_second_target_follows_as_well),
        TEST(a_clock_out_of_range_is_refused_while_a_target_is_open),
    };
    return cmocka_run_group_tests_name("micropython_rp2_claims", tests, NULL, NULL);
}
