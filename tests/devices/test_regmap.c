/* SPDX-License-Identifier: MIT */
/* A register map: its pointer, its masks, its pages, and what changes by itself. */
#include "devices/stage.h"
#include "i2ctarget/devices/regmap.h"

enum { AT = 0x40, VALUES_MAX = 12, SEQUENCES_MAX = 4, REACTIONS_MAX = 4 };

static struct i2ctarget_regmap_value values[VALUES_MAX];
static struct i2ctarget_regmap_sequence_state sequences[SEQUENCES_MAX];
static struct i2ctarget_regmap_reaction_state reactions[REACTIONS_MAX];
static struct i2ctarget_regmap regmap;
static struct {
    unsigned calls;
    uint32_t index, written;
} told;

static void written(struct i2ctarget_regmap *self, uint32_t index, uint32_t word)
{
    assert_ptr_equal(self, &regmap);
    told.calls++;
    told.index = index;
    told.written = word;
}

static void assert_told(unsigned calls, uint32_t index, uint32_t word)
{
    assert_int_equal(told.calls, calls);
    assert_int_equal(told.index, index);
    assert_int_equal(told.written, word);
}

static void present(void **state, const struct i2ctarget_regmap_table *table)
{
    struct i2ctarget_regmap_config config = {.table = table,
                                             .values = values,
                                             .sequences = sequences,
                                             .reactions = reactions,
                                             .now_us = stage_now_us};
    memset(values, 0xA5, sizeof values);
    memset(sequences, 0xA5, sizeof sequences);
    memset(reactions, 0xA5, sizeof reactions);
    memset(&told, 0, sizeof told);
    assert_true(table->value_count <= VALUES_MAX && table->sequence_count <= SEQUENCES_MAX &&
                table->reaction_count <= REACTIONS_MAX);
    assert_int_equal(i2ctarget_regmap_init(&regmap, &config, written), 0);
    put_on_stage(state, &regmap.device, AT, 1);
}

static uint32_t get(uint32_t index)
{
    return i2ctarget_regmap_get(&regmap, index);
}

/* ---- each byte has an address ---------------------------------------------------------------- */

enum { ID, CTRL, COUNT, LITTLE, WIDE, FLAGS, KEY };

static const struct i2ctarget_regmap_register bytewise_rows[] = {
    {.name = "id", .address = 0x00, .value = ID, .bytes = 1, .reset = 0x68},
    {.name = "ctrl", .address = 0x01, .value = CTRL, .bytes = 1, .reset = 0x12, .writable = 0x0F},
    {.name = "count",
     .address = 0x02,
     .value = COUNT,
     .bytes = 2,
     .reset = 0x1234,
     .writable = 0xFFFF},
    {.name = "little",
     .address = 0x04,
     .value = LITTLE,
     .bytes = 3,
     .is_little = true,
     .reset = 0x010203,
     .writable = 0xFFFFFF},
    {.name = "wide", .address = 0x10, .value = WIDE, .bytes = 4, .reset = 0xCAFEBABE},
    {.name = "flags",
     .address = 0x14,
     .value = FLAGS,
     .bytes = 1,
     .reset = 0xF7,
     .writable = 0x03,
     .one_clears = 0x30,
     .zero_clears = 0xC0,
     .self_clearing = 0x08},
    {.name = "key",
     .address = 0x15,
     .value = KEY,
     .bytes = 1,
     .reset = 0x77,
     .writable = 0xFF,
     .is_hidden = true},
};
/* How such a table begins. */
#define BYTEWISE \
    .pointer_bytes = 1, .pointer_mask = 0xFF, .bytes_have_addresses = true, .advances = true

static const struct i2ctarget_regmap_table bytewise = {
    .registers = bytewise_rows,
    .register_count = 7,
    .value_count = 7,
    BYTEWISE,
    .fill = 0xEE,
};

static void reads_from_the_pointer_on(void **state)
{
    present(state, &bytewise);
    ASSERT_READ(AT, 0x68, 0x12, 0x12);
    ASSERT_READ(AT, 0x34, 0x03, 0x02, 0x01, 0xEE); /* from where the last read has ended */
    ASSERT_FETCHED(AT, 0x03, 0x34, 0x03);
    ASSERT_FETCHED(AT, 0x0F, 0xEE, 0xCA, 0xFE, 0xBA, 0xBE, 0xF7);
    ASSERT_FETCHED(AT, 0xFF, 0xEE, 0x68);
    assert_told(0, 0, 0);
}

static void writes_only_what_is_writable(void **state)
{
    present(state, &bytewise);
    assert_int_equal(WRITE(AT, 0x00, 0xFF, 0xFF), 3);
    assert_told(1, CTRL, 0xFF);
    ASSERT_FETCHED(AT, 0x00, 0x68, 0x1F);
    assert_int_equal(WRITE(AT, 0x08, 0x55), 2); /* nothing is there */
    assert_int_equal(WRITE(AT, 0x10, 0x55), 2);
    assert_told(1, CTRL, 0xFF);
    assert_int_equal(get(WIDE), 0xCAFEBABE);
}

static void bytes_of_a_register_take_effect_alone(void **state)
{
    present(state, &bytewise);
    assert_int_equal(WRITE(AT, 0x03, 0xAB), 2);
    assert_int_equal(get(COUNT), 0x12AB);
    assert_told(1, COUNT, 0x00AB);
    assert_int_equal(WRITE(AT, 0x02, 0xCD), 2);
    assert_int_equal(get(COUNT), 0xCDAB);
    assert_told(2, COUNT, 0xCD00);
    assert_int_equal(WRITE(AT, 0x02, 0x11, 0x22, 0x33, 0x44), 5);
    assert_int_equal(get(COUNT), 0x1122);
    assert_int_equal(get(LITTLE), 0x014433);
    assert_told(4, LITTLE, 0x004433);
}

static void bits_are_cleared_as_the_table_says(void **state)
{
    present(state, &bytewise);
    assert_int_equal(WRITE(AT, 0x14, 0xC0), 2);
    assert_int_equal(get(FLAGS), 0xF4);
    assert_int_equal(WRITE(AT, 0x14, 0x99), 2); /* 1001 1001 */
    assert_int_equal(get(FLAGS), 0xA5);
    assert_told(2, FLAGS, 0x99);
}

static void a_hidden_register_reads_as_nothing(void **state)
{
    present(state, &bytewise);
    ASSERT_FETCHED(AT, 0x14, 0xF7, 0xEE, 0xEE);
    assert_int_equal(WRITE(AT, 0x15, 0x42), 2);
    ASSERT_FETCHED(AT, 0x15, 0xEE);
    assert_int_equal(get(KEY), 0x42);
}

static void the_pointer_may_stay(void **state)
{
    struct i2ctarget_regmap_table table = bytewise;
    table.advances = false;
    present(state, &table);
    ASSERT_FETCHED(AT, 0x02, 0x12, 0x12, 0x12);
    assert_int_equal(WRITE(AT, 0x03, 0xAB, 0xCD), 3);
    assert_int_equal(get(COUNT), 0x12CD);
    assert_told(2, COUNT, 0x00CD);
    assert_int_equal(WRITE(AT, 0x02, 0xAB, 0xEF), 3);
    assert_int_equal(get(COUNT), 0xEFCD);
}

static void the_pointer_goes_round_in_ranges(void **state)
{
    static const struct i2ctarget_regmap_range ranges[] = {{0x00, 0x02}, {0x04, 0x05}};
    struct i2ctarget_regmap_table table = bytewise;
    table.ranges = ranges;
    table.range_count = 2;
    present(state, &table);
    ASSERT_FETCHED(AT, 0x01, 0x12, 0x12, 0x68, 0x12, 0x12, 0x68);
    ASSERT_FETCHED(AT, 0x03, 0x34, 0x03, 0x02, 0x03, 0x02);
    assert_int_equal(WRITE(AT, 0x02, 0x77, 0x99), 3);
    assert_int_equal(get(COUNT), 0x7734);
    assert_int_equal(WRITE(AT, 0x04, 0x77, 0x88, 0x99), 4);
    assert_int_equal(get(LITTLE), 0x018899);
}

static void a_bit_of_the_pointer_makes_it_advance(void **state)
{
    struct i2ctarget_regmap_table table = bytewise;
    table.pointer_mask = 0x7F;
    table.advancing_bits = 0x80;
    present(state, &table);
    ASSERT_READ(AT, 0x68, 0x68);
    ASSERT_FETCHED(AT, 0x80, 0x68, 0x12);
    ASSERT_READ(AT, 0x12, 0x34);
    ASSERT_FETCHED(AT, 0x00, 0x68, 0x68);
    ASSERT_FETCHED(AT, 0xFF, 0xEE, 0x68);
}

static void a_place_without_a_register_may_be_refused(void **state)
{
    struct i2ctarget_regmap_table table = bytewise;
    table.refuses = true;
    present(state, &table);
    assert_int_equal(WRITE(AT, 0x01), 1);
    assert_int_equal(WRITE(AT, 0x08), 0);
    ASSERT_READ(AT, 0x12); /* the pointer has not moved */
    assert_int_equal(WRITE(AT, 0x15, 0x01, 0x02), 2);
}

static void a_pointer_of_two_bytes(void **state)
{
    struct i2ctarget_regmap_register rows[] = {bytewise_rows[ID], bytewise_rows[COUNT]};
    struct i2ctarget_regmap_table table = bytewise;
    uint8_t got[2];
    rows[1].address = 0xABCD;
    table.registers = rows;
    table.register_count = 2;
    table.pointer_bytes = 2;
    table.pointer_mask = 0xFFFF;
    present(state, &table);
    assert_true(FETCH(AT, got, 2, 0xAB, 0xCE));
    assert_memory_equal(got, ((uint8_t[]){0x34, 0xEE}), 2);
    assert_true(FETCH(AT, got, 2, 0xFF, 0xFF));
    assert_memory_equal(got, ((uint8_t[]){0xEE, 0x68}), 2);
    assert_int_equal(WRITE(AT, 0x12), 1); /* half of one does not count */
    ASSERT_READ(AT, 0xEE);
    assert_int_equal(WRITE(AT, 0xAB, 0xCD, 0x77), 3);
    assert_int_equal(get(1), 0x7734);
}

static void without_a_pointer_each_message_begins_at_the_first_register(void **state)
{
    struct i2ctarget_regmap_register rows[] = {{.bytes = 1, .reset = 0xFF, .writable = 0xFF}};
    struct i2ctarget_regmap_table table = {
        .registers = rows, .register_count = 1, .value_count = 1, .pointer_mask = 0xFF};
    present(state, &table);
    ASSERT_READ(AT, 0xFF, 0xFF);
    assert_int_equal(WRITE(AT, 0x11, 0x22), 2);
    assert_told(2, 0, 0x22);
    ASSERT_READ(AT, 0x22);
}

/* A byte that was given, but not clocked to its end, is given again. */
static void a_byte_that_was_cut_short_does_not_count(void **state)
{
    present(state, &bytewise);
    const struct i2ctarget_device_ops *ops = regmap.device.ops;
    static const uint8_t all[] = {0x12, 0x34, 0x03, 0x02, 0x01};
    for (uint32_t given = 0; given < sizeof all; given++) {
        assert_int_equal(WRITE(AT, 0x02), 1);
        assert_true(ops->addressed(&regmap.device, AT, true, false));
        for (uint32_t i = 0; i < given; i++)
            assert_int_equal(ops->requested(&regmap.device), all[i]);
        uint32_t moved = given ? given - 1 : 0;
        ops->ended(&regmap.device, I2CTARGET_BUS_ERROR, moved);
        assert_true(ops->addressed(&regmap.device, AT, true, false));
        assert_int_equal(ops->requested(&regmap.device), all[moved]);
        ops->ended(&regmap.device, I2CTARGET_CONTROLLER_NACK, 1);
    }
}

/* ---- each register has an address ------------------------------------------------------------ */

static const struct i2ctarget_regmap_register wordwise_rows[] = {
    {.address = 0, .value = 0, .bytes = 2, .reset = 0x1980},
    {.address = 1, .value = 1, .bytes = 1, .reset = 0x60, .writable = 0xFF},
    {.address = 2, .value = 2, .bytes = 2, .reset = 0x4B00, .writable = 0xFFF0},
    {.address = 3, .value = 3, .bytes = 2, .is_little = true, .reset = 0x5000, .writable = 0xFFFF},
};
static const struct i2ctarget_regmap_table wordwise = {
    .registers = wordwise_rows,
    .register_count = 4,
    .value_count = 4,
    .pointer_bytes = 1,
    .pointer_mask = 0x07,
    .fill = 0xFF,
};

static void a_register_is_read_again_and_again(void **state)
{
    present(state, &wordwise);
    ASSERT_READ(AT, 0x19, 0x80, 0x19, 0x80, 0x19);
    ASSERT_READ(AT, 0x19, 0x80);
    ASSERT_FETCHED(AT, 0x0B, 0x00, 0x50, 0x00);
    ASSERT_FETCHED(AT, 0x04, 0xFF, 0xFF);
}

static void a_register_is_written_with_its_last_byte(void **state)
{
    present(state, &wordwise);
    assert_int_equal(WRITE(AT, 0x02, 0x12), 2);
    assert_int_equal(get(2), 0x4B00);
    assert_int_equal(WRITE(AT, 0x02, 0x12, 0x3F, 0x77), 4);
    assert_int_equal(get(2), 0x1230);
    assert_told(1, 2, 0x123F);
    assert_int_equal(WRITE(AT, 0x03, 0x12, 0x34, 0x56, 0x78), 5);
    assert_int_equal(get(3), 0x7856);
    assert_told(3, 3, 0x7856);
}

static void the_pointer_goes_on_to_the_next_register(void **state)
{
    struct i2ctarget_regmap_table table = wordwise;
    table.advances = true;
    present(state, &table);
    ASSERT_FETCHED(AT, 0x00, 0x19, 0x80, 0x60, 0x4B, 0x00, 0x00, 0x50, 0xFF);
    ASSERT_FETCHED(AT, 0x07, 0xFF, 0x19);
    ASSERT_READ(AT, 0x19, 0x80, 0x60); /* half of a register does not move it */
    assert_int_equal(WRITE(AT, 0x01, 0x11, 0x22, 0x33, 0x44), 5);
    assert_int_equal(get(1), 0x11);
    assert_int_equal(get(2), 0x2230);
    assert_told(2, 2, 0x2233);
}

/* ---- pages, and registers with one value ------------------------------------------------------ */

static void a_page_of_more_than_16_bits_is_none(void **state)
{
    static const struct i2ctarget_regmap_register rows[] = {
        {.address = 0x00, .value = 0, .bytes = 4, .writable = UINT32_MAX},
        {.address = 0x10, .page = 1, .value = 1, .bytes = 1, .reset = 0xA1},
    };
    static const struct i2ctarget_regmap_table table = {
        .registers = rows,
        .register_count = 2,
        .value_count = 2,
        .pointer_bytes = 1,
        .pointer_mask = 0xFF,
        .bytes_have_addresses = true,
        .has_pages = true,
        .page_mask = UINT32_MAX,
    };
    present(state, &table);
    ASSERT_FETCHED(AT, 0x10, 0xA1);
    i2ctarget_regmap_set(&regmap, 0, 0x10000);
    ASSERT_FETCHED(AT, 0x10, 0);
    i2ctarget_regmap_set(&regmap, 0, 0xFFFF);
    ASSERT_FETCHED(AT, 0x10, 0);
}

static void pages(void **state)
{
    static const struct i2ctarget_regmap_register rows[] = {
        {.address = 0x00, .value = 0, .bytes = 1, .reset = 0xA0, .writable = 0xFF},
        {.address = 0x10, .page = 1, .value = 1, .bytes = 1, .reset = 0xA1, .writable = 0xFF},
        {.address = 0x11, .page = 1, .value = 2, .bytes = 1, .reset = 0xA2, .writable = 0xFF},
        {.address = 0x12, .page = 1, .value = 4, .bytes = 1, .reset = 0xB1, .writable = 0xFF},
        {.address = 0x10, .page = 3, .value = 2, .bytes = 1, .writable = 0xFF},
        {.address = 0x11, .page = 3, .value = 3, .bytes = 1, .reset = 0xA3, .writable = 0x30},
        {.address = 0x12, .page = 3, .value = 5, .bytes = 1, .reset = 0xB3, .writable = 0xFF},
    };
    static const struct i2ctarget_regmap_table table = {
        .registers = rows,
        .register_count = 7,
        .value_count = 6,
        BYTEWISE,
        .has_pages = true,
        .page_value = 3,
        .page_mask = 0x30,
        .page_shift = 4,
    };
    present(state, &table); /* the page is 0xA3 >> 4 & 3: 2 */
    ASSERT_FETCHED(AT, 0x10, 0xA2, 0xA3);
    ASSERT_FETCHED(AT, 0x00, 0xA0);
    assert_int_equal(WRITE(AT, 0x11, 0x0F), 2);
    ASSERT_FETCHED(AT, 0x10, 0xA1, 0xA2, 0xB1, 0x00);
    i2ctarget_regmap_set(&regmap, 5, 0x10);
    ASSERT_FETCHED(AT, 0x10, 0x00);
    i2ctarget_regmap_set(&regmap, 5, 0x20);
    assert_int_equal(WRITE(AT, 0x10, 0x55, 0x00), 3);
    ASSERT_FETCHED(AT, 0x10, 0xA1, 0x55);
    /* The byte behind the page register goes to the new page. */
    i2ctarget_regmap_set(&regmap, 5, 0x20);
    assert_int_equal(WRITE(AT, 0x11, 0x00, 0x77), 3);
    ASSERT_FETCHED(AT, 0x12, 0x77);
}

/* The rows of the first page follow those of every page, whichever page is selected. */
static void behind_the_registers_of_every_page_is_the_selected_one(void **state)
{
    static const struct i2ctarget_regmap_register rows[] = {
        {.address = 0x0F, .value = 0, .bytes = 1, .writable = 0xFF},
        {.address = 0x10, .value = 1, .bytes = 1, .reset = 0xA0, .writable = 0xFF},
        {.address = 0x11, .page = 1, .value = 2, .bytes = 1, .reset = 0xA1, .writable = 0xFF},
        {.address = 0x11, .page = 2, .value = 3, .bytes = 1, .reset = 0xA2, .writable = 0xFF},
    };
    static const struct i2ctarget_regmap_table table = {
        .registers = rows,
        .register_count = 4,
        .value_count = 4,
        BYTEWISE,
        .has_pages = true,
        .page_mask = 0xFF,
    };
    present(state, &table);
    ASSERT_FETCHED(AT, 0x10, 0xA0, 0xA1);
    assert_int_equal(WRITE(AT, 0x0F, 1), 2);
    ASSERT_FETCHED(AT, 0x10, 0xA0, 0xA2);
    assert_int_equal(WRITE(AT, 0x10, 0x33, 0x44), 3);
    assert_int_equal(get(2), 0xA1);
    assert_int_equal(get(3), 0x44);
}

/* ---- sequences ------------------------------------------------------------------------------- */

enum { SEQUENCES_PERIOD_US = 10000 };

static const struct i2ctarget_regmap_register four_rows[] = {
    {.name = "a", .address = 0, .value = 0, .bytes = 1, .writable = 0xFF, .reset = 0x55},
    {.name = "b", .address = 1, .value = 1, .bytes = 1},
    {.name = "c", .address = 2, .value = 2, .bytes = 2, .writable = 0xFFFF, .reset = 0x1111},
    {.name = "d", .address = 3, .value = 3, .bytes = 1, .read_clears = 0x0F, .reset = 0xFF},
};
#define FOUR                                                                           \
    .registers = four_rows, .register_count = 4, .value_count = 4, .pointer_bytes = 1, \
    .pointer_mask = 0xFF

static void sequences_go_on_with_each_read(void **state)
{
    static const uint32_t list[] = {7, 0xFFFFFFFF, 9};
    static const struct i2ctarget_regmap_sequence rows[] = {
        {.value = 0, .kind = I2CTARGET_REGMAP_COUNTER, .start = 0xFE, .step = 1},
        {.value = 1, .kind = I2CTARGET_REGMAP_LIST, .values = list, .count = 3},
        {.value = 2,
         .kind = I2CTARGET_REGMAP_RAMP,
         .start = 0x0100,
         .step = 0xFFFFFFFF,
         .count = 3},
        {.value = 3, .kind = I2CTARGET_REGMAP_COUNTER, .start = 1, .step = 2, .count = 2},
    };
    static const struct i2ctarget_regmap_table table = {FOUR, .sequences = rows,
                                                        .sequence_count = 4};
    present(state, &table);
    ASSERT_FETCHED(AT, 0x00, 0xFE);
    ASSERT_READ(AT, 0xFF, 0x00, 0x01);
    ASSERT_FETCHED(AT, 0x01, 7, 0xFF, 9, 7);
    ASSERT_FETCHED(AT, 0x02, 1, 0, 0, 0xFF, 0, 0xFE, 0, 0xFF, 1, 0, 0, 0xFF, 0);
    ASSERT_READ(AT, 0, 0xFE); /* half of a register was not read */
    ASSERT_FETCHED(AT, 0x03, 1, 3, 1, 3);
    ASSERT_FETCHED(AT, 0x00, 0x02);
    assert_int_equal(WRITE(AT, 0x00, 0x66), 2); /* which is the end of the sequence */
    ASSERT_READ(AT, 0x66, 0x66);
    i2ctarget_regmap_set(&regmap, 2, 0x12345);
    ASSERT_FETCHED(AT, 0x02, 0x23, 0x45, 0x23, 0x45);
}

/* What was read is the filler, so the register was not. */
static void a_hidden_register_is_not_read(void **state)
{
    static const struct i2ctarget_regmap_register rows[] = {
        {.address = 0, .bytes = 1, .reset = 0x55},
        {.address = 1, .bytes = 1, .value = 1, .is_hidden = true, .reset = 7, .read_clears = 3},
    };
    static const struct i2ctarget_regmap_table table = {
        .registers = rows,
        .register_count = 2,
        .value_count = 2,
        BYTEWISE,
        .fill = 0xEE,
    };
    present(state, &table);
    ASSERT_FETCHED(AT, 0x00, 0x55, 0xEE, 0xEE);
    assert_int_equal(get(1), 7);
}

/* There and back are more values than 32 bits can count. */
static void a_ramp_may_be_as_long_as_a_register_is_wide(void **state)
{
    static const struct i2ctarget_regmap_sequence rows[] = {
        {.kind = I2CTARGET_REGMAP_RAMP, .step = 1, .count = 0x80000002},
    };
    static const struct i2ctarget_regmap_table table = {FOUR, .sequences = rows,
                                                        .sequence_count = 1};
    present(state, &table);
    ASSERT_FETCHED(AT, 0x00, 0);
    ASSERT_FETCHED(AT, 0x00, 1);
    ASSERT_FETCHED(AT, 0x00, 2);
}

static void sequences_go_on_with_time(void **state)
{
    static const struct i2ctarget_regmap_sequence rows[] = {
        {.value = 0,
         .kind = I2CTARGET_REGMAP_COUNTER,
         .period_us = SEQUENCES_PERIOD_US,
         .start = 5,
         .step = 3},
    };
    static const struct i2ctarget_regmap_table table = {FOUR, .sequences = rows,
                                                        .sequence_count = 1};
    present(state, &table);
    ASSERT_READ(AT, 5, 5);
    stage_pass_us(SEQUENCES_PERIOD_US);
    ASSERT_READ(AT, 8, 8);
    stage_pass_us(10 * SEQUENCES_PERIOD_US);
    assert_int_equal(get(0), 38);
    ASSERT_READ(AT, 38);
}

/* 2^32 is 1 more than a multiple of 3, and 4 more than one of 6. */
static void sequences_go_on_after_more_turns_than_32_bits_can_count(void **state)
{
    static const uint32_t list[] = {10, 20, 30};
    static const struct i2ctarget_regmap_sequence rows[] = {
        {.value = 0,
         .kind = I2CTARGET_REGMAP_LIST,
         .period_us = SEQUENCES_PERIOD_US,
         .values = list,
         .count = 3},
        {.value = 1,
         .kind = I2CTARGET_REGMAP_RAMP,
         .period_us = SEQUENCES_PERIOD_US,
         .step = 1,
         .count = 4},
        {.value = 2,
         .kind = I2CTARGET_REGMAP_COUNTER,
         .period_us = SEQUENCES_PERIOD_US,
         .step = 1,
         .count = 3},
        {.value = 3,
         .kind = I2CTARGET_REGMAP_RAMP,
         .period_us = SEQUENCES_PERIOD_US,
         .start = 9,
         .step = 1,
         .count = 1},
    };
    static const struct i2ctarget_regmap_table table = {FOUR, .sequences = rows,
                                                        .sequence_count = 4};
    present(state, &table);
    stage_pass_us((INT64_C(1) << 32) * SEQUENCES_PERIOD_US);
    assert_int_equal(get(0), 20);
    assert_int_equal(get(1), 2);
    assert_int_equal(get(2), 1);
    assert_int_equal(get(3), 9);
}

static void noise_is_the_same_for_the_same_seed(void **state)
{
    struct i2ctarget_regmap_sequence rows[] = {
        {.value = 0, .kind = I2CTARGET_REGMAP_NOISE, .start = 100, .step = 7, .seed = 1}};
    struct i2ctarget_regmap_table table = {FOUR, .sequences = rows, .sequence_count = 1};
    uint8_t first[200], again[200], other[200];
    unsigned seen = 0;
    present(state, &table);
    assert_int_equal(stage_read(AT, first, sizeof first), (int)sizeof first);
    for (unsigned i = 0; i < sizeof first; i++) {
        assert_in_range(first[i], 100, 107);
        seen |= 1u << (first[i] - 100);
    }
    assert_int_equal(seen, 0xFF);
    struct i2ctarget_regmap_config config = {
        .table = &table, .values = values, .sequences = sequences};
    struct i2ctarget_regmap kept = regmap;
    assert_int_equal(i2ctarget_regmap_values_init(&regmap.values, &config), 0);
    assert_int_equal(stage_read(AT, again, sizeof again), (int)sizeof again);
    assert_memory_equal(first, again, sizeof first);
    rows[0].seed = 2;
    assert_int_equal(i2ctarget_regmap_values_init(&regmap.values, &config), 0);
    assert_int_equal(stage_read(AT, other, sizeof other), (int)sizeof other);
    assert_memory_not_equal(first, other, sizeof first);
    regmap.values = kept.values;
}

/* ---- reactions ------------------------------------------------------------------------------- */

static void a_write_is_reacted_to_at_once(void **state)
{
    static const struct i2ctarget_regmap_reaction rows[] = {
        {.value = 0,
         .mask = 0x80,
         .equal = 0x80,
         .action = I2CTARGET_REGMAP_SET,
         .changed = 1,
         .action_mask = 0x0F,
         .bits = 0xFF},
        {.value = 0, .action = I2CTARGET_REGMAP_COPY, .changed = 2, .action_mask = 0x00F0},
        {.value = 1,
         .is_on_read = true,
         .action = I2CTARGET_REGMAP_SET,
         .changed = 1,
         .action_mask = 0xFF},
        {.value = 0, .mask = 0xFF, .equal = 0xB6, .action = I2CTARGET_REGMAP_RESET, .changed = 0},
    };
    static const struct i2ctarget_regmap_table table = {FOUR, .reactions = rows,
                                                        .reaction_count = 4};
    present(state, &table);
    assert_int_equal(WRITE(AT, 0x00, 0x7A), 2);
    assert_int_equal(get(1), 0x00);
    assert_int_equal(get(2), 0x1171);
    assert_int_equal(WRITE(AT, 0x00, 0x80), 2);
    assert_int_equal(get(1), 0x0F);
    ASSERT_FETCHED(AT, 0x01, 0x0F);
    assert_int_equal(get(1), 0x00);
    assert_int_equal(WRITE(AT, 0x00, 0xB6), 2);
    assert_int_equal(get(0), 0x55);
    assert_int_equal(get(1), 0x00);
    assert_int_equal(get(2), 0x1111);
    assert_told(3, 0, 0xB6);
}

static void a_write_is_reacted_to_later(void **state)
{
    enum { DELAY_US = 10000 };
    static const struct i2ctarget_regmap_reaction rows[] = {
        {.value = 0,
         .action = I2CTARGET_REGMAP_SET,
         .delay_us = DELAY_US,
         .changed = 1,
         .action_mask = 0xFF,
         .bits = 1},
        {.value = 2, .action = I2CTARGET_REGMAP_RESET, .delay_us = 2 * DELAY_US, .changed = 0},
    };
    static const struct i2ctarget_regmap_table table = {FOUR, .reactions = rows,
                                                        .reaction_count = 2};
    present(state, &table);
    assert_int_equal(WRITE(AT, 0x00, 0x11), 2);
    ASSERT_FETCHED(AT, 0x01, 0);
    stage_pass_us(DELAY_US / 2);
    assert_int_equal(WRITE(AT, 0x00, 0x22), 2); /* from the beginning */
    stage_pass_us(DELAY_US - DELAY_US / 4);
    ASSERT_FETCHED(AT, 0x01, 0);
    stage_pass_us(DELAY_US / 2);
    ASSERT_FETCHED(AT, 0x01, 1);
    /* Both are due at the next look, and the reset was due last. */
    assert_int_equal(WRITE(AT, 0x02, 0x22, 0x22), 3);
    assert_int_equal(WRITE(AT, 0x00, 0x33), 2);
    stage_pass_us(3 * DELAY_US);
    ASSERT_FETCHED(AT, 0x00, 0x55);
    ASSERT_FETCHED(AT, 0x01, 0);
    /* A reset forgets what was to come. */
    assert_int_equal(WRITE(AT, 0x02, 0x22, 0x22), 3);
    stage_pass_us(DELAY_US + DELAY_US / 2);
    assert_int_equal(WRITE(AT, 0x00, 0x33), 2);
    stage_pass_us(3 * DELAY_US);
    ASSERT_FETCHED(AT, 0x01, 0);
}

static void reactions_come_in_the_order_of_their_times(void **state)
{
    enum { DELAY_US = 10000 };
    static const struct i2ctarget_regmap_reaction rows[] = {
        {.value = 0, .delay_us = 2 * DELAY_US, .changed = 1, .action_mask = 0xFF, .bits = 1},
        {.value = 0, .delay_us = DELAY_US, .changed = 1, .action_mask = 0xFF, .bits = 2},
    };
    static const struct i2ctarget_regmap_table table = {FOUR, .reactions = rows,
                                                        .reaction_count = 2};
    present(state, &table);
    assert_int_equal(WRITE(AT, 0x00, 0x11), 2);
    stage_pass_us(3 * DELAY_US);
    ASSERT_FETCHED(AT, 0x01, 1);
}

static void a_read_clears(void **state)
{
    static const struct i2ctarget_regmap_table table = {FOUR};
    present(state, &table);
    ASSERT_FETCHED(AT, 0x03, 0xFF, 0xF0);
}

/* ---- changes by the program ------------------------------------------------------------------ */

static void changes_wait_for_the_end_of_the_message(void **state)
{
    present(state, &bytewise);
    const struct i2ctarget_device_ops *ops = regmap.device.ops;
    assert_true(ops->addressed(&regmap.device, AT, true, false));
    assert_int_equal(ops->requested(&regmap.device), 0x68);
    i2ctarget_regmap_set(&regmap, COUNT, 0xAAAA);
    i2ctarget_regmap_set(&regmap, ID, 0x1FF);
    i2ctarget_regmap_set(&regmap, COUNT, 0xBBCC);
    assert_int_equal(get(COUNT), 0x1234);
    assert_int_equal(ops->requested(&regmap.device), 0x12);
    assert_int_equal(ops->requested(&regmap.device), 0x12);
    ops->ended(&regmap.device, I2CTARGET_STOP, 3);
    ASSERT_FETCHED(AT, 0x00, 0xFF, 0x12, 0xBB, 0xCC);
    i2ctarget_regmap_set(&regmap, COUNT, 0xDDEE);
    assert_int_equal(get(COUNT), 0xDDEE);
}

static void registers_have_names(void **state)
{
    (void)state;
    assert_int_equal(i2ctarget_regmap_find(&bytewise, "count"), COUNT);
    assert_int_equal(i2ctarget_regmap_find(&bytewise, "coun"), I2CTARGET_REGMAP_NO_REGISTER);
    assert_int_equal(i2ctarget_regmap_find(&bytewise, "counts"), I2CTARGET_REGMAP_NO_REGISTER);
    assert_int_equal(i2ctarget_regmap_find(&wordwise, ""), I2CTARGET_REGMAP_NO_REGISTER);
}

/* ---- tables that contradict themselves ------------------------------------------------------- */

static int init_with(const struct i2ctarget_regmap_table *table, int64_t (*now_us)(void))
{
    struct i2ctarget_regmap_config config = {.table = table,
                                             .values = values,
                                             .sequences = sequences,
                                             .reactions = reactions,
                                             .now_us = now_us};
    return i2ctarget_regmap_init(&regmap, &config, NULL);
}

#define REFUSED(member_, value_)                                                \
    do {                                                                        \
        struct i2ctarget_regmap_table refused = good;                           \
        refused.member_ = value_;                                               \
        assert_int_equal(init_with(&refused, stage_now_us), -I2CTARGET_EINVAL); \
    } while (0)
#define ROW_REFUSED(...) \
    REFUSED(registers,   \
            ((const struct i2ctarget_regmap_register[]){bytewise_rows[COUNT], __VA_ARGS__}))
#define SEQUENCE_REFUSED(...) \
    REFUSED(sequences, (&(const struct i2ctarget_regmap_sequence){__VA_ARGS__}))
#define REACTION_REFUSED(...) \
    REFUSED(reactions, (&(const struct i2ctarget_regmap_reaction){__VA_ARGS__}))

static void a_table_that_contradicts_itself_is_refused(void **state)
{
    static const struct i2ctarget_regmap_sequence sequence = {.count = 1, .period_us = 1};
    static const struct i2ctarget_regmap_reaction reaction = {.delay_us = 1};
    struct i2ctarget_regmap_table good = bytewise;
    (void)state;
    good.register_count = 2;
    good.sequences = &sequence;
    good.sequence_count = 1;
    good.reactions = &reaction;
    good.reaction_count = 1;
    assert_int_equal(init_with(&good, stage_now_us), 0);
    assert_int_equal(init_with(NULL, stage_now_us), -I2CTARGET_EINVAL);
    assert_int_equal(init_with(&good, NULL), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_regmap_init(&regmap, NULL, NULL), -I2CTARGET_EINVAL);
    REFUSED(register_count, 0);
    REFUSED(value_count, 1);
    REFUSED(pointer_bytes, 3);
    REFUSED(page_shift, 32);
    ROW_REFUSED({.address = 0x03, .bytes = 1});
    ROW_REFUSED({.address = 0x01, .bytes = 1});
    ROW_REFUSED({.address = 0xFFFF, .bytes = 2});
    ROW_REFUSED({.address = 0x08, .bytes = 5});
    ROW_REFUSED({.address = 0x08});
    ROW_REFUSED({.address = 0x08, .bytes = 1, .value = 7});
    SEQUENCE_REFUSED(.value = 7);
    SEQUENCE_REFUSED(.kind = 4);
    SEQUENCE_REFUSED(.kind = I2CTARGET_REGMAP_LIST, .count = 1);
    SEQUENCE_REFUSED(.kind = I2CTARGET_REGMAP_RAMP);
    REACTION_REFUSED(.value = 7);
    REACTION_REFUSED(.changed = 7);
    REACTION_REFUSED(.action = 3);
    good.has_pages = true;
    REFUSED(page_value, 7);
}

/* ---- the line -------------------------------------------------------------------------------- */

static void the_line_follows_bits_that_are_enabled(void **state)
{
    static const struct i2ctarget_regmap_register rows[] = {
        {.name = "status", .address = 0, .value = 0, .bytes = 1, .one_clears = 0xFF},
        {.name = "enable", .address = 1, .value = 1, .bytes = 1, .writable = 0xFF},
    };
    static struct i2ctarget_regmap_table table = {
        .registers = rows,
        .register_count = 2,
        .value_count = 2,
        BYTEWISE,
    };
    table.line = (struct i2ctarget_regmap_line){0};
    present(state, &table);
    i2ctarget_regmap_set(&regmap, 0, 0xFF);
    assert_true(i2ctarget_regmap_line_pin(&regmap)); /* it has none */
    table.line = (struct i2ctarget_regmap_line){
        .is_there = true, .has_enable = true, .status = 0, .enable = 1, .mask = 0x03};
    assert_true(i2ctarget_regmap_line_pin(&regmap));
    assert_int_equal(WRITE(AT, 1, 0x04), 2); /* not of the mask */
    assert_true(i2ctarget_regmap_line_pin(&regmap));
    assert_int_equal(WRITE(AT, 1, 0x02), 2);
    assert_false(i2ctarget_regmap_line_pin(&regmap));
    table.line.is_active_high = true;
    assert_true(i2ctarget_regmap_line_pin(&regmap));
    table.line.is_active_high = false;
    assert_int_equal(WRITE(AT, 0, 0x02), 2); /* a controller clears it */
    assert_true(i2ctarget_regmap_line_pin(&regmap));
    table.line.has_enable = false;
    assert_false(i2ctarget_regmap_line_pin(&regmap)); /* bit 0 is left */
}

static void a_line_of_no_register_is_refused(void **state)
{
    static const struct i2ctarget_regmap_register rows[] = {{.name = "a", .bytes = 1}};
    static struct i2ctarget_regmap_table table = {
        .registers = rows, .register_count = 1, .value_count = 1, .pointer_bytes = 1};
    const struct i2ctarget_regmap_config config = {.table = &table, .values = values};
    (void)state;
    table.line = (struct i2ctarget_regmap_line){.is_there = true, .status = 1};
    assert_int_equal(i2ctarget_regmap_init(&regmap, &config, NULL), -I2CTARGET_EINVAL);
    table.line = (struct i2ctarget_regmap_line){.is_there = true, .has_enable = true, .enable = 1};
    assert_int_equal(i2ctarget_regmap_init(&regmap, &config, NULL), -I2CTARGET_EINVAL);
    table.line.enable = 0;
    assert_int_equal(i2ctarget_regmap_init(&regmap, &config, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(the_line_follows_bits_that_are_enabled),
        cmocka_unit_test(a_line_of_no_register_is_refused),
        ON_STAGES(reads_from_the_pointer_on),
        ON_STAGES(writes_only_what_is_writable),
        ON_STAGES(bytes_of_a_register_take_effect_alone),
        ON_STAGES(bits_are_cleared_as_the_table_says),
        ON_STAGES(a_hidden_register_reads_as_nothing),
        ON_STAGES(the_pointer_may_stay),
        ON_STAGES(the_pointer_goes_round_in_ranges),
        ON_STAGES(a_bit_of_the_pointer_makes_it_advance),
        ON_STAGES(a_place_without_a_register_may_be_refused),
        ON_STAGES(a_pointer_of_two_bytes),
        ON_STAGES(without_a_pointer_each_message_begins_at_the_first_register),
        ON_STAGE(a_byte_that_was_cut_short_does_not_count, events),
        ON_STAGES(a_register_is_read_again_and_again),
        ON_STAGES(a_register_is_written_with_its_last_byte),
        ON_STAGES(the_pointer_goes_on_to_the_next_register),
        ON_STAGES(pages),
        ON_STAGES(behind_the_registers_of_every_page_is_the_selected_one),
        ON_STAGES(a_page_of_more_than_16_bits_is_none),
        ON_STAGES(sequences_go_on_with_each_read),
        ON_STAGES(a_hidden_register_is_not_read),
        ON_STAGES(a_ramp_may_be_as_long_as_a_register_is_wide),
        ON_STAGES(sequences_go_on_with_time),
        ON_STAGE(sequences_go_on_after_more_turns_than_32_bits_can_count, events),
        ON_STAGES(noise_is_the_same_for_the_same_seed),
        ON_STAGES(a_write_is_reacted_to_at_once),
        ON_STAGES(a_write_is_reacted_to_later),
        ON_STAGES(reactions_come_in_the_order_of_their_times),
        ON_STAGES(a_read_clears),
        ON_STAGE(changes_wait_for_the_end_of_the_message, events),
        cmocka_unit_test(registers_have_names),
        cmocka_unit_test(a_table_that_contradicts_itself_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
