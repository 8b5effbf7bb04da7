/* SPDX-License-Identifier: MIT */
/* Memory: its pointer, read-only bytes, what the program is told, and what it changes. */
#include "devices/stage.h"
#include "i2ctarget/devices/memory.h"

enum { AT = 0x40, SIZE = 16 };

static uint8_t bytes[I2CTARGET_MEMORY_SIZE_BYTES_MAX];
static struct i2ctarget_memory memory;
static struct {
    unsigned calls;
    uint32_t offset, count;
    uint8_t first; /* the byte at the offset, at that time */
} told;

static void written(struct i2ctarget_memory *self, uint32_t offset, uint32_t count)
{
    assert_ptr_equal(self, &memory);
    told.calls++;
    told.offset = offset;
    told.count = count;
    told.first = bytes[offset];
}

/* How often it was called so far, and what it was told since the last look. */
static void assert_told(unsigned calls, uint32_t offset, uint32_t count)
{
    assert_int_equal(told.calls, calls);
    assert_int_equal(told.offset, offset);
    assert_int_equal(told.count, count);
    told.offset = told.count = 0;
}

/* Each byte of the memory depends on its offset. */
static uint8_t mark(uint32_t offset)
{
    return (uint8_t)(offset * 7 + (offset >> 8) * 31 + 3);
}

static void assert_marks(uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++)
        assert_int_equal(bytes[i], mark(i));
}

/* A read without a pointer gives the byte that is there from the beginning. */
static void assert_next(uint8_t address, uint32_t offset)
{
    uint8_t got[1];
    assert_int_equal(stage_read(address, got, 1), 1);
    assert_int_equal(got[0], mark(offset));
}

static const struct i2ctarget_memory_config plain = {
    .bytes = bytes, .size_bytes = SIZE, .pointer_bytes = 1, .written = written};

static void present_as(void **state, const struct i2ctarget_memory_config *config, unsigned count)
{
    for (uint32_t i = 0; i < sizeof bytes; i++)
        bytes[i] = mark(i);
    memset(&told, 0, sizeof told);
    assert_int_equal(i2ctarget_memory_init(&memory, config), 0);
    put_on_stage(state, &memory.device, AT, count);
}

static void present(void **state)
{
    present_as(state, &plain, 1);
}

/* ---- the pointer ----------------------------------------------------------------------------- */

static void reads_from_the_pointer_on(void **state)
{
    present(state);
    ASSERT_READ(AT, 3, 10); /* it begins at 0 */
    ASSERT_READ(AT, 17);
    ASSERT_FETCHED(AT, 0x05, 38, 45, 52);
    assert_int_equal(stage_write(AT, NULL, 0), 0); /* a controller checks for the device */
    ASSERT_READ(AT, 59);
    assert_told(0, 0, 0);
}

static void after_the_last_byte_comes_the_first(void **state)
{
    static uint8_t got[3 * SIZE];
    present(state);
    assert_true(FETCH(AT, got, sizeof got, 0x0E));
    for (uint32_t i = 0; i < sizeof got; i++)
        assert_int_equal(got[i], mark((0x0E + i) % SIZE));
    assert_next(AT, 0x0E);
    assert_next(AT, 0x0F);
    assert_next(AT, 0);
}

static void writes_are_in_the_memory(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, 0x03, 0xCA, 0xFE), 3);
    assert_int_equal(bytes[3], 0xCA);
    assert_int_equal(bytes[4], 0xFE);
    assert_marks(0, 3);
    assert_marks(5, SIZE + 1);
    assert_next(AT, 5); /* from where the write has ended */
    ASSERT_FETCHED(AT, 0x03, 0xCA, 0xFE);
}

static void a_write_goes_round(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, 0x0F, 0x11, 0x22), 3);
    assert_int_equal(bytes[0x0F], 0x11);
    assert_int_equal(bytes[0], 0x22);
    assert_int_equal(bytes[SIZE], mark(SIZE));
    assert_told(1, 0, SIZE);
    assert_next(AT, 1);
}

static void a_pointer_beyond_the_end_is_refused(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, 0x03), 1);
    assert_int_equal(WRITE(AT, SIZE, 0x55), 0);
    assert_int_equal(WRITE(AT, 0xFF), 0);
    assert_marks(0, SIZE + 1);
    assert_told(0, 0, 0);
    assert_next(AT, 3); /* it has not moved */
    assert_int_equal(WRITE(AT, SIZE - 1, 0x55), 2);
    assert_int_equal(bytes[SIZE - 1], 0x55);
}

static void a_pointer_of_two_bytes(void **state)
{
    struct i2ctarget_memory_config config = plain;
    uint8_t got[2];
    config.size_bytes = I2CTARGET_MEMORY_SIZE_BYTES_MAX;
    config.pointer_bytes = 2;
    present_as(state, &config, 1);
    assert_true(FETCH(AT, got, 2, 0xAB, 0xCD));
    assert_int_equal(got[0], mark(0xABCD));
    assert_int_equal(got[1], mark(0xABCE));
    assert_int_equal(WRITE(AT, 0x12), 1); /* half of one does not count */
    assert_next(AT, 0xABCF);
    assert_true(FETCH(AT, got, 2, 0xFF, 0xFF));
    assert_int_equal(got[1], mark(0));
    assert_int_equal(WRITE(AT, 0xFF, 0xFF, 0x11), 3);
    assert_int_equal(bytes[0xFFFF], 0x11);
    assert_told(1, 0xFFFF, 1);
}

static void without_a_pointer_each_message_begins_at_the_first_byte(void **state)
{
    struct i2ctarget_memory_config config = plain;
    config.pointer_bytes = 0;
    present_as(state, &config, 1);
    ASSERT_READ(AT, 3, 10);
    ASSERT_READ(AT, 3, 10);
    assert_int_equal(WRITE(AT, 0xCA, 0xFE), 2);
    assert_int_equal(WRITE(AT, 0xBA), 1);
    ASSERT_READ(AT, 0xBA, 0xFE, 17);
}

static void addresses_share_the_pointer(void **state)
{
    present_as(state, &plain, 3);
    assert_int_equal(WRITE(AT + 1, 0x04), 1);
    assert_next(AT + 2, 4);
    assert_next(AT, 5);
}

static void a_memory_of_one_byte(void **state)
{
    struct i2ctarget_memory_config config = plain;
    config.size_bytes = 1;
    present_as(state, &config, 1);
    ASSERT_READ(AT, 3, 3, 3);
    assert_int_equal(WRITE(AT, 0x00, 0x11, 0x22), 3);
    assert_int_equal(bytes[0], 0x22);
    assert_int_equal(bytes[1], mark(1));
    assert_int_equal(WRITE(AT, 0x01), 0);
}

/* A byte that was given, but not clocked to its end, is given again. */
static void a_byte_that_was_cut_short_does_not_count(void **state)
{
    present(state);
    const struct i2ctarget_device_ops *ops = memory.device.ops;
    for (uint32_t given = 0; given < 4; given++) {
        memory.pointer = SIZE - 2;
        assert_true(ops->addressed(&memory.device, AT, true, false));
        for (uint32_t i = 0; i < given; i++)
            assert_int_equal(ops->requested(&memory.device), mark((SIZE - 2 + i) % SIZE));
        uint32_t moved = given ? given - 1 : 0;
        ops->ended(&memory.device, I2CTARGET_BUS_ERROR, moved);
        assert_true(ops->addressed(&memory.device, AT, true, false));
        assert_int_equal(ops->requested(&memory.device), mark((SIZE - 2 + moved) % SIZE));
        ops->ended(&memory.device, I2CTARGET_CONTROLLER_NACK, 1);
    }
}

/* ---- read-only bytes ------------------------------------------------------------------------- */

static void read_only_bytes_stay(void **state)
{
    uint8_t map[I2CTARGET_MEMORY_MAP_BYTES(SIZE)] = {0};
    struct i2ctarget_memory_config config = plain;
    assert_int_equal(sizeof map, 2);
    i2ctarget_memory_protect(map, 7, 3);
    assert_memory_equal(map, ((uint8_t[]){0x80, 0x03}), 2);
    config.read_only = map;
    present_as(state, &config, 1);
    assert_int_equal(WRITE(AT, 0x06, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA), 6);
    assert_int_equal(bytes[6], 0xA6);
    assert_marks(7, 10);
    assert_int_equal(bytes[10], 0xAA);
    assert_told(1, 6, 5);
    assert_int_equal(WRITE(AT, 0x07, 0x55), 2);
    assert_marks(7, 10);
    assert_told(1, 0, 0);
    assert_next(AT, 8);
}

/* ---- what the program is told ---------------------------------------------------------------- */

static void tells_what_was_written(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, 0x03, 0x11), 2);
    assert_int_equal(told.first, 0x11);
    assert_told(1, 3, 1);
    assert_int_equal(WRITE(AT, 0x03), 1);
    assert_int_equal(stage_write(AT, NULL, 0), 0);
    assert_told(1, 0, 0);
    assert_int_equal(WRITE(AT, 0x00, 1, 2, 3), 4);
    assert_told(2, 0, 3);
    /* A repeated START ends a message, too. */
    assert_true(stage_write_twice(AT, BYTES(0x05, 0x55), BYTES(0x02, 0x22)));
    assert_told(4, 2, 1);
    uint8_t got[1];
    assert_true(FETCH(AT, got, 1, 0x08, 0x88));
    assert_int_equal(got[0], mark(9));
    assert_told(5, 8, 1);
}

static void nobody_has_to_be_told(void **state)
{
    struct i2ctarget_memory_config config = plain;
    config.written = NULL;
    present_as(state, &config, 1);
    assert_int_equal(WRITE(AT, 0x03, 0x11), 2);
    assert_int_equal(bytes[3], 0x11);
}

/* ---- changes by the program ------------------------------------------------------------------ */

#define CHANGE(offset_, ...)                                              \
    (&(struct i2ctarget_memory_change){.offset = offset_,                 \
                                       .bytes = (uint8_t[]){__VA_ARGS__}, \
                                       .count = sizeof((uint8_t[]){__VA_ARGS__})})

static void a_change_between_messages_is_made_at_once(void **state)
{
    present(state);
    assert_int_equal(i2ctarget_memory_update(&memory, CHANGE(2, 0xCA, 0xFE)), 1);
    ASSERT_FETCHED(AT, 0x02, 0xCA, 0xFE, 31);
    assert_int_equal(i2ctarget_memory_update(&memory, CHANGE(4, 0xAB)), 1);
    ASSERT_FETCHED(AT, 0x02, 0xCA, 0xFE, 0xAB, 38);
    assert_int_equal(i2ctarget_memory_update(&memory, CHANGE(SIZE - 2, 1, 2)), 1);
    struct i2ctarget_memory_change nothing = {.offset = SIZE};
    assert_int_equal(i2ctarget_memory_update(&memory, &nothing), 1);
    assert_false(i2ctarget_memory_is_changing(&memory));
    assert_told(0, 0, 0);
}

static void a_change_beyond_the_end_is_refused(void **state)
{
    present(state);
    assert_int_equal(i2ctarget_memory_update(&memory, CHANGE(SIZE - 1, 1, 2)), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_memory_update(&memory, CHANGE(UINT32_MAX, 1, 2)), -I2CTARGET_EINVAL);
    struct i2ctarget_memory_change far = {.offset = SIZE + 1};
    assert_int_equal(i2ctarget_memory_update(&memory, &far), -I2CTARGET_EINVAL);
    assert_false(i2ctarget_memory_is_changing(&memory));
    assert_marks(0, SIZE + 1);
}

/* A message sees all of a change or nothing. */
static void changes_wait_for_the_end_of_the_message(void **state)
{
    const struct i2ctarget_device_ops *ops;
    present(state);
    ops = memory.device.ops;
    assert_true(ops->addressed(&memory.device, AT, true, false));
    assert_int_equal(ops->requested(&memory.device), mark(0));
    struct i2ctarget_memory_change *first = CHANGE(0, 1, 2, 3), *second = CHANGE(1, 9);
    assert_int_equal(i2ctarget_memory_update(&memory, first), 0);
    assert_int_equal(i2ctarget_memory_update(&memory, second), 0);
    assert_true(i2ctarget_memory_is_changing(&memory));
    assert_int_equal(ops->requested(&memory.device), mark(1));
    ops->ended(&memory.device, I2CTARGET_CONTROLLER_NACK, 2);
    assert_false(i2ctarget_memory_is_changing(&memory));
    assert_memory_equal(bytes, ((uint8_t[]){1, 9, 3, mark(3)}), 4);

    /* What the message has written comes before. */
    assert_true(ops->addressed(&memory.device, AT, false, false));
    assert_true(ops->received(&memory.device, 0));
    assert_int_equal(i2ctarget_memory_update(&memory, CHANGE(0, 4, 5)), 0);
    assert_true(ops->received(&memory.device, 0x77));
    ops->ended(&memory.device, I2CTARGET_STOP, 2);
    assert_int_equal(told.first, 0x77);
    assert_memory_equal(bytes, ((uint8_t[]){4, 5, 3}), 3);
}

/* As i2ctarget_deinit() ends it: what has come is told, and changes do not wait for another target. */
static void the_end_of_a_target_is_the_end_of_a_message(void **state)
{
    present(state);
    const struct i2ctarget_device_ops *ops = memory.device.ops;
    assert_true(ops->addressed(&memory.device, AT, false, false));
    assert_true(ops->received(&memory.device, 2));
    assert_true(ops->received(&memory.device, 0x77));
    assert_int_equal(i2ctarget_memory_update(&memory, CHANGE(0, 1, 2)), 0);
    ops->ended(&memory.device, I2CTARGET_CLOSED, 2);
    assert_told(1, 2, 1);
    assert_int_equal(i2ctarget_memory_update(&memory, CHANGE(1, 3)), 1);
    assert_memory_equal(bytes, ((uint8_t[]){1, 3, 0x77}), 3);
}

/* ---- configs --------------------------------------------------------------------------------- */

static void wrong_configs_are_refused(void **state)
{
    struct i2ctarget_memory_config wrong[5];
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        wrong[i] = plain;
    wrong[0].bytes = NULL;
    wrong[1].size_bytes = 0;
    wrong[2].size_bytes = 257; /* one byte can not point so far */
    wrong[3].pointer_bytes = 3;
    wrong[4].pointer_bytes = 2;
    wrong[4].size_bytes = I2CTARGET_MEMORY_SIZE_BYTES_MAX + 1;
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(i2ctarget_memory_init(&memory, &wrong[i]), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_memory_init(NULL, &plain), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_memory_init(&memory, NULL), -I2CTARGET_EINVAL);
    struct i2ctarget_memory_config right = plain;
    right.size_bytes = 256;
    assert_int_equal(i2ctarget_memory_init(&memory, &right), 0);
    right.pointer_bytes = 0;
    right.size_bytes = I2CTARGET_MEMORY_SIZE_BYTES_MAX;
    assert_int_equal(i2ctarget_memory_init(&memory, &right), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(reads_from_the_pointer_on),
        ON_STAGES(after_the_last_byte_comes_the_first),
        ON_STAGES(writes_are_in_the_memory),
        ON_STAGES(a_write_goes_round),
        ON_STAGES(a_pointer_beyond_the_end_is_refused),
        ON_STAGES(a_pointer_of_two_bytes),
        ON_STAGES(without_a_pointer_each_message_begins_at_the_first_byte),
        ON_STAGES(addresses_share_the_pointer),
        ON_STAGES(a_memory_of_one_byte),
        ON_STAGE(a_byte_that_was_cut_short_does_not_count, events),
        ON_STAGES(read_only_bytes_stay),
        ON_STAGES(tells_what_was_written),
        ON_STAGES(nobody_has_to_be_told),
        ON_STAGES(a_change_between_messages_is_made_at_once),
        ON_STAGES(a_change_beyond_the_end_is_refused),
        ON_STAGE(changes_wait_for_the_end_of_the_message, events),
        ON_STAGE(the_end_of_a_target_is_the_end_of_a_message, events),
        cmocka_unit_test(wrong_configs_are_refused),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
