/* SPDX-License-Identifier: MIT */
/* The EEPROM of a DDR4 module: pages, protection, and that all of it waits for a write. */
#include "devices/stage.h"
#include "i2ctarget/devices/ee1004.h"

enum {
    AT = 0x53,
    SWP0 = 0x31,
    SWP1 = 0x34,
    SWP2 = 0x35,
    SWP3 = 0x30,
    CWP = 0x33,
    SPA0 = 0x36,
    SPA1 = 0x37
};
enum { WRITE_US = 5000 };

static uint8_t memory[I2CTARGET_EE1004_SIZE_BYTES];
static struct i2ctarget_ee1004 ee1004;

static uint8_t mark(uint32_t place)
{
    return (uint8_t)(place * 7 + (place >> 8) * 31 + 3);
}

static void present_config(void **state, const struct i2ctarget_ee1004_config *config)
{
    uint8_t addresses[1 + I2CTARGET_EE1004_COMMAND_ADDRESSES] = {AT};
    memcpy(addresses + 1, i2ctarget_ee1004_command_addresses, sizeof addresses - 1);
    for (uint32_t i = 0; i < sizeof memory; i++)
        memory[i] = mark(i);
    assert_int_equal(i2ctarget_ee1004_init(&ee1004, config), 0);
    put_on_stage_at(state, &ee1004.device, addresses, sizeof addresses);
}

static void present(void **state)
{
    static const struct i2ctarget_ee1004_config config = {
        .memory = memory, .write_us = WRITE_US, .now_us = stage_now_us};
    present_config(state, &config);
}

static bool is_acknowledged(uint8_t address, bool is_read)
{
    uint8_t got;
    return (is_read ? stage_read(address, &got, 1) : stage_write(address, NULL, 0)) != STAGE_NOBODY;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static void a_write_to_spa_selects_the_page(void **state)
{
    present(state);
    ASSERT_FETCHED(AT, 0x10, (uint8_t)(0x10 * 7 + 3));
    assert_int_equal(WRITE(SPA1, 0x00), 1);
    assert_int_equal(i2ctarget_ee1004_page(&ee1004), 1);
    ASSERT_FETCHED(AT, 0x10, (uint8_t)(0x110 * 7 + 31 + 3));
    assert_int_equal(WRITE(SPA1, 0x00, 0x00), 2);
    assert_int_equal(i2ctarget_ee1004_page(&ee1004), 1);
    assert_int_equal(stage_write(SPA0, NULL, 0), 0);
    ASSERT_FETCHED(AT, 0x10, (uint8_t)(0x10 * 7 + 3));
}

static void a_read_of_rpa_asks_for_the_page(void **state)
{
    present(state);
    ASSERT_READ(SPA0, 0xFF, 0xFF);
    WRITE(SPA1, 0x00);
    assert_false(is_acknowledged(SPA0, true));
    assert_false(is_acknowledged(SPA1, true)); /* there is no such command */
    WRITE(SPA0, 0x00);
    assert_true(is_acknowledged(SPA0, true));
    assert_false(is_acknowledged(SPA1, true));
}

static void one_counter_for_both_pages(void **state)
{
    uint8_t got[3];
    present(state);
    assert_true(FETCH(AT, got, 3, 0xFE)); /* round in the page */
    assert_int_equal(got[2], mark(0x00));
    WRITE(SPA1, 0x55);
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_int_equal(got[0], mark(0x101));
}

static void writes_go_to_the_page(void **state)
{
    present(state);
    WRITE(SPA1, 0x00);
    assert_int_equal(WRITE(AT, 0x2E, 1, 2, 3), 4);
    assert_memory_equal(memory + 0x12E, "\x01\x02", 2);
    assert_int_equal(memory[0x120], 3); /* 16 bytes, then round */
    assert_int_equal(memory[0x2E], mark(0x2E));
    assert_int_equal(memory[0x130], mark(0x130));
}

static void nobody_answers_while_it_writes(void **state)
{
    present(state);
    WRITE(AT, 0x00, 0x12);
    assert_false(is_acknowledged(AT, false));
    assert_false(is_acknowledged(SPA1, false));
    assert_false(is_acknowledged(SPA0, true));
    assert_int_equal(i2ctarget_ee1004_page(&ee1004), 0);
    stage_pass_us(WRITE_US);
    assert_true(is_acknowledged(SPA1, false));
    assert_int_equal(i2ctarget_ee1004_page(&ee1004), 1);
}

static void other_addresses_are_not_its_own(void **state)
{
    present(state);
    assert_false(is_acknowledged(0x32, false));
    assert_false(is_acknowledged(0x50, true));
}

/* ---- protection ------------------------------------------------------------------------------ */

static void protection_needs_the_high_voltage(void **state)
{
    present(state);
    for (unsigned i = 0; i < 5; i++)
        assert_false(is_acknowledged((const uint8_t[]){SWP0, SWP1, SWP2, SWP3, CWP}[i], false));
    assert_int_equal(i2ctarget_ee1004_protected_blocks(&ee1004), 0);
    i2ctarget_ee1004_set_high_voltage(&ee1004, true);
    assert_int_equal(WRITE(SWP1, 0, 0), 2);
    assert_int_equal(i2ctarget_ee1004_protected_blocks(&ee1004), 0x02);
    i2ctarget_ee1004_set_high_voltage(&ee1004, false);
    assert_false(is_acknowledged(CWP, false));
    assert_int_equal(i2ctarget_ee1004_protected_blocks(&ee1004), 0x02);
}

static void each_block_is_protected_by_itself(void **state)
{
    static const uint8_t commands[] = {SWP0, SWP1, SWP2, SWP3};
    present(state);
    i2ctarget_ee1004_set_high_voltage(&ee1004, true);
    for (unsigned block = 0; block < 4; block++) {
        assert_true(is_acknowledged(commands[block], true)); /* RPS: it can be written */
        assert_int_equal(WRITE(commands[block], 0, 0), 2);
        assert_false(is_acknowledged(commands[block], true));
        assert_false(is_acknowledged(commands[block], false)); /* twice is once */
        assert_int_equal(i2ctarget_ee1004_protected_blocks(&ee1004), (2u << block) - 1);
    }
    assert_int_equal(WRITE(CWP, 0, 0), 2);
    assert_int_equal(i2ctarget_ee1004_protected_blocks(&ee1004), 0);
    assert_false(is_acknowledged(CWP, true));
}

static void data_for_a_protected_block_is_refused(void **state)
{
    static const struct i2ctarget_ee1004_config config = {
        .memory = memory, .protected_blocks = 0x06, .write_us = WRITE_US, .now_us = stage_now_us};
    present_config(state, &config);
    assert_int_equal(WRITE(AT, 0x80, 1), 1); /* block 1 */
    assert_int_equal(WRITE(AT, 0xFF, 1), 1);
    assert_int_equal(WRITE(AT, 0x7F, 0xAA), 2); /* block 0 */
    stage_pass_us(WRITE_US);
    ASSERT_FETCHED(AT, 0x7F, 0xAA, (uint8_t)(0x80 * 7 + 3));
    WRITE(SPA1, 0);
    assert_int_equal(WRITE(AT, 0x7F, 1), 1);    /* block 2 */
    assert_int_equal(WRITE(AT, 0x80, 0xBB), 2); /* block 3 */
    assert_int_equal(memory[0x180], 0xBB);
    assert_int_equal(memory[0x17F], mark(0x17F));
}

/* ---- the program ----------------------------------------------------------------------------- */

static uint32_t told_offset, told_count;

static void written(struct i2ctarget_ee1004 *self, uint32_t offset, uint32_t count)
{
    assert_ptr_equal(self, &ee1004);
    told_offset = offset;
    told_count = count;
}

static void tells_what_was_written(void **state)
{
    static const struct i2ctarget_ee1004_config config = {.memory = memory, .written = written};
    present_config(state, &config);
    WRITE(AT, 0x20, 1, 2, 3);
    assert_int_equal(told_offset, 0x20);
    assert_int_equal(told_count, 3);
    WRITE(SPA1, 0);
    WRITE(AT, 0x31, 9);
    assert_int_equal(told_offset, 0x131);
    assert_int_equal(told_count, 1);
}

static void wrong_configs_are_refused(void **state)
{
    struct i2ctarget_ee1004_config right = {.memory = memory}, wrong[3] = {right, right, right};
    (void)state;
    wrong[0].memory = NULL;
    wrong[1].protected_blocks = 0x10;
    wrong[2].write_us = 1; /* without a clock */
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(i2ctarget_ee1004_init(&ee1004, &wrong[i]), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_ee1004_init(NULL, &right), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_ee1004_init(&ee1004, NULL), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_ee1004_init(&ee1004, &right), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(a_write_to_spa_selects_the_page),
        ON_STAGES(a_read_of_rpa_asks_for_the_page),
        ON_STAGES(one_counter_for_both_pages),
        ON_STAGES(writes_go_to_the_page),
        ON_STAGES(nobody_answers_while_it_writes),
        ON_STAGES(other_addresses_are_not_its_own),
        ON_STAGES(protection_needs_the_high_voltage),
        ON_STAGES(each_block_is_protected_by_itself),
        ON_STAGES(data_for_a_protected_block_is_refused),
        ON_STAGES(tells_what_was_written),
        cmocka_unit_test(wrong_configs_are_refused),
    };
    return cmocka_run_group_tests_name("ee1004", tests, NULL, NULL);
}
