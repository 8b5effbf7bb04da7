/* SPDX-License-Identifier: MIT */
/* The ADS7828: commands, channels, references, results. */
#include "devices/stage.h"
#include "i2ctarget/devices/ads7828.h"

enum { AT = 0x48, SINGLE = 0x80, INTERNAL = 0x08, ON = 0x04, REFERENCE_UV = 4096000 };

/* In the order of the codes C2 C1 C0 (SBAS181C, table II). */
static const struct {
    uint8_t single, plus, minus;
} codes[8] = {{0, 0, 1}, {2, 2, 3}, {4, 4, 5}, {6, 6, 7},
              {1, 1, 0}, {3, 3, 2}, {5, 5, 4}, {7, 7, 6}};

static struct i2ctarget_ads7828 adc;

static void present_with(void **state, uint32_t reference_uv)
{
    i2ctarget_ads7828_init(&adc, reference_uv);
    put_on_stage(state, &adc.device, AT, 1);
}

/* One step is 1 mV. */
static void present(void **state)
{
    present_with(state, REFERENCE_UV);
}

static unsigned sample(uint8_t command)
{
    uint8_t got[2];
    assert_true(FETCH(AT, got, 2, command));
    return (unsigned)(got[0] << 8 | got[1]);
}

static void every_channel_by_itself(void **state)
{
    present(state);
    for (unsigned channel = 0; channel < I2CTARGET_ADS7828_CHANNELS; channel++)
        i2ctarget_ads7828_set_input(&adc, channel, 100000 * (channel + 1));
    for (unsigned code = 0; code < 8; code++)
        assert_int_equal(sample((uint8_t)(SINGLE | code << 4 | ON)),
                         100 * (codes[code].single + 1));
}

static void every_pair_against_each_other(void **state)
{
    present(state);
    for (unsigned code = 0; code < 8; code++) {
        for (unsigned channel = 0; channel < I2CTARGET_ADS7828_CHANNELS; channel++)
            i2ctarget_ads7828_set_input(&adc, channel, 3000000);
        i2ctarget_ads7828_set_input(&adc, codes[code].plus, 2000000);
        i2ctarget_ads7828_set_input(&adc, codes[code].minus, 1250000);
        assert_int_equal(sample((uint8_t)(code << 4)), 750);
        assert_int_equal(sample((uint8_t)((code ^ 4) << 4)), 0); /* below 0 */
    }
}

static void full_scale(void **state)
{
    static const struct {
        uint32_t uv;
        unsigned result;
    } rows[] = {{0, 0},           {999, 0},           {1000, 1},        {1001, 1},
                {2048000, 0x800}, {4094999, 0xFFE},   {4095000, 0xFFF}, {4096000, 0xFFF},
                {5500000, 0xFFF}, {0xFFFFFFFF, 0xFFF}};

    present(state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        i2ctarget_ads7828_set_input(&adc, 0, rows[i].uv);
        assert_int_equal(sample(SINGLE), rows[i].result);
    }
}

static void the_internal_reference(void **state)
{
    present(state);
    i2ctarget_ads7828_set_input(&adc, 0, 1250000);
    assert_int_equal(sample(SINGLE), 1250);
    assert_int_equal(sample(SINGLE | INTERNAL), 2048);
    assert_int_equal(sample(SINGLE | ON), 1250);
    assert_int_equal(sample(SINGLE | INTERNAL | ON), 2048);
}

static void no_reference(void **state)
{
    present_with(state, 0);
    assert_int_equal(sample(SINGLE), 0);
    i2ctarget_ads7828_set_input(&adc, 0, 1);
    assert_int_equal(sample(SINGLE), 0xFFF);
    assert_int_equal(sample(SINGLE | INTERNAL), 0);
}

/* The command is kept, and every read is a new conversion. */
static void read_again_without_a_command(void **state)
{
    present(state);
    i2ctarget_ads7828_set_input(&adc, 2, 1000000);
    assert_int_equal(sample(SINGLE | 1 << 4), 1000);
    i2ctarget_ads7828_set_input(&adc, 2, 1001000);
    uint8_t got[2];
    assert_int_equal(stage_read(AT, got, 2), 2);
    assert_int_equal(got[0] << 8 | got[1], 1001);
    assert_int_equal(stage_write(AT, NULL, 0), 0);
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_int_equal(stage_read(AT, got, 2), 2); /* a partial read does no harm */
    assert_int_equal(got[0] << 8 | got[1], 1001);
}

static void both_bytes_are_of_one_conversion(void **state)
{
    present(state);
    const struct i2ctarget_device_ops *ops = adc.device.ops;
    i2ctarget_ads7828_set_input(&adc, 0, 255000);
    assert_int_equal(WRITE(AT, SINGLE), 1);
    assert_true(ops->addressed(&adc.device, AT, true, false));
    int high = ops->requested(&adc.device);
    i2ctarget_ads7828_set_input(&adc, 0, 256000);
    int low = ops->requested(&adc.device);
    ops->ended(&adc.device, I2CTARGET_CONTROLLER_NACK, 2);
    assert_int_equal(high << 8 | low, 255);
}

static void ff_after_the_result(void **state)
{
    present(state);
    uint8_t got[4];
    assert_int_equal(stage_read(AT, got, 4), 4);
    assert_memory_equal(got, "\x00\x00\xFF\xFF", 4);
    assert_int_equal(WRITE(AT, SINGLE | 7 << 4, SINGLE), 2); /* the last command counts */
    i2ctarget_ads7828_set_input(&adc, 0, 77000);
    ASSERT_READ(AT, 0, 77);
}

static void there_are_eight_channels(void **state)
{
    present(state);
    for (unsigned channel = 8; channel < 300; channel++)
        i2ctarget_ads7828_set_input(&adc, channel, 1000000);
    for (uint8_t code = 0; code < 8; code++)
        assert_int_equal(sample((uint8_t)(SINGLE | code << 4)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(every_channel_by_itself),
        ON_STAGES(every_pair_against_each_other),
        ON_STAGES(full_scale),
        ON_STAGES(the_internal_reference),
        ON_STAGES(no_reference),
        ON_STAGES(read_again_without_a_command),
        ON_STAGES(both_bytes_are_of_one_conversion),
        ON_STAGES(ff_after_the_result),
        ON_STAGES(there_are_eight_channels),
    };
    return cmocka_run_group_tests_name("ads7828", tests, NULL, NULL);
}
