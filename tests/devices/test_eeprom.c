/* SPDX-License-Identifier: MIT */
/* The EEPROM: sizes, pages, the address counter, write time, write protection. */
#include <stdio.h>

#include "devices/stage.h"
#include "i2ctarget/devices/eeprom.h"

enum { AT = 0x50, WRITE_US = 5000 };

static uint8_t memory[I2CTARGET_EEPROM_SIZE_BYTES_MAX];
static struct i2ctarget_eeprom eeprom;

/* Each byte of the memory depends on its address. */
static uint8_t mark(uint32_t place)
{
    return (uint8_t)(place * 7 + (place >> 8) * 31 + 3);
}

static struct i2ctarget_eeprom_config config_of(const char *type)
{
    for (unsigned i = 0; i < i2ctarget_eeprom_type_count; i++) {
        const struct i2ctarget_eeprom_type *row = &i2ctarget_eeprom_types[i];
        if (strcmp(row->name, type) == 0)
            return (struct i2ctarget_eeprom_config){.memory = memory,
                                                    .size_bytes = row->size_bytes,
                                                    .page_bytes = row->page_bytes,
                                                    .address_bytes = row->address_bytes,
                                                    .writable_bytes = row->writable_bytes,
                                                    .write_us = WRITE_US,
                                                    .now_us = stage_now_us};
    }
    fail_msg("there is no %s", type);
    return (struct i2ctarget_eeprom_config){0};
}

static void present(void **state, const struct i2ctarget_eeprom_config *config)
{
    for (uint32_t i = 0; i < sizeof memory; i++)
        memory[i] = mark(i);
    assert_int_equal(i2ctarget_eeprom_init(&eeprom, config), 0);
    put_on_stage(state, &eeprom.device, AT, i2ctarget_eeprom_address_count(config));
}

static void present_type(void **state, const char *type)
{
    struct i2ctarget_eeprom_config config = config_of(type);
    present(state, &config);
}

static void assert_marks(uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++)
        assert_int_equal(memory[i], mark(i));
}

/* ---- reading --------------------------------------------------------------------------------- */

static void random_read(void **state)
{
    present_type(state, "24c02");
    ASSERT_FETCHED(AT, 0x00, 3, 10, 17);
    ASSERT_FETCHED(AT, 0x85, (uint8_t)(0x85 * 7 + 3));
}

static void current_address_read_goes_on(void **state)
{
    present_type(state, "24c02");
    uint8_t got[5];
    assert_true(FETCH(AT, got, 3, 0x20));
    for (uint32_t place = 0x23; place < 0x30; place++) {
        assert_int_equal(stage_read(AT, got, 1), 1);
        assert_int_equal(got[0], mark(place));
    }
    assert_int_equal(stage_read(AT, got, 5), 5);
    assert_int_equal(got[4], mark(0x34));
    assert_int_equal(stage_write(AT, NULL, 0), 0); /* a controller checks for the device */
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_int_equal(got[0], mark(0x35));
}

static void reads_go_round_at_the_end(void **state)
{
    present_type(state, "24c01");
    uint8_t got[3];
    assert_true(FETCH(AT, got, 3, 0x7E));
    assert_int_equal(got[1], mark(0x7F));
    assert_int_equal(got[2], mark(0x00));
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_int_equal(got[0], mark(0x01));
}

static void address_bits_that_it_does_not_have_do_not_count(void **state)
{
    present_type(state, "24c01");
    uint8_t got[1];
    assert_true(FETCH(AT, got, 1, 0x85));
    assert_int_equal(got[0], mark(0x05));
}

static void all_of_it_in_one_read(void **state)
{
    static uint8_t got[4096 + 1];
    present_type(state, "24c32");
    assert_true(FETCH(AT, got, sizeof got, 0x00, 0x00));
    for (uint32_t i = 0; i < 4096; i++)
        assert_int_equal(got[i], mark(i));
    assert_int_equal(got[4096], mark(0));
}

static void two_address_bytes(void **state)
{
    present_type(state, "24c512");
    uint8_t got[2];
    assert_true(FETCH(AT, got, 2, 0xAB, 0xCD));
    assert_int_equal(got[0], mark(0xABCD));
    assert_true(FETCH(AT, got, 2, 0xFF, 0xFF));
    assert_int_equal(got[1], mark(0));
    assert_int_equal(WRITE(AT, 0x12, 0x80, 0x5A), 3);
    assert_int_equal(memory[0x1280], 0x5A);
    assert_marks(0x1281, 0x1300);
}

static void two_address_bytes_and_bits_of_the_device_address(void **state)
{
    present_type(state, "24cm02");
    uint8_t got[2];
    for (uint8_t block = 0; block < 4; block++) {
        assert_true(FETCH(AT + block, got, 1, 0x12, 0x34));
        assert_int_equal(got[0], mark(block * 0x10000u + 0x1234));
    }
    assert_true(FETCH(AT + 1, got, 2, 0xFF, 0xFF)); /* a sequential read crosses block limits */
    assert_int_equal(got[1], mark(0x20000));
    assert_int_equal(stage_read(AT + 3, got, 1), 1); /* the counter's low bits, in that block */
    assert_int_equal(got[0], mark(0x30001));
    assert_true(FETCH(AT + 3, got, 2, 0xFF, 0xFF));
    assert_int_equal(got[1], mark(0)); /* the end of it all */
    assert_int_equal(WRITE(AT + 2, 0x43, 0xFF, 0x77, 0x78), 4);
    assert_int_equal(memory[0x243FF], 0x77);
    assert_int_equal(memory[0x24300], 0x78); /* pages of 256 bytes */
    assert_marks(0x24400, 0x24500);
    stage_pass_us(WRITE_US);
    assert_int_equal(stage_read(AT + 4, got, 1), STAGE_NOBODY);
}

static void a_part_of_a_megabit_has_two_addresses(void **state)
{
    present_type(state, "24c1024");
    uint8_t got[2];
    assert_true(FETCH(AT + 1, got, 2, 0xFF, 0xFF));
    assert_int_equal(got[0], mark(0x1FFFF));
    assert_int_equal(got[1], mark(0));
    assert_int_equal(stage_read(AT + 2, got, 1), STAGE_NOBODY);
}

static void low_bits_of_the_device_address_select_the_block(void **state)
{
    present_type(state, "24c16");
    uint8_t got[2];
    for (uint8_t block = 0; block < 8; block++) {
        assert_true(FETCH(AT + block, got, 1, 0x40));
        assert_int_equal(got[0], mark(block * 256u + 0x40));
    }
    assert_true(FETCH(AT + 2, got, 2, 0xFF)); /* a sequential read crosses block limits */
    assert_int_equal(got[1], mark(3 * 256));
    assert_int_equal(stage_read(AT + 5, got, 1), 1); /* the counter's low bits, in that block */
    assert_int_equal(got[0], mark(5 * 256 + 1));
    assert_int_equal(WRITE(AT + 7, 0x20, 0x77), 2);
    assert_int_equal(memory[7 * 256 + 0x20], 0x77);
    stage_pass_us(WRITE_US);
    assert_int_equal(stage_read(0x4F, got, 1), STAGE_NOBODY);
    assert_int_equal(stage_read(0x58, got, 1), STAGE_NOBODY);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void a_page_write_wraps_in_its_page(void **state)
{
    present_type(state, "24c02");
    assert_int_equal(WRITE(AT, 0x16, 0xA0, 0xA1, 0xA2), 4);
    assert_int_equal(memory[0x16], 0xA0);
    assert_int_equal(memory[0x17], 0xA1);
    assert_int_equal(memory[0x10], 0xA2);
    assert_marks(0x00, 0x10);
    assert_marks(0x11, 0x16);
    assert_marks(0x18, 0x100);
}

static void more_than_a_page_keeps_the_last(void **state)
{
    present_type(state, "24c02");
    assert_int_equal(WRITE(AT, 0x20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 11);
    assert_memory_equal(memory + 0x20, "\x08\x09\x02\x03\x04\x05\x06\x07", 8);
    assert_marks(0x28, 0x30);
}

static void a_large_page(void **state)
{
    static uint8_t bytes[2 + 128];
    present_type(state, "24c512");
    bytes[0] = 0x01;
    bytes[1] = 0x80;
    for (uint8_t i = 0; i < 128; i++)
        bytes[2 + i] = (uint8_t)~i;
    assert_int_equal(stage_write(AT, bytes, sizeof bytes), (int)sizeof bytes);
    assert_memory_equal(memory + 0x180, bytes + 2, 128);
    assert_marks(0x100, 0x180);
    assert_marks(0x200, 0x300);
}

static void the_counter_follows_what_was_written(void **state)
{
    present_type(state, "24c02");
    assert_int_equal(WRITE(AT, 0x30, 1, 2), 3);
    stage_pass_us(WRITE_US);
    uint8_t got[1];
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_int_equal(got[0], mark(0x32));
    assert_int_equal(WRITE(AT, 0x37, 9), 2); /* the last byte of its page, then the first */
    stage_pass_us(WRITE_US);
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_int_equal(got[0], 1);
}

static void nothing_is_written_before_stop(void **state)
{
    present_type(state, "24c02");
    uint8_t got[1];
    assert_true(FETCH(AT, got, 1, 0x40, 0x99, 0x98)); /* Sr instead of STOP */
    assert_int_equal(got[0], mark(0x42));
    assert_true(stage_write_twice(AT, BYTES(0x48, 0x97), BYTES(0x50, 0x96)));
    assert_int_equal(memory[0x50], 0x96);
    assert_marks(0x00, 0x50);
    assert_marks(0x51, 0x100);
}

static void busy_until_the_write_time_is_over(void **state)
{
    unsigned polls = 0;
    present_type(state, "24c02");
    assert_int_equal(WRITE(AT, 0x00, 0x12), 2);
    int64_t began_us = stage_now_us();
    uint8_t got[1];
    assert_int_equal(stage_read(AT, got, 1), STAGE_NOBODY);
    while (stage_write(AT, NULL, 0) == STAGE_NOBODY) {
        stage_pass_us(100);
        polls++;
    }
    assert_in_range(stage_now_us() - began_us, WRITE_US - 300, WRITE_US + 300);
    assert_in_range(polls, 10, 50);
    ASSERT_FETCHED(AT, 0x00, 0x12);
}

static void an_address_alone_takes_no_time(void **state)
{
    present_type(state, "24c02");
    assert_int_equal(WRITE(AT, 0x05), 1);
    assert_int_equal(stage_write(AT, NULL, 0), 0);
    ASSERT_READ(AT, 5 * 7 + 3);
}

static void no_write_time_needs_no_clock(void **state)
{
    struct i2ctarget_eeprom_config config = config_of("24c02");
    config.write_us = 0;
    config.now_us = NULL;
    present(state, &config);
    assert_int_equal(WRITE(AT, 0x00, 0x12), 2);
    ASSERT_FETCHED(AT, 0x00, 0x12);
}

/* ---- the hook -------------------------------------------------------------------------------- */

static char said[200];

static void written(struct i2ctarget_eeprom *self, uint32_t offset, uint32_t count)
{
    assert_ptr_equal(self, &eeprom);
    snprintf(said + strlen(said), sizeof said - strlen(said), "%x+%u ", (unsigned)offset,
             (unsigned)count);
}

static void tells_what_was_written(void **state)
{
    struct i2ctarget_eeprom_config config = config_of("24c02");
    config.written = written;
    present(state, &config);
    said[0] = '\0';
    WRITE(AT, 0x16, 0xA0, 0xA1, 0xA2);
    stage_pass_us(WRITE_US);
    WRITE(AT, 0x43, 1);
    stage_pass_us(WRITE_US);
    WRITE(AT, 0x00, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    stage_pass_us(WRITE_US);
    WRITE(AT, 0x20);
    uint8_t got[1];
    FETCH(AT, got, 1, 0x60, 5);
    assert_string_equal(said, "10+1 16+2 43+1 0+8 ");
}

/* ---- write protection ------------------------------------------------------------------------ */

static void protected_by_refusal(void **state)
{
    struct i2ctarget_eeprom_config config = config_of("24c02");
    config.protection = I2CTARGET_EEPROM_REFUSES_DATA;
    present(state, &config);
    assert_int_equal(WRITE(AT, 0x10, 1, 2), 1); /* only its address */
    assert_int_equal(stage_write(AT, NULL, 0), 0);
    assert_marks(0, 256);
    ASSERT_READ(AT, 0x10 * 7 + 3); /* the counter was set */
    i2ctarget_eeprom_protect(&eeprom, I2CTARGET_EEPROM_WRITABLE);
    assert_int_equal(WRITE(AT, 0x10, 1, 2), 3);
    assert_int_equal(memory[0x11], 2);
}

static void protected_by_silence(void **state)
{
    struct i2ctarget_eeprom_config config = config_of("24c256");
    config.protection = I2CTARGET_EEPROM_IGNORES_DATA;
    config.written = written;
    present(state, &config);
    said[0] = '\0';
    assert_int_equal(WRITE(AT, 0x00, 0x10, 1, 2), 4);
    assert_int_equal(stage_write(AT, NULL, 0), 0); /* at once */
    assert_marks(0, sizeof memory);
    assert_string_equal(said, "");
}

/* ---- parts that tell who they are ------------------------------------------------------------ */

static void the_upper_half_can_not_be_written(void **state)
{
    present_type(state, "24aa02e48");
    assert_int_equal(WRITE(AT, 0x7E, 1, 2, 3), 4); /* the last page of the lower half */
    stage_pass_us(WRITE_US);
    assert_memory_equal(memory + 0x7E, "\x01\x02", 2);
    assert_int_equal(memory[0x78], 3);
    assert_int_equal(WRITE(AT, 0x80, 1, 2), 3); /* acknowledged … */
    assert_int_equal(WRITE(AT, 0xFA, 1), 2);    /* … and no write time */
    assert_marks(0x80, 0x100);
    ASSERT_FETCHED(AT, 0xFF, (uint8_t)(0xFF * 7 + 3));
}

static void present_identity(void **state, const char *type)
{
    static uint8_t identity[I2CTARGET_EEPROM_IDENTITY_BYTES];
    static const uint8_t addresses[] = {AT, AT | I2CTARGET_EEPROM_IDENTITY_BIT};
    struct i2ctarget_eeprom_config config = config_of(type);
    for (unsigned i = 0; i < sizeof identity; i++)
        identity[i] = (uint8_t)(0xE0 + i);
    for (uint32_t i = 0; i < sizeof memory; i++)
        memory[i] = mark(i);
    config.identity = identity;
    assert_int_equal(i2ctarget_eeprom_init(&eeprom, &config), 0);
    put_on_stage_at(state, &eeprom.device, addresses, 2);
}

static void another_address_reads_the_identity(void **state)
{
    present_identity(state, "24mac402");
    ASSERT_FETCHED(AT + 8, 0x80, 0xE0, 0xE1, 0xE2);
    ASSERT_FETCHED(AT + 8, 0x9A, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF, 0xE0);
    ASSERT_FETCHED(AT, 0x9A, (uint8_t)(0x9A * 7 + 3)); /* the memory has such bytes, too */
    uint8_t got[1];
    assert_int_equal(stage_read(AT + 8, got, 1), 1); /* one counter for both */
    assert_int_equal(got[0], 0xFB);
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_int_equal(got[0], mark(0x9C));
    assert_int_equal(stage_read(AT + 1, got, 1), STAGE_NOBODY);
}

static void the_identity_can_not_be_written(void **state)
{
    present_identity(state, "24cs32");
    assert_int_equal(WRITE(AT + 8, 0x08, 0x00, 0x55), 2); /* only the address */
    assert_int_equal(stage_write(AT, NULL, 0), 0);        /* no write time */
    ASSERT_READ(AT + 8, 0xE0);
    assert_marks(0, 4096);
    assert_int_equal(WRITE(AT, 0x08, 0x00, 0x55), 3); /* the memory can be */
    assert_int_equal(memory[0x800], 0x55);
}

/* ---- what there is --------------------------------------------------------------------------- */

enum { PLAIN_TYPES = 12 };

static void types(void **state)
{
    static const unsigned addresses[PLAIN_TYPES] = {1, 1, 2, 4, 8, 1, 1, 1, 1, 1, 2, 4};
    (void)state;
    assert_int_equal(i2ctarget_eeprom_type_count, 20);
    for (unsigned i = 0; i < PLAIN_TYPES; i++) {
        struct i2ctarget_eeprom_config config = config_of(i2ctarget_eeprom_types[i].name);
        char name[16];
        unsigned kilobits = (unsigned)config.size_bytes / 128;
        snprintf(name, sizeof name, kilobits > 1024 ? "24cm%02u" : "24c%02u",
                 kilobits > 1024 ? kilobits / 1024 : kilobits);
        assert_string_equal(i2ctarget_eeprom_types[i].name, name);
        assert_int_equal(i2ctarget_eeprom_init(&eeprom, &config), 0);
        assert_int_equal(i2ctarget_eeprom_address_count(&config), addresses[i]);
    }
}

/* "24aa02e48" has an EUI-48; a type with a second address has no half that can not be written. */
static void types_that_tell_who_they_are(void **state)
{
    (void)state;
    for (unsigned i = PLAIN_TYPES; i < i2ctarget_eeprom_type_count; i++) {
        const struct i2ctarget_eeprom_type *row = &i2ctarget_eeprom_types[i];
        const char *e = strrchr(row->name, 'e');
        struct i2ctarget_eeprom_config config = config_of(row->name);
        assert_int_equal(i2ctarget_eeprom_init(&eeprom, &config), 0);
        assert_int_equal(i2ctarget_eeprom_address_count(&config), 1);
        assert_true(row->has_identity == (row->writable_bytes == 0));
        if (e)
            assert_int_equal(row->eui_bytes, e[1] == '4' ? 6 : 8);
    }
}

static void wrong_configs_are_refused(void **state)
{
    struct i2ctarget_eeprom_config right = config_of("24c02"), wrong[12];
    (void)state;
    for (unsigned i = 0; i < 12; i++)
        wrong[i] = right;
    wrong[0].memory = NULL;
    wrong[1].size_bytes = 100;
    wrong[2].size_bytes = 4096; /* one address byte can not address so much */
    wrong[3].size_bytes = 8;
    wrong[4].page_bytes = 12;
    wrong[5].page_bytes = 512;
    wrong[6].address_bytes = 3;
    wrong[7].protection = 3;
    wrong[8].now_us = NULL;
    wrong[9].address_bytes = 2;
    wrong[9].size_bytes = 2 * I2CTARGET_EEPROM_SIZE_BYTES_MAX;
    wrong[10].writable_bytes = 4;
    wrong[11].identity = memory; /* with blocks */
    wrong[11].size_bytes = 512;
    for (unsigned i = 0; i < 12; i++)
        assert_int_equal(i2ctarget_eeprom_init(&eeprom, &wrong[i]), -I2CTARGET_EINVAL);
    right.size_bytes = 16;
    right.page_bytes = 32;
    assert_int_equal(i2ctarget_eeprom_init(&eeprom, &right), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_eeprom_init(NULL, &right), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_eeprom_init(&eeprom, NULL), -I2CTARGET_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(random_read),
        ON_STAGES(current_address_read_goes_on),
        ON_STAGES(reads_go_round_at_the_end),
        ON_STAGES(address_bits_that_it_does_not_have_do_not_count),
        ON_STAGES(all_of_it_in_one_read),
        ON_STAGES(two_address_bytes),
        ON_STAGES(two_address_bytes_and_bits_of_the_device_address),
        ON_STAGES(a_part_of_a_megabit_has_two_addresses),
        ON_STAGES(low_bits_of_the_device_address_select_the_block),
        ON_STAGES(a_page_write_wraps_in_its_page),
        ON_STAGES(more_than_a_page_keeps_the_last),
        ON_STAGES(a_large_page),
        ON_STAGES(the_counter_follows_what_was_written),
        ON_STAGES(nothing_is_written_before_stop),
        ON_STAGES(busy_until_the_write_time_is_over),
        ON_STAGES(an_address_alone_takes_no_time),
        ON_STAGES(no_write_time_needs_no_clock),
        ON_STAGES(tells_what_was_written),
        ON_STAGES(protected_by_refusal),
        ON_STAGES(protected_by_silence),
        ON_STAGES(the_upper_half_can_not_be_written),
        ON_STAGES(another_address_reads_the_identity),
        ON_STAGES(the_identity_can_not_be_written),
        cmocka_unit_test(types),
        cmocka_unit_test(types_that_tell_who_they_are),
        cmocka_unit_test(wrong_configs_are_refused),
    };
    return cmocka_run_group_tests_name("eeprom", tests, NULL, NULL);
}
