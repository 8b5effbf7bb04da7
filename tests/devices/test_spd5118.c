/* SPDX-License-Identifier: MIT */
/* The hub of a DDR5 module: registers, the memory in pages, its thermometer. */
#include "devices/stage.h"
#include "i2ctarget/devices/spd5118.h"

enum { AT = 0x55, WRITE_US = 5000 };

static uint8_t memory[I2CTARGET_SPD5118_SIZE_BYTES];
static struct i2ctarget_spd5118 spd5118;

static uint8_t mark(uint32_t place)
{
    return (uint8_t)(place * 7 + (place >> 8) * 31 + 3);
}

static void present_config(void **state, const struct i2ctarget_spd5118_config *config)
{
    for (uint32_t i = 0; i < sizeof memory; i++)
        memory[i] = mark(i);
    assert_int_equal(i2ctarget_spd5118_init(&spd5118, config), 0);
    put_on_stage(state, &spd5118.device, AT, 1);
}

static void present(void **state)
{
    static const struct i2ctarget_spd5118_config config = {
        .memory = memory, .write_us = WRITE_US, .now_us = stage_now_us};
    present_config(state, &config);
}

/* ---- registers ------------------------------------------------------------------------------- */

static void who_it_is(void **state)
{
    present(state);
    ASSERT_FETCHED(AT, 0, 0x51, 0x18, 0x00, 0x80, 0xB3, 0x03, 0x00);
    ASSERT_READ(AT, 0x00); /* the pointer goes on */
    ASSERT_FETCHED(AT, 26, 0x00, 0x00, 0x70, 0x03, 0x00, 0x00, 0x50, 0x05, 0x00, 0x00);
    ASSERT_FETCHED(AT, 63, 0, 0);
    ASSERT_FETCHED(AT, 127, 0x00, 0x51);
}

static void only_some_registers_can_be_written(void **state)
{
    uint8_t wanted[128] = {0};
    present(state);
    for (uint8_t place = 0; place < 128; place++) {
        if (place == 11)
            continue;
        assert_true(stage_fetch(AT, &place, 1, &wanted[place], 1));
        assert_int_equal(WRITE(AT, place, 0xFF), 2);
    }
    wanted[26] = 0x01;
    for (uint8_t place = 28; place < 36; place++)
        wanted[place] = place % 2 ? 0x1F : 0xFC;
    for (uint8_t place = 0; place < 128; place++) {
        uint8_t got = 0;
        assert_true(stage_fetch(AT, &place, 1, &got, 1));
        assert_int_equal(got, wanted[place]);
    }
    assert_int_equal(WRITE(AT, 28, 1, 2, 3, 4), 5); /* on and on */
    ASSERT_FETCHED(AT, 28, 0x00, 0x02, 0x00, 0x04);
}

/* ---- the memory ------------------------------------------------------------------------------ */

static void pages_by_register(void **state)
{
    present(state);
    for (uint8_t page = 0; page < 8; page++) {
        uint8_t got[2];
        assert_int_equal(WRITE(AT, 11, page), 2);
        assert_true(FETCH(AT, got, 2, 0x80 | 0x12));
        assert_int_equal(got[0], mark(page * 128u + 0x12));
        assert_true(FETCH(AT, got, 2, 0xFF)); /* round in the page */
        assert_int_equal(got[1], mark(page * 128u));
        assert_int_equal(stage_read(AT, got, 1), 1);
        assert_int_equal(got[0], mark(page * 128u + 1));
    }
    ASSERT_FETCHED(AT, 0, 0x51, 0x18); /* registers are there in every page */
}

static void pages_by_a_second_address_byte(void **state)
{
    uint8_t got[2];
    present(state);
    assert_int_equal(WRITE(AT, 11, 0x08), 2);
    for (uint8_t page = 0; page < 8; page++) {
        assert_true(FETCH(AT, got, 2, 0x80 | 0x12, page));
        assert_int_equal(got[0], mark(page * 128u + 0x12));
    }
    assert_true(FETCH(AT, got, 2, 0x00, 0x00));
    assert_int_equal(got[1], 0x18);
    assert_int_equal(WRITE(AT, 0x80, 0x03, 0x55), 3);
    assert_int_equal(memory[3 * 128], 0x55);
    stage_pass_us(WRITE_US);
    assert_int_equal(WRITE(AT, 11, 0x00, 0x01), 3);
    assert_true(FETCH(AT, got, 1, 0x80)); /* one byte again */
    assert_int_equal(got[0], mark(128));
}

static void a_write_has_sixteen_bytes(void **state)
{
    present(state);
    WRITE(AT, 11, 5);
    assert_int_equal(WRITE(AT, 0x80 | 0x2E, 1, 2, 3), 4);
    assert_memory_equal(memory + 5 * 128 + 0x2E, "\x01\x02", 2);
    assert_int_equal(memory[5 * 128 + 0x20], 3);
    assert_int_equal(memory[5 * 128 + 0x30], mark(5 * 128 + 0x30));
}

static void registers_are_there_while_it_writes(void **state)
{
    uint8_t got;
    present(state);
    ASSERT_FETCHED(AT, 48, 0x00);
    assert_int_equal(WRITE(AT, 0x80, 0x12), 2);
    assert_int_equal(WRITE(AT, 0x80), 0); /* not the memory */
    assert_int_equal(stage_read(AT, &got, 1), STAGE_NOBODY);
    ASSERT_FETCHED(AT, 48, 0x08);
    stage_pass_us(WRITE_US);
    ASSERT_FETCHED(AT, 48, 0x00);
    ASSERT_FETCHED(AT, 0x80, 0x12);
}

static void blocks_are_protected(void **state)
{
    static const struct i2ctarget_spd5118_config config = {.memory = memory,
                                                           .protected_blocks = 0x8002};
    present_config(state, &config);
    ASSERT_FETCHED(AT, 12, 0x02, 0x80);
    assert_int_equal(WRITE(AT, 0x80 | 0x40, 1), 1); /* block 1 */
    assert_int_equal(WRITE(AT, 0x80 | 0x3F, 1), 2); /* block 0 */
    assert_int_equal(memory[0x3F], 1);
    WRITE(AT, 11, 7);
    assert_int_equal(WRITE(AT, 0x80 | 0x7F, 1), 1); /* block 15 */
    assert_int_equal(memory[0x3FF], mark(0x3FF));
    WRITE(AT, 12, 0, 0);
    assert_int_equal(i2ctarget_spd5118_protected_blocks(&spd5118), 0x8002);
    i2ctarget_spd5118_set_offline(&spd5118, true);
    WRITE(AT, 12, 0, 0);
    assert_int_equal(i2ctarget_spd5118_protected_blocks(&spd5118), 0);
    assert_int_equal(WRITE(AT, 0x80 | 0x7F, 1), 2);
    assert_int_equal(memory[0x3FF], 1);
}

static void an_address_alone_or_half_of_it(void **state)
{
    present(state);
    WRITE(AT, 11, 0x08);
    assert_int_equal(WRITE(AT, 0x00, 0x00), 2);
    assert_int_equal(WRITE(AT, 0x85), 1); /* half: the pointer stays */
    ASSERT_READ(AT, 0x51, 0x18);
}

static uint32_t told_offset, told_count;

static void written(struct i2ctarget_spd5118 *self, uint32_t offset, uint32_t count)
{
    assert_ptr_equal(self, &spd5118);
    told_offset = offset;
    told_count = count;
}

static void tells_what_was_written(void **state)
{
    static const struct i2ctarget_spd5118_config config = {.memory = memory, .written = written};
    present_config(state, &config);
    WRITE(AT, 11, 6);
    WRITE(AT, 0x80 | 0x21, 1, 2);
    assert_int_equal(told_offset, 6 * 128 + 0x21);
    assert_int_equal(told_count, 2);
}

/* ---- the thermometer ------------------------------------------------------------------------- */

static void temperatures(void **state)
{
    static const struct {
        int32_t millicelsius;
        uint8_t low, high;
    } rows[] = {{0, 0x00, 0x00},      {250, 0x04, 0x00},    {249, 0x00, 0x00},
                {-1, 0xFC, 0x1F},     {-250, 0xFC, 0x1F},   {25500, 0x98, 0x01},
                {-40000, 0x80, 0x1D}, {125000, 0xD0, 0x07}, {200000, 0xD0, 0x07},
                {-50000, 0x80, 0x1D}};
    present(state);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t got[2];
        i2ctarget_spd5118_convert(&spd5118, rows[i].millicelsius);
        assert_true(FETCH(AT, got, 2, 49));
        assert_int_equal(got[0], rows[i].low);
        assert_int_equal(got[1], rows[i].high);
    }
    WRITE(AT, 26, 1);
    i2ctarget_spd5118_convert(&spd5118, 0);
    ASSERT_FETCHED(AT, 49, 0x80, 0x1D);
}

static unsigned alarms_at(int celsius)
{
    uint8_t got = 0;
    i2ctarget_spd5118_convert(&spd5118, celsius * 1000);
    assert_true(FETCH(AT, &got, 1, 51));
    assert_int_equal(i2ctarget_spd5118_alarms(&spd5118), got);
    return got;
}

static void alarms_stay_until_they_are_cleared(void **state)
{
    present(state);
    WRITE(AT, 34, 0x80, 0x1E); /* critical low: -24 degrees */
    assert_int_equal(alarms_at(20), 0);
    assert_int_equal(alarms_at(55), 0);
    assert_int_equal(alarms_at(56), 1);
    assert_int_equal(alarms_at(20), 1);
    assert_int_equal(alarms_at(86), 5);
    WRITE(AT, 19, 0x01);
    assert_int_equal(spd5118.registers[51], 4);
    ASSERT_FETCHED(AT, 19, 0x00);
    assert_int_equal(alarms_at(86), 5); /* it still applies */
    WRITE(AT, 19, 0x0F);
    assert_int_equal(alarms_at(-24), 2);
    assert_int_equal(alarms_at(-25), 10);
    WRITE(AT, 19, 0x0F);
    assert_int_equal(alarms_at(0), 0);
}

static void wrong_configs_are_refused(void **state)
{
    struct i2ctarget_spd5118_config config = {.memory = memory, .write_us = 1};
    (void)state;
    assert_int_equal(i2ctarget_spd5118_init(&spd5118, &config), -I2CTARGET_EINVAL); /* no clock */
    config = (struct i2ctarget_spd5118_config){0};
    assert_int_equal(i2ctarget_spd5118_init(&spd5118, &config), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_spd5118_init(&spd5118, NULL), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_spd5118_init(NULL, &config), -I2CTARGET_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(who_it_is),
        ON_STAGES(only_some_registers_can_be_written),
        ON_STAGES(pages_by_register),
        ON_STAGES(pages_by_a_second_address_byte),
        ON_STAGES(a_write_has_sixteen_bytes),
        ON_STAGES(registers_are_there_while_it_writes),
        ON_STAGES(blocks_are_protected),
        ON_STAGES(an_address_alone_or_half_of_it),
        ON_STAGES(tells_what_was_written),
        ON_STAGES(temperatures),
        ON_STAGES(alarms_stay_until_they_are_cleared),
        cmocka_unit_test(wrong_configs_are_refused),
    };
    return cmocka_run_group_tests_name("spd5118", tests, NULL, NULL);
}
