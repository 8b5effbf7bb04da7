/* SPDX-License-Identifier: MIT */
/* The EDID of a display: the offset, the segment, and when that is 0 again. */
#include "devices/stage.h"
#include "i2ctarget/devices/edid.h"
#include "support/rig_testbus.h"

enum { AT = 0x50, SEGMENT = 0x30, SIZE = 640 };

static uint8_t bytes[SIZE];
static struct i2ctarget_edid edid;

static uint8_t mark(uint32_t place)
{
    return (uint8_t)(place * 7 + (place >> 8) * 31 + 3);
}

static void present(void **state)
{
    static const uint8_t addresses[] = {AT, SEGMENT};
    for (uint32_t i = 0; i < SIZE; i++)
        bytes[i] = mark(i);
    assert_int_equal(i2ctarget_edid_init(&edid, bytes, SIZE), 0);
    put_on_stage_at(state, &edid.device, addresses, 2);
}

/* Segment, Sr, offset, Sr, a read. */
static uint8_t fetch(uint8_t segment, uint8_t offset)
{
    uint8_t got = 0;
    struct rig_message messages[] = {
        {.address = SEGMENT, .length = 1, .buffer = &segment},
        {.address = AT, .length = 1, .buffer = &offset},
        {.address = AT, .is_read = true, .length = 1, .buffer = &got},
    };
    assert_int_equal(stage_transfer(messages, 3), 3);
    return got;
}

static void offset_and_current_offset(void **state)
{
    uint8_t got[3];
    present(state);
    ASSERT_FETCHED(AT, 0x00, 3, 10, 17);
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_int_equal(got[0], mark(3));
    assert_true(FETCH(AT, got, 3, 0xFE)); /* round in the segment */
    assert_int_equal(got[1], mark(0xFF));
    assert_int_equal(got[2], mark(0x00));
}

static void a_segment_is_for_one_transfer(void **state)
{
    present(state);
    assert_int_equal(fetch(1, 0x10), mark(0x110));
    ASSERT_FETCHED(AT, 0x10, (uint8_t)(0x10 * 7 + 3));
    assert_int_equal(fetch(2, 0x7F), mark(0x27F));
    assert_int_equal(fetch(0, 0x7F), mark(0x7F));
    assert_int_equal(fetch(0x81, 0x10), mark(0x110)); /* seven bits */
}

static void beyond_the_end(void **state)
{
    present(state);
    assert_int_equal(fetch(2, 0x80), 0xFF);
    assert_int_equal(fetch(0x7F, 0x00), 0xFF);
}

static void stop_ends_the_segment(void **state)
{
    present(state);
    assert_int_equal(WRITE(SEGMENT, 1), 1);
    ASSERT_FETCHED(AT, 0x10, (uint8_t)(0x10 * 7 + 3));
    uint8_t segment = 1, offset = 0x20, got[2];
    struct rig_message messages[] = {{.address = SEGMENT, .length = 1, .buffer = &segment},
                                     {.address = AT, .length = 1, .buffer = &offset}};
    assert_int_equal(stage_transfer(messages, 2), 2);
    assert_int_equal(stage_read(AT, got, 2), 2);
    assert_int_equal(got[0], mark(0x20));
}

/* Two reads with a repeated START: the NACK of the first one has ended the segment. */
static void nack_ends_the_segment(void **state)
{
    uint8_t segment = 1, first, second;
    struct rig_message messages[] = {
        {.address = SEGMENT, .length = 1, .buffer = &segment},
        {.address = AT, .is_read = true, .length = 1, .buffer = &first},
        {.address = AT, .is_read = true, .length = 1, .buffer = &second}};
    present(state);
    assert_int_equal(stage_transfer(messages, 3), 3);
    assert_int_equal(first, mark(0x100));
    assert_int_equal(second, mark(0x01));
}

static void nothing_can_be_written(void **state)
{
    uint8_t got;
    present(state);
    assert_int_equal(WRITE(AT, 0x10, 0x55), 1);
    assert_int_equal(WRITE(SEGMENT, 0x01, 0x02), 1);
    assert_int_equal(stage_read(SEGMENT, &got, 1), STAGE_NOBODY);
    for (uint32_t i = 0; i < SIZE; i++)
        assert_int_equal(bytes[i], mark(i));
}

static void sizes(void **state)
{
    static uint8_t large[I2CTARGET_EDID_SIZE_BYTES_MAX];
    (void)state;
    assert_int_equal(i2ctarget_edid_init(&edid, large, sizeof large), 0);
    assert_int_equal(i2ctarget_edid_init(&edid, large, sizeof large + 1), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_edid_init(&edid, large, 0), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_edid_init(&edid, NULL, 128), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_edid_init(NULL, large, 128), -I2CTARGET_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(offset_and_current_offset),
        ON_STAGES(a_segment_is_for_one_transfer),
        ON_STAGES(beyond_the_end),
        ON_STAGES(stop_ends_the_segment),
        ON_STAGES(nack_ends_the_segment),
        ON_STAGES(nothing_can_be_written),
        cmocka_unit_test(sizes),
    };
    return cmocka_run_group_tests_name("edid", tests, NULL, NULL);
}
