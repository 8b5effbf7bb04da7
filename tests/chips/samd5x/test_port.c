/* SPDX-License-Identifier: MIT */
/*
 * What is the port of SAM D5x/E5x's own: pins and SERCOMs, which messages stop at this chip, what it
 * does not hear, addresses that its hardware does not compare with, and going at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/port.h"
#include "chips/samd5x/rig.h"
#include "samd5x/pins.h"
#include "support/probe_device.h"

int samd5x_sercom_pad(unsigned pin, int function); /* of the model */

static const struct rig_kind kind =
    RIG_SAMD5X("400 kHz", samd5x_plain, 400000, 20, 2, 1, RIG_HEARS_OTHERS);
static const uint8_t ours[] = {0x40, 0x41};

static struct rig rig;
static struct i2ctarget target, other;

static int open_with(const struct rig_kind *which)
{
    rig_open(&rig, which);
    memset(&target, 0, sizeof target);
    memset(&other, 0, sizeof other);
    return 0;
}

static int open_rig(void **state)
{
    (void)state;
    return open_with(&kind);
}

static int open_other(void **state)
{
    static const struct rig_kind of_other =
        RIG_SAMD5X("400 kHz", samd5x_other, 400000, 20, 2, 1, RIG_HEARS_OTHERS);
    (void)state;
    return open_with(&of_other);
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

static void join(const uint8_t *addresses, size_t count)
{
    assert_int_equal(rig_init(&rig, &target, 0, addresses, count, false), 0);
}

static void play(const char *script)
{
    rig_play(&rig, script);
    rig_finish_play(&rig, NULL);
}

static struct i2ctarget_request take(void)
{
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    return request;
}

/* ---- pins, SERCOMs, settings ----------------------------------------------------------------- */

static bool is_pad(unsigned pin, unsigned sercom, unsigned pad)
{
    return samd5x_sercom_pad(pin, 2) == (int)(8 * sercom + pad) ||
           samd5x_sercom_pad(pin, 3) == (int)(8 * sercom + pad);
}

/* Pad 0 and pad 1 of one SERCOM, as the model has them from the data sheet. */
static void every_two_pads_of_a_sercom_are_found(void **state)
{
    unsigned found = 0;
    (void)state;
    for (unsigned scl = 0; scl < SAMD5X_PINS; scl++) {
        for (unsigned sda = 0; sda < SAMD5X_PINS; sda++) {
            struct wiring wiring;
            int sercom = i2ctarget_samd5x_pins_find(scl, sda, &wiring);
            bool is_possible = false;
            for (unsigned i = 0; i < SAMD5X_SERCOMS; i++)
                is_possible |= is_pad(scl, i, 1) && is_pad(sda, i, 0);
            assert_int_equal(sercom != NO_SERCOM, is_possible);
            if (!is_possible)
                continue;
            found++;
            assert_int_equal(samd5x_sercom_pad(scl, wiring.scl_function), 8 * sercom + 1);
            assert_int_equal(samd5x_sercom_pad(sda, wiring.sda_function), 8 * sercom);
        }
    }
    assert_true(found > 60);
}

static void pins_that_can_not_serve(void **state)
{
    const struct i2ctarget_pin on_unit = {&i2ctarget_samd5x_port, 1, SAMD5X_PA(13)};
    (void)state;
    assert_int_equal(init(&target, I2CTARGET_SAMD5X_PA(8), I2CTARGET_SAMD5X_PB(2)),
                     -I2CTARGET_EINVAL); /* PA08 has no EXTINT */
    assert_int_equal(init(&target, I2CTARGET_SAMD5X_PA(13), I2CTARGET_SAMD5X_PA(13)),
                     -I2CTARGET_EINVAL);
    assert_int_equal(init(&target, I2CTARGET_SAMD5X_PIN(128 + 13), I2CTARGET_SAMD5X_PA(12)),
                     -I2CTARGET_EINVAL);
    assert_int_equal(init(&target, &on_unit, I2CTARGET_SAMD5X_PA(12)), -I2CTARGET_EINVAL);
    for (unsigned group = 0; group < SAMD5X_GROUPS; group++)
        assert_int_equal(rig_samd5x_chip(&rig)->ever_driven[group], 0);
}

static void a_sercom_and_a_pin_serve_one_target(void **state)
{
    (void)state;
    assert_int_equal(init(&target, I2CTARGET_SAMD5X_PA(13), I2CTARGET_SAMD5X_PA(12)), 0);
    assert_int_equal(init(&other, I2CTARGET_SAMD5X_PB(27), I2CTARGET_SAMD5X_PB(26)),
                     -I2CTARGET_EBUSY); /* SERCOM2, too */
    assert_int_equal(init(&other, I2CTARGET_SAMD5X_PA(12), I2CTARGET_SAMD5X_PB(12)),
                     -I2CTARGET_EBUSY); /* PA12 */
    assert_int_equal(init(&other, I2CTARGET_SAMD5X_PB(13), I2CTARGET_SAMD5X_PB(12)), 0);
    i2ctarget_deinit(&target);
    i2ctarget_deinit(&other);
    assert_int_equal(init(&other, I2CTARGET_SAMD5X_PB(27), I2CTARGET_SAMD5X_PB(26)), 0);
    i2ctarget_deinit(&other);
}

static void settings_out_of_range_are_refused(void **state)
{
    static const struct i2ctarget_samd5x_config wrong[] = {{.cpu_hz = 11999999},
                                                           {.cpu_hz = 120000001},
                                                           {.gclk_48m = 12},
                                                           {.gclk_32k = 12},
                                                           {.timer = I2CTARGET_SAMD5X_TC6 + 1}};
    const struct i2ctarget_samd5x_config right = {.cpu_hz = 48000000,
                                                  .timer = I2CTARGET_SAMD5X_TC0};
    (void)state;
    uint32_t hz = i2ctarget_samd5x_scl_hz_max();
    assert_int_equal(hz, i2ctarget_samd5x_port.capabilities.scl_hz_max);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(i2ctarget_samd5x_configure(&wrong[i]), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_samd5x_scl_hz_max(), hz);
    join(ours, 2);
    assert_int_equal(i2ctarget_samd5x_configure(&right), -I2CTARGET_EBUSY);
    rig_deinit(&rig, &target);
    assert_int_equal(i2ctarget_samd5x_configure(&right), 0);
    assert_in_range(i2ctarget_samd5x_scl_hz_max(), hz / 3, hz / 2);
}

static void pads_go_to_the_sercom_and_back_to_nobody(void **state)
{
    enum { PMUXEN = 1, INEN = 2, C = 2 };
    const struct samd5x_group *group = &rig_samd5x_chip(&rig)->groups[0];
    (void)state;
    join(ours, 2);
    assert_int_equal(group->pincfg[12], PMUXEN | INEN);
    assert_int_equal(group->pincfg[13], PMUXEN | INEN);
    assert_int_equal(group->pmux[6], C << 4 | C);
    rig_deinit(&rig, &target);
    assert_int_equal(group->pincfg[12] & PMUXEN, 0);
    assert_int_equal(group->pincfg[13] & PMUXEN, 0);
}

/* ---- messages for others --------------------------------------------------------------------- */

static uint64_t interrupts_of(const char *script)
{
    uint64_t before = rig_samd5x_chip(&rig)->processor.interrupts;
    play(script);
    rig_pass_ns(&rig, 100000);
    return rig_samd5x_chip(&rig)->processor.interrupts - before;
}

static const char strangers[] = "S 84 N 80 N 81 N S 7F N 41 N P S 00 N P S FE N 82 N P S 86 N P";

static void one_or_two_addresses_and_nobody_elses_messages_stop_here(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 2; count++) {
        join(ours, count);
        assert_int_equal(interrupts_of(strangers), 0);
        assert_int_equal(rig.kind->ops->longest_stretch_ns(&rig), 0);
        rig_deinit(&rig, &target);
    }
}

/* 0x40 to 0x43 is the smallest mask for three of them: 0x43 is a stranger's. */
static void a_stranger_under_the_mask_is_let_go_at_once(void **state)
{
    static const uint8_t three[] = {0x40, 0x41, 0x42};
    (void)state;
    join(three, 3);
    assert_int_equal(interrupts_of("S 88 N P"), 0);
    assert_int_equal(interrupts_of("S 7E N P"), 0);
    static const uint8_t masked[] = {0x40, 0x42, 0x41, 0x50, 0x52, 0x51};
    rig_deinit(&rig, &target);
    join(masked, 6);
    assert_true(interrupts_of("S 86 N 80 N P") > 0);
    assert_true(interrupts_of("S A7 N P") > 0);
    assert_in_range(rig.kind->ops->longest_stretch_ns(&rig), 0, 2000);
}

/* A Sr for another target is not heard.  The STOP is, and then the message ends. */
static void a_message_ends_at_the_stop_of_the_transfer(void **state)
{
    uint8_t byte;
    (void)state;
    join(ours, 2);
    rig_play(&rig, "S 80 A 11 A S 84 N 80 N 81 N P W100");
    struct i2ctarget_request request = take();
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    assert_int_equal(request.end, I2CTARGET_STOP);
    assert_true(rig.kind->ops->player(&rig)->running); /* no later call has told it */
    rig_finish_play(&rig, NULL);
}

/* ---- what is left of a message -------------------------------------------------------------- */

/*
 * RXNACK stays set until the next byte's ninth clock, and says nothing of that byte.  (On this chip
 * no bus error says that the byte was cut.)
 */
static void a_byte_cut_after_a_nack_was_not_nacked(void **state)
{
    static const uint8_t byte = 0xFF;
    (void)state;
    join(ours, 2);
    rig_play(&rig, "S 81 A R n P S 81 A :111 S 80 A P");
    struct i2ctarget_request request = take();
    assert_int_equal(i2ctarget_write(&request, &byte, 1), 1);
    assert_int_equal(i2ctarget_write(&request, &byte, 1), 0);
    assert_int_equal(request.end, I2CTARGET_CONTROLLER_NACK);
    request = take();
    assert_int_equal(i2ctarget_write(&request, &byte, 1), 0);
    assert_int_equal(request.end, I2CTARGET_RESTART);
    assert_int_equal(request.moved, 0);
    request = take();
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
}

/* STATUS is read after the flags: the handler is late just there. */
static uint32_t late_at_status(struct processor *processor, uint32_t address, bool is_write)
{
    enum { STATUS = 0x1A, LATE_CYCLES = 2500 };
    (void)processor;
    return !is_write && address >> 12 == 0x41012 && (address & 0xFF) == STATUS ? LATE_CYCLES : 0;
}

/*
 * A NACK holds nothing, so the STOP and the next address come while the handler is still at it.  A
 * command for the NACK would answer that address.
 */
static void a_late_nack_does_not_answer_the_next_address(void **state)
{
    static const struct rig_kind late =
        RIG_SAMD5X("100 kHz", samd5x_plain, 100000, 6250, 2, 1, RIG_HEARS_OTHERS);
    (void)state;
    rig_close(&rig);
    open_with(&late);
    struct probe_device memory;
    probe_device_init(&memory);
    join(ours, 2);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    play("S 83 A R n P"); /* the first byte shows how one is sent */
    rig_samd5x_chip(&rig)->processor.extra_cycles = late_at_status;
    for (unsigned i = 0; i < 40; i++) {
        char script[64];
        snprintf(script, sizeof script, "S 83 A R n P w%u S 83 A R a R n P", 1 + 2000 * i);
        play(script);
        rig_pass_ns(&rig, 1000000);
    }
    assert_int_equal(memory.ended, 81);
    assert_int_equal(memory.moved, 2);
    assert_int_equal(rig_samd5x_chip(&rig)->error_count, 0);
    rig_deinit(&rig, &target); /* before `memory` goes out of scope */
}

/* The SERCOM lets go by itself.  Nobody has seen the address, and nobody is told of it later. */
static void a_time_out_behind_a_lock_leaves_nothing(void **state)
{
    struct i2ctarget_request request;
    (void)state;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 2, true), 0);
    for (unsigned i = 0; i < 2; i++) {
        i2ctarget_lock(&target);
        rig_play(&rig, "S 80 N P");
        rig_finish_play(&rig, NULL);
        rig_pass_ns(&rig, 40000000);
        i2ctarget_unlock(&target);
        assert_int_equal(i2ctarget_next_request(&target, &request, 1000), -I2CTARGET_ETIMEDOUT);
        rig_play(&rig, "S 80 A P");
        request = take();
        assert_int_equal(i2ctarget_close(&request), 0);
        rig_finish_play(&rig, NULL);
    }
}

/* §36.8.7: a time-out in a message is a bus error, too.  The held byte is over, and so is its stretch. */
static void a_time_out_that_is_a_bus_error_too_ends_the_hold(void **state)
{
    uint8_t byte;
    (void)state;
    assert_int_equal(rig_init(&rig, &target, 0, ours, 2, true), 0);
    rig_play(&rig, "S 80 A 11 N P W30000 S 80 A 22 A P");
    struct i2ctarget_request request = take();
    rig_pass_ns(&rig, 500000);
    i2ctarget_lock(&target); /* or the port would end it before the SERCOM does */
    rig_pass_ns(&rig, 60000000);
    i2ctarget_unlock(&target);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    assert_int_equal(request.end, I2CTARGET_TIMEOUT);
    request = take();
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(byte, 0x22);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
}

static void nothing_is_told_between_lock_and_unlock(void **state)
{
    struct probe_device memory;
    (void)state;
    probe_device_init(&memory);
    join(ours, 2);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    i2ctarget_lock(&target);
    rig_play(&rig, "S 82 A 10 A 55 A P");
    rig_pass_ns(&rig, 3000000);
    assert_int_equal(memory.addressed, 0);
    i2ctarget_unlock(&target);
    rig_finish_play(&rig, NULL);
    assert_int_equal(memory.memory[0x10], 0x55);
    rig_deinit(&rig, &target); /* before `memory` goes out of scope */
}

/* ---- addresses that come later --------------------------------------------------------------- */

static void write_to(uint8_t address, bool is_acknowledged)
{
    char script[32];
    snprintf(script, sizeof script, "S %02X %s P", address << 1, is_acknowledged ? "A" : "N");
    rig_play(&rig, script);
    if (is_acknowledged) {
        struct i2ctarget_request request = take();
        assert_int_equal(request.address, address);
        assert_int_equal(i2ctarget_close(&request), 0);
    }
    rig_finish_play(&rig, NULL);
}

static void an_address_added_in_a_message_counts_after_its_stop(void **state)
{
    uint8_t byte;
    (void)state;
    join(ours, 2);
    rig_play(&rig, "S 80 A 11 A 22 A S 66 N P");
    struct i2ctarget_request request = take();
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    uint64_t before_ns = rig_now_ns(&rig);
    assert_int_equal(i2ctarget_add_address(&target, 0x33), 0);
    assert_in_range(rig_now_ns(&rig) - before_ns, 0, 200000); /* it did not wait for the STOP */
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(byte, 0x22);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    rig_finish_play(&rig, NULL);
    write_to(0x33, true);
    write_to(0x41, true);
    write_to(0x34, false);
}

/*
 * The handler of the STOP is late, and the next message has begun.  It is not missed, though the lines
 * may be high at that moment.
 */
static void a_message_right_behind_the_stop_is_not_missed(void **state)
{
    static const struct rig_kind late =
        RIG_SAMD5X("400 kHz", samd5x_plain, 400000, 1250, 2, 1, RIG_HEARS_OTHERS);
    (void)state;
    rig_close(&rig);
    open_with(&late);
    for (unsigned i = 0; i < 60; i++) {
        uint8_t byte;
        char script[64];
        snprintf(script, sizeof script, "S 80 A 11 A P w%u S 82 A 22 A P", 1 + 200 * i);
        join(ours, 2);
        rig_play(&rig, script);
        struct i2ctarget_request request = take();
        assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
        assert_int_equal(i2ctarget_add_address(&target, 0x33), 0);
        assert_int_equal(i2ctarget_ack(&request, true), 0);
        request = take();
        assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
        assert_int_equal(byte, 0x22);
        assert_int_equal(i2ctarget_close(&request), 0);
        rig_finish_play(&rig, NULL);
        rig_pass_ns(&rig, 5000000);
        write_to(0x33, true);
        rig_deinit(&rig, &target);
    }
}

/* A controller that calls us again and again without a pause does not keep an address out for ever. */
static void an_address_is_added_on_a_bus_that_never_rests(void **state)
{
    enum { MESSAGES = 250 };
    static const struct rig_kind slow =
        RIG_SAMD5X("100 kHz", samd5x_plain, 100000, 20, 2, 1, RIG_HEARS_OTHERS);
    static char script[32 * MESSAGES] = "S 80 A 11 A";
    static struct probe_device device;
    uint8_t byte;
    (void)state;
    rig_close(&rig);
    open_with(&slow);
    for (unsigned i = 0; i < MESSAGES; i++)
        strcat(script + 20 * i, " P w50000 S 82 A 11 A");
    strcat(script, " P w50000 S 66 A P");
    probe_device_init(&device);
    join(ours, 2);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &device.device), 0);
    rig_play(&rig, script);
    struct i2ctarget_request request = take();
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    assert_int_equal(i2ctarget_add_address(&target, 0x33), 0);
    assert_int_equal(i2ctarget_ack(&request, true), 0);
    request = take();
    assert_int_equal(request.address, 0x33);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
    assert_int_equal(device.addressed, MESSAGES);
}

/* Nor do other addresses that come and go meanwhile. */
static void an_address_is_added_while_others_come_and_go(void **state)
{
    enum { MESSAGES = 250 };
    static const struct rig_kind slow =
        RIG_SAMD5X("100 kHz", samd5x_plain, 100000, 20, 2, 1, RIG_HEARS_OTHERS);
    static char script[32 * MESSAGES];
    uint8_t byte;
    (void)state;
    rig_close(&rig);
    open_with(&slow);
    for (unsigned i = 0; i < MESSAGES; i++)
        strcat(script + 20 * i, "S 80 A 11 A P w50000 ");
    strcat(script, "S 66 A P");
    join(ours, 2);
    rig_play(&rig, script);
    for (unsigned i = 0; i < MESSAGES; i++) {
        struct i2ctarget_request request = take();
        assert_int_equal(request.address, 0x40);
        assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
        int error = i == 0      ? i2ctarget_add_address(&target, 0x33)
                    : i % 2 > 0 ? i2ctarget_add_address(&target, 0x34)
                                : i2ctarget_remove_address(&target, 0x34);
        assert_int_equal(error, 0);
        assert_int_equal(i2ctarget_ack(&request, true), 0);
    }
    struct i2ctarget_request request = take();
    assert_int_equal(request.address, 0x33);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
}

/* Strangers keep the bus busy; between them, or after them, the address is there. */
static void an_address_added_on_a_busy_bus_disturbs_nobody(void **state)
{
    (void)state;
    for (uint64_t pass_ns = 0; pass_ns < 60000; pass_ns += 1700) {
        join(ours, 1);
        rig_play(&rig, "S 84 N 80 N 11 N P S 84 N 80 N P W1 S 85 N 81 N P");
        rig_pass_ns(&rig, pass_ns);
        assert_int_equal(i2ctarget_add_address(&target, 0x33), 0);
        rig_finish_play(&rig, NULL);
        rig_pass_ns(&rig, 5000000);
        write_to(0x33, true);
        write_to(0x40, true);
        rig_deinit(&rig, &target);
    }
}

/* A message for us may begin while the address is being added.  It is not lost. */
static void a_message_that_begins_meanwhile_is_served(void **state)
{
    (void)state;
    for (uint64_t pass_ns = 0; pass_ns < 40000; pass_ns += 900) {
        join(ours, 1);
        rig_play(&rig, "S 80 A 11 A P");
        rig_pass_ns(&rig, pass_ns);
        assert_int_equal(i2ctarget_add_address(&target, 0x33), 0);
        struct i2ctarget_request request = take();
        uint8_t byte;
        assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
        assert_int_equal(byte, 0x11);
        assert_int_equal(i2ctarget_close(&request), 0);
        rig_finish_play(&rig, NULL);
        rig_pass_ns(&rig, 5000000);
        write_to(0x33, true);
        rig_deinit(&rig, &target);
    }
}

/* A controller that never leaves the bus alone can not keep the caller for ever. */
static void adding_an_address_has_an_end(void **state)
{
    (void)state;
    join(ours, 1);
    rig_play(&rig, "S :0 W200000 P");
    rig_pass_ns(&rig, 10000);
    uint64_t before_ns = rig_now_ns(&rig);
    assert_int_equal(i2ctarget_add_address(&target, 0x33), 0);
    assert_in_range(rig_now_ns(&rig) - before_ns, 10000000, 40000000);
    rig_finish_play(&rig, NULL);
    rig_pass_ns(&rig, 5000000);
    write_to(0x33, true);
}

/* DRDY of a NACK that was seen late stays set, but no message is under way. */
static void an_address_added_after_a_late_nack_is_heard(void **state)
{
    static const struct rig_kind late =
        RIG_SAMD5X("100 kHz", samd5x_plain, 100000, 6250, 2, 1, RIG_HEARS_OTHERS);
    static const uint8_t byte = 0x5A;
    (void)state;
    rig_close(&rig);
    open_with(&late);
    join(ours, 2);
    rig_play(&rig, "S 81 A R n P");
    struct i2ctarget_request request = take();
    assert_int_equal(i2ctarget_write(&request, &byte, 1), 1);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
    rig_pass_ns(&rig, 1000000);
    assert_int_equal(i2ctarget_add_address(&target, 0x33), 0);
    write_to(0x33, true);
    write_to(0x40, true);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(every_two_pads_of_a_sercom_are_found),
        TEST(pins_that_can_not_serve),
        TEST(a_sercom_and_a_pin_serve_one_target),
        TEST(settings_out_of_range_are_refused),
        TEST(pads_go_to_the_sercom_and_back_to_nobody),
        TEST(one_or_two_addresses_and_nobody_elses_messages_stop_here),
        TEST(a_stranger_under_the_mask_is_let_go_at_once),
        TEST(a_message_ends_at_the_stop_of_the_transfer),
        cmocka_unit_test_setup_teardown(a_byte_cut_after_a_nack_was_not_nacked, open_other,
                                        close_rig),
        TEST(a_late_nack_does_not_answer_the_next_address),
        TEST(a_time_out_behind_a_lock_leaves_nothing),
        TEST(a_time_out_that_is_a_bus_error_too_ends_the_hold),
        TEST(nothing_is_told_between_lock_and_unlock),
        TEST(an_address_added_in_a_message_counts_after_its_stop),
        TEST(a_message_right_behind_the_stop_is_not_missed),
        TEST(an_address_is_added_on_a_bus_that_never_rests),
        TEST(an_address_is_added_while_others_come_and_go),
        TEST(an_address_added_on_a_busy_bus_disturbs_nobody),
        TEST(a_message_that_begins_meanwhile_is_served),
        TEST(adding_an_address_has_an_end),
        TEST(an_address_added_after_a_late_nack_is_heard),
    };
    return cmocka_run_group_tests_name("samd5x_port", tests, NULL, NULL);
}
