/* SPDX-License-Identifier: MIT */
/*
 * examples/hat_eeprom.c unchanged, on the model of the RP2040, read by a controller that ignores
 * stretching.  Every byte must be right, at 100 kHz and at 400 kHz, and the target must never hold
 * SCL beyond the controller's own low phase.
 *
 * The program ends by itself when nothing can happen on the wires any more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/board.h"
#include "chips/rp2040/rig.h"

static struct rig rig;
static struct i2ctarget seat; /* stands for the example's target, which is its own */
static int end;

const struct i2ctarget_pin *board_scl(void)
{
    static struct i2ctarget_pin pin;
    pin = rig.kind->ops->scl(&rig, 0);
    return &pin;
}

const struct i2ctarget_pin *board_sda(void)
{
    static struct i2ctarget_pin pin;
    pin = rig.kind->ops->sda(&rig, 0);
    return &pin;
}

int i2ctarget_board_fail(int error)
{
    end = error;
    return 1;
}

/* Appends a read of `count` bytes, each acknowledged but the last. */
static void append_read(char *script, unsigned offset, unsigned count)
{
    sprintf(script + strlen(script), "S A0 A %02X A %02X A S A1 A ", offset >> 8, offset & 0xFF);
    for (unsigned i = 0; i < count; i++)
        strcat(script, i + 1 < count ? "R a " : "R n ");
    strcat(script, "P ");
}

static unsigned little_endian(const uint8_t *bytes, unsigned count)
{
    unsigned value = 0;
    for (unsigned i = count; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static unsigned checksum(const uint8_t *bytes, unsigned count)
{
    unsigned crc = 0;
    for (unsigned i = 0; i < 8 * count; i++) {
        unsigned bit = (crc ^ (unsigned)bytes[i / 8] >> i % 8) & 1;
        crc = crc >> 1 ^ (bit ? 0xA001 : 0);
    }
    return crc;
}

/* As the boot loader does: the header, each atom's header, each atom; and a write, which is ignored. */
static void read_at_boot(const struct rig_kind *kind)
{
    enum { HEADER = 12, ATOM_HEADER = 8, LENGTH = 68, AGAIN = 64 };
    static char script[8192];
    const uint8_t *got;

    rig_open(&rig, kind);
    board_scl();
    kind->ops->joined(&rig, &seat);
    kind->ops->forbid_stretch(&rig, &seat);
    strcpy(script, "i W500 ");
    append_read(script, 0, HEADER);
    append_read(script, HEADER, ATOM_HEADER);
    append_read(script, 0, LENGTH);
    strcat(script, "S A0 A 00 A 00 A 55 A AA A P m ");
    append_read(script, 0, AGAIN);
    append_read(script, 4095, 3);
    rig_play(&rig, script);
    assert_int_equal(example_main(), 1);
    assert_int_equal(end, -I2CTARGET_EDEADLK);
    assert_int_equal(rig_finish_play(&rig, &got), HEADER + ATOM_HEADER + LENGTH + AGAIN + 3);
    assert_memory_equal(got, "R-Pi\x01\x00\x01\x00", 8);
    const uint8_t *whole = got + HEADER + ATOM_HEADER;
    assert_memory_equal(whole, got, HEADER + ATOM_HEADER);
    assert_memory_equal(whole, whole + LENGTH, AGAIN);
    unsigned length = little_endian(got + 8, 4);
    assert_in_range(length, HEADER + ATOM_HEADER, LENGTH);
    assert_int_equal(little_endian(got + HEADER + 4, 4), length - HEADER - ATOM_HEADER);
    assert_int_equal(little_endian(whole + length - 2, 2),
                     checksum(whole + HEADER, length - HEADER - 2));
    assert_non_null(strstr((const char *)whole + HEADER + ATOM_HEADER + 22, "i2ctarget"));
    assert_memory_equal(whole + LENGTH + AGAIN, "\xFFR-", 3); /* round at the end of the memory */
    assert_int_equal(kind->ops->longest_stretch_ns(&rig), 0);
    kind->ops->leaving(&rig, &seat);
    rig_close(&rig);
}

static void at_100_khz(void **state)
{
    static const struct rig_kind kind = RIG_RP2040("100 kHz", 100000, 16, 2, 1, 0);
    (void)state;
    read_at_boot(&kind);
}

/* With the handler's own instructions, 60 cycles of them, counted to the latency. */
static void at_400_khz(void **state)
{
    static const struct rig_kind kind = RIG_RP2040("400 kHz", 400000, 76, 2, 1, 0);
    (void)state;
    read_at_boot(&kind);
}

/* This checks the test itself: it must see the stretching of an interrupt that comes 5 us late. */
static void a_late_interrupt_would_be_seen(void **state)
{
    static const struct rig_kind kind = RIG_RP2040("late", 400000, 625, 2, 1, 0);
    const uint8_t *got;
    (void)state;
    rig_open(&rig, &kind);
    board_scl();
    kind.ops->joined(&rig, &seat);
    rig_play(&rig, "W500 S A0 A 00 A 00 A S A1 A R a R n P");
    assert_int_equal(example_main(), 1);
    assert_int_equal(rig_finish_play(&rig, &got), 2);
    assert_true(kind.ops->longest_stretch_ns(&rig) > 3000);
    kind.ops->leaving(&rig, &seat);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_100_khz),
        cmocka_unit_test(at_400_khz),
        cmocka_unit_test(a_late_interrupt_would_be_seen),
    };
    return cmocka_run_group_tests_name("hat_eeprom", tests, NULL, NULL);
}
