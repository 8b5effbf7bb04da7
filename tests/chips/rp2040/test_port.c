/* SPDX-License-Identifier: MIT */
/*
 * What is the RP2040 port's own: pins and blocks, how a byte cut short in its ninth clock counts,
 * going at once, and interrupt handlers between any two of whose accesses the bus goes on.
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
#include "support/intruder.h"
#include "support/probe_device.h"
#include "chips/rp2040/rig.h"

static const struct rig_kind kind = RIG_RP2040("400 kHz", 400000, 40, 2, 1, 0);
static const uint8_t ours[] = {0x40, 0x41};

/* RP2040 datasheet §2.19.6: input, Schmitt trigger, pull-up, 4 mA; function select. */
enum { PAD_OF_A_TARGET = 0x5A, FUNCTION_PIO0 = 6, FUNCTION_NULL = 31 };

static struct rig rig;
static struct i2ctarget target, other, third;

static int open_rig(void **state)
{
    (void)state;
    rig_open(&rig, &kind);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static int init(struct i2ctarget *which, const struct i2ctarget_pin *scl,
                const struct i2ctarget_pin *sda)
{
    return i2ctarget_init(which, scl, sda, ours, 2, false);
}

/* ---- pins, blocks, settings ------------------------------------------------------------------ */

static void pins_that_can_not_serve(void **state)
{
    (void)state;
    assert_int_equal(init(&target, I2CTARGET_RP2040_GPIO(30), I2CTARGET_RP2040_GPIO(4)),
                     -I2CTARGET_EINVAL);
    assert_int_equal(init(&target, I2CTARGET_RP2040_GPIO(5), I2CTARGET_RP2040_GPIO(30)),
                     -I2CTARGET_EINVAL);
    assert_int_equal(init(&target, I2CTARGET_RP2040_GPIO(5), I2CTARGET_RP2040_GPIO(5)),
                     -I2CTARGET_EINVAL);
    assert_int_equal(
        init(&target, I2CTARGET_RP2040_PIO_GPIO(3, 5), I2CTARGET_RP2040_PIO_GPIO(3, 4)),
        -I2CTARGET_EINVAL);
    assert_int_equal(
        init(&target, I2CTARGET_RP2040_PIO_GPIO(1, 5), I2CTARGET_RP2040_PIO_GPIO(2, 4)),
        -I2CTARGET_EINVAL);
    assert_int_equal(rig_rp2040_chip(&rig)->ever_driven, 0);
}

static void two_blocks_two_targets(void **state)
{
    (void)state;
    assert_int_equal(init(&target, I2CTARGET_RP2040_GPIO(29), I2CTARGET_RP2040_GPIO(0)), 0);
    assert_int_equal(init(&other, I2CTARGET_RP2040_GPIO(1), I2CTARGET_RP2040_GPIO(29)),
                     -I2CTARGET_EBUSY);
    assert_int_equal(init(&other, I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_PIO0, 2),
                          I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_PIO0, 3)),
                     -I2CTARGET_EBUSY);
    assert_int_equal(init(&other, I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_PIO1, 2),
                          I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_PIO1, 3)),
                     0);
    assert_int_equal(init(&third, I2CTARGET_RP2040_GPIO(10), I2CTARGET_RP2040_GPIO(11)),
                     -I2CTARGET_EBUSY);
    i2ctarget_deinit(&target);
    assert_int_equal(init(&third, I2CTARGET_RP2040_GPIO(10), I2CTARGET_RP2040_GPIO(11)), 0);
    i2ctarget_deinit(&third);
    i2ctarget_deinit(&other);
}

static void settings_are_checked_and_fixed_while_a_target_is_open(void **state)
{
    static const struct i2ctarget_rp2040_config good = {.clk_sys_hz = 125000000, .alarm = 1},
                                                slow = {.clk_sys_hz = 1000000},
                                                fast = {.clk_sys_hz = 300000000},
                                                wrong = {.alarm = 4};
    (void)state;
    assert_int_equal(i2ctarget_rp2040_configure(&slow), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_rp2040_configure(&fast), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_rp2040_configure(&wrong), -I2CTARGET_EINVAL);
    assert_int_equal(init(&target, I2CTARGET_RP2040_GPIO(10), I2CTARGET_RP2040_GPIO(11)), 0);
    assert_int_equal(i2ctarget_rp2040_configure(&good), -I2CTARGET_EBUSY);
    i2ctarget_deinit(&target);
    assert_int_equal(i2ctarget_rp2040_configure(&good), 0);
}

static void pads_are_inputs_with_pull_ups_and_go_to_nobody_afterwards(void **state)
{
    const struct rp2040 *chip = rig_rp2040_chip(&rig);
    (void)state;
    assert_int_equal(init(&target, I2CTARGET_RP2040_GPIO(11), I2CTARGET_RP2040_GPIO(22)), 0);
    for (unsigned pin = 11; pin <= 22; pin += 11) {
        assert_int_equal(chip->pads[pin], PAD_OF_A_TARGET);
        assert_int_equal(chip->gpio_ctrl[pin], FUNCTION_PIO0);
    }
    i2ctarget_deinit(&target);
    assert_int_equal(chip->gpio_ctrl[11], FUNCTION_NULL);
    assert_int_equal(chip->gpio_ctrl[22], FUNCTION_NULL);
    assert_int_equal(chip->ever_driven, 0);
}

/* ---- a byte cut short ------------------------------------------------------------------------ */

/* SDA is what the controller makes it in the ninth clock, and a START or STOP comes in that clock. */
static void cut_in_ninth_clock(const char *script, enum i2ctarget_end end, uint32_t moved)
{
    struct i2ctarget_request request;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 2, false), 0);
    rig_play(&rig, script);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"\xFF\xFF", 2), (int)moved);
    assert_int_equal(request.end, end);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
    rig_deinit(&rig, &target);
}

static void a_ninth_clock_that_has_risen_counts(void **state)
{
    (void)state;
    cut_in_ninth_clock("S 81 A R S 84 N P", I2CTARGET_CONTROLLER_NACK, 1);
    cut_in_ninth_clock("S 81 A R P", I2CTARGET_STOP, 1);
    cut_in_ninth_clock("S 81 A R a R P", I2CTARGET_STOP, 2);
    cut_in_ninth_clock("S 81 A :1111111 S 84 N P", I2CTARGET_RESTART, 0);
}

/* The eight bits before it are still to be read then. */
static void a_ninth_clock_counts_when_the_processor_is_late(void **state)
{
    static const struct rig_kind late = RIG_RP2040("late", 400000, 625, 2, 1, 0);
    rig_open(&rig, &late);
    a_ninth_clock_that_has_risen_counts(state);
    rig_close(&rig);
}

/* We send 1, somebody else 0; the clock goes on, and then the controller stops in mid byte. */
static void a_bit_lost_before_the_cut_is_a_lost_arbitration(void **state)
{
    (void)state;
    cut_in_ninth_clock("S 81 A :1101 S 84 N P", I2CTARGET_ARBITRATION_LOST, 0);
    cut_in_ninth_clock("S 81 A R a :0 P", I2CTARGET_ARBITRATION_LOST, 1);
}

/* After a lost bit nothing is pulled: the rest of the byte is the other target's. */
static void a_lost_byte_is_left_to_the_other(void **state)
{
    struct i2ctarget_request request;
    const uint8_t *got;
    (void)state;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 2, false), 0);
    rig_play(&rig, "S 81 A :10 R n P"); /* we send A5; the 0 is where we send a 1 */
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"\xE5", 1), 0);
    assert_int_equal(request.end, I2CTARGET_ARBITRATION_LOST);
    rig_finish_play(&rig, &got);
    assert_int_equal(got[0], 0xFF);
    rig_deinit(&rig, &target);
}

/* ---- clocks without a START ------------------------------------------------------------------ */

/* Seven bits of ours after a STOP are nobody's address, wherever the STOP came. */
static void clocks_after_a_stop_are_no_address(void **state)
{
    static const char *const scripts[] = {
        "S 84 N P W20 _ w5000 :10000000 N P",      "s P W20 _ w5000 :10000000 N P",
        "S :1000 P W20 _ w5000 :0000 N P",         "S 80 A 11 A :10 P W20 _ w5000 :10000000 N P",
        "S 80 A 11 A P W20 _ w5000 :10000000 N P",
    };
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct i2ctarget_request request;
        uint8_t bytes[4];
        assert_int_equal(rig_init(&rig, &target, 0, ours, 2, false), 0);
        rig_play(&rig, scripts[i]);
        if (i >= 3) {
            assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
            assert_int_equal(i2ctarget_read(&request, bytes, 4, true), 1);
            assert_int_equal(request.end, I2CTARGET_STOP);
        }
        assert_int_equal(i2ctarget_next_request(&target, &request, 300), -I2CTARGET_ETIMEDOUT);
        rig_finish_play(&rig, NULL);
        rig_deinit(&rig, &target);
    }
}

/* After our NACK the engine waits for the next START by itself, so what ends the message comes late. */
static void a_refused_message_ends_at_the_restart(void **state)
{
    struct i2ctarget_request request;
    uint8_t byte;
    (void)state;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 2, false), 0);
    rig_play(&rig, "S 80 A 11 N S 82 A 22 A P");
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    assert_int_equal(i2ctarget_ack(&request, false), 0);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(request.address, 0x41);
    assert_true(request.is_restart);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(byte, 0x22);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
    rig_deinit(&rig, &target);
}

/* ---- spikes -------------------------------------------------------------------------------- */

/*
 * SDA falls for up to two of the detector's cycles, at every phase of them.  In between it is low
 * in a message, because of two spikes in a row the second one is seen.
 */
static void a_short_spike_on_a_bus_at_rest_is_no_start(void **state)
{
    enum { LONGEST_NS = 16, CYCLE_NS = 8, REST_NS = 10000 };
    struct wires *wires = kind.ops->wires(&rig);
    const struct processor *processor = &rig_rp2040_chip(&rig)->processor;
    struct intruder intruder;
    (void)state;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 2, false), 0);
    intruder_join(&intruder, wires);
    for (uint64_t width_ns = 1; width_ns <= LONGEST_NS; width_ns++) {
        for (uint64_t phase_ns = 0; phase_ns < CYCLE_NS; phase_ns++) {
            rig_play(&rig, "S 84 N P");
            rig_finish_play(&rig, NULL);
            rig_pass_ns(&rig, REST_NS);
            uint64_t interrupts = processor->interrupts;
            assert_true(interrupts > 0);
            intruder_plan(&intruder, (struct line_pulls){false, true},
                          wires->now_ns + REST_NS + phase_ns, width_ns);
            rig_pass_ns(&rig, 3 * REST_NS);
            assert_int_equal(processor->interrupts, interrupts);
            rig.spoiled_until_ns = rig_now_ns(&rig);
        }
    }
    intruder_leave(&intruder, wires);
    rig_deinit(&rig, &target);
}

/* ---- the bus goes on between two accesses ---------------------------------------------------- */

static unsigned stalled_access;
static uint32_t stall_cycles;

static uint32_t stall(struct processor *processor, uint32_t address, bool is_write)
{
    (void)address;
    (void)is_write;
    return nvic_is_active(&processor->nvic) && processor->handler_accesses == stalled_access
               ? stall_cycles
               : 0;
}

/*
 * One access of each handler takes longer, by 1 to 24 cycles: cycle by cycle the edges of the bus
 * move past the accesses that follow it.  (Between the look at where the engine is and the
 * instruction forced on it there must be less than t_HD;STA, 260 ns: engine.c.)
 */
static void edges_between_any_two_accesses(void **state)
{
    static const struct rig_kind fast = RIG_RP2040("1 MHz", 1000000, 12, 2, 1, 0);
    static const char script[] =
        "m S 82 A 10 A 5A A A5 A P S 82 A 10 A S 83 A R a R n S 84 N 80 N P S :1000 S 83 A R a "
        ":11 S 82 A 12 A :0 P s P S 82 A S S 83 A R n P S 84 N S 80 A 77 A P";
    unsigned runs = 0;
    (void)state;
    for (stalled_access = 1; stalled_access <= 24; stalled_access++) {
        for (stall_cycles = 1; stall_cycles <= 24; stall_cycles++) {
            struct i2ctarget_request request;
            struct probe_device memory;
            const uint8_t *got;
            uint8_t byte = 0;
            rig_open(&rig, &fast);
            rig_rp2040_chip(&rig)->processor.extra_cycles = stall;
            probe_device_init(&memory);
            memory.memory[0x12] = 0xFF; /* where the START comes in the second byte */
            assert_int_equal(rig_init(&rig, &target, 0, ours, 2, false), 0);
            assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
            rig_play(&rig, script);
            assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
            assert_int_equal(request.address, 0x40);
            assert_true(request.is_restart);
            assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
            assert_int_equal(byte, 0x77);
            assert_int_equal(i2ctarget_close(&request), 0);
            assert_int_equal(rig_finish_play(&rig, &got), 4);
            assert_memory_equal(got, "\x5A\xA5", 2);
            assert_int_equal(memory.addressed, memory.ended);
            assert_int_equal(memory.addressed, 7);
            rig_close(&rig);
            runs++;
        }
    }
    print_message("  %u runs\n", runs);
}

static uint32_t accesses; /* so far, in a handler or not */

static uint32_t stall_once(struct processor *processor, uint32_t address, bool is_write)
{
    uint32_t most = rp2040_chip.stall_cycles_max(address, is_write);
    (void)processor;
    if (++accesses != stalled_access)
        return 0;
    return stall_cycles < most ? stall_cycles : most;
}

/*
 * A START followed by a STOP leaves the engine at `armed`, also if it came in a byte.  The handler
 * finds that out and is late at one access; meanwhile the next message begins.  It must be served,
 * and its START is no restart.
 */
static void play_void_messages(const struct rig_kind *fast)
{
    static const uint8_t sent[] = {5, 6, 7};
    rig_open(&rig, fast);
    rig_rp2040_chip(&rig)->processor.extra_cycles = stall_once;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 2, false), 0);
    accesses = 0;
    rig_play(&rig, "s P s s P S 80 A 05 A P s P S 80 A 06 A :1 s P S 80 A 07 A P");
    for (size_t i = 0; i < sizeof sent; i++) {
        struct i2ctarget_request request;
        uint8_t byte;
        assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
        assert_false(request.is_restart);
        assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
        assert_int_equal(byte, sent[i]);
        assert_int_equal(i2ctarget_close(&request), 0);
    }
    rig_finish_play(&rig, NULL);
    rig_close(&rig);
}

static void an_address_after_void_messages_is_never_missed(void **state)
{
    static const struct rig_kind fast = RIG_RP2040("1 MHz", 1000000, 16, 2, 1, 0);
    static const uint32_t stalls[] = {60, 120, 250, 400, 800};
    unsigned runs = 0;
    (void)state;
    stalled_access = 0;
    play_void_messages(&fast);
    uint32_t last = accesses;
    for (stalled_access = 1; stalled_access <= last; stalled_access++) {
        for (size_t i = 0; i < sizeof stalls / sizeof *stalls; i++) {
            stall_cycles = stalls[i];
            play_void_messages(&fast);
            runs++;
        }
    }
    print_message("  %u runs\n", runs);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(pins_that_can_not_serve),
        ON_RIG(two_blocks_two_targets),
        ON_RIG(settings_are_checked_and_fixed_while_a_target_is_open),
        ON_RIG(pads_are_inputs_with_pull_ups_and_go_to_nobody_afterwards),
        ON_RIG(a_ninth_clock_that_has_risen_counts),
        cmocka_unit_test(a_ninth_clock_counts_when_the_processor_is_late),
        ON_RIG(a_bit_lost_before_the_cut_is_a_lost_arbitration),
        ON_RIG(a_lost_byte_is_left_to_the_other),
        ON_RIG(clocks_after_a_stop_are_no_address),
        ON_RIG(a_refused_message_ends_at_the_restart),
        ON_RIG(a_short_spike_on_a_bus_at_rest_is_no_start),
        cmocka_unit_test(edges_between_any_two_accesses),
        cmocka_unit_test(an_address_after_void_messages_is_never_missed),
    };
    return cmocka_run_group_tests_name("rp2040_port", tests, NULL, NULL);
}
