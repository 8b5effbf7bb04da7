/* SPDX-License-Identifier: MIT */
/* The smart battery: words, strings, calculated values, alarms, errors. */
#include "devices/stage.h"
#include "i2ctarget/devices/sbs_battery.h"

enum { AT = I2CTARGET_SBS_BATTERY_ADDRESS, CAPACITY_MODE = 0x8000, NEVER = 0xFFFF };
enum {
    DISCHARGING = I2CTARGET_SBS_BATTERY_INITIALIZED | I2CTARGET_SBS_BATTERY_DISCHARGING,
    CHARGING = I2CTARGET_SBS_BATTERY_INITIALIZED
};

static const struct i2ctarget_sbs_battery_config config = {
    .manufacturer = "ACME",
    .name = "Cell pack of a name that is longer than 32",
    .chemistry = "LION",
    .design_mah = 5000,
    .design_mv = 11100,
    .charging_ma = 2500,
    .charging_mv = 12600,
    .cycles = 77,
    .serial = 0xBEEF,
    .date = (2026 - 1980) * 512 + 11 * 32 + 23,
    .cells_in_series = 3,
    .data = (const uint8_t *)"\x01\x00\x80\xFF\x7F",
    .data_bytes = 5,
    .has_pec = true,
};
static const struct i2ctarget_sbs_battery_cells half = {
    .mv = 11500, .ma = -1500, .decikelvin = 2982, .full_mah = 4800, .remaining_mah = 2400};

static struct i2ctarget_sbs_battery battery;
static struct i2ctarget_sbs_battery_cells cells;

static void present(void **state)
{
    cells = half;
    i2ctarget_sbs_battery_init(&battery, &config, &cells);
    put_on_stage(state, &battery.smbus.device, AT, 1);
}

static unsigned word(uint8_t command)
{
    uint8_t got[2];
    assert_true(FETCH(AT, got, 2, command));
    return got[0] | (unsigned)got[1] << 8;
}

static void set(uint8_t command, unsigned value)
{
    assert_int_equal(WRITE(AT, command, (uint8_t)value, (uint8_t)(value >> 8)), 3);
}

static void set_cells(int ma, unsigned remaining_mah)
{
    cells.ma = (int16_t)ma;
    cells.remaining_mah = (uint16_t)remaining_mah;
    i2ctarget_sbs_battery_set_cells(&battery, &cells);
}

static void words(void **state)
{
    static const struct {
        uint8_t command;
        unsigned value;
    } rows[] = {
        {0x00, 0},      {0x01, 500},    {0x02, 10},          {0x03, 0x6000}, {0x04, 0},
        {0x05, NEVER},  {0x06, NEVER},  {0x07, 1},           {0x08, 2982},   {0x09, 11500},
        {0x0a, 0xFA24}, {0x0b, 0xFA24}, {0x0c, 1},           {0x0d, 50},     {0x0e, 48},
        {0x0f, 2400},   {0x10, 4800},   {0x11, 96},          {0x12, 96},     {0x13, NEVER},
        {0x14, 2500},   {0x15, 12600},  {0x16, DISCHARGING}, {0x17, 77},     {0x18, 5000},
        {0x19, 11100},  {0x1a, 0x0031}, {0x1b, 0x5D77},      {0x1c, 0xBEEF},
    };

    present(state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(word(rows[i].command), rows[i].value);
}

static void every_word_has_its_pec(void **state)
{
    present(state);
    uint8_t got[3];
    for (uint8_t command = 0; command < 0x1d; command++) {
        uint8_t pec = i2ctarget_smbus_pec(
            i2ctarget_smbus_pec(i2ctarget_smbus_pec(0, AT << 1), command), AT << 1 | 1);
        assert_true(FETCH(AT, got, 3, command));
        assert_int_equal(got[2], i2ctarget_smbus_pec(i2ctarget_smbus_pec(pec, got[0]), got[1]));
    }
}

static void without_pec_it_says_so(void **state)
{
    struct i2ctarget_sbs_battery_config other = config;
    other.has_pec = false;
    i2ctarget_sbs_battery_init(&battery, &other, &half);
    put_on_stage(state, &battery.smbus.device, AT, 1);
    uint8_t got[3];
    assert_true(FETCH(AT, got, 3, 0x1a));
    assert_memory_equal(got, "\x21\x00\xFF", 3);
}

static void strings(void **state)
{
    present(state);
    ASSERT_FETCHED(AT, 0x20, 4, 'A', 'C', 'M', 'E');
    ASSERT_FETCHED(AT, 0x22, 4, 'L', 'I', 'O', 'N');
    uint8_t got[33];
    assert_true(FETCH(AT, got, 33, 0x21));
    assert_int_equal(got[0], 32);
    assert_memory_equal(got + 1, config.name, 32);
}

static void the_makers_own(void **state)
{
    static struct i2ctarget_sbs_battery_config other;
    other = config;
    i2ctarget_sbs_battery_init(&battery, &other, &half);
    put_on_stage(state, &battery.smbus.device, AT, 1);
    ASSERT_FETCHED(AT, 0x23, 5, 0x01, 0x00, 0x80, 0xFF, 0x7F);
    assert_int_equal(word(0x3f), 3834); /* of 11500 */
    assert_int_equal(word(0x3e), 3833);
    assert_int_equal(word(0x3d), 3833);
    assert_int_equal(WRITE(AT, 0x3c), 0); /* there is no fourth cell */
    assert_int_equal(WRITE(AT, 0x3f, 1, 2), 1);
    other.cells_in_series = 0;
    other.data_bytes = 0;
    assert_int_equal(WRITE(AT, 0x3f), 0);
    assert_int_equal(WRITE(AT, 0x23), 0);
}

/* Energy in 10 mWh: 2400 mAh at 11.1 V are 26.64 Wh. */
static void capacities_in_the_units_of_the_mode(void **state)
{
    present(state);
    set(0x03, CAPACITY_MODE);
    assert_int_equal(word(0x03), CAPACITY_MODE | 0x6000);
    assert_int_equal(word(0x0f), 2664);
    assert_int_equal(word(0x10), 5328);
    assert_int_equal(word(0x18), 5550);
    assert_int_equal(word(0x0d), 50);
    set(0x03, 0);
    assert_int_equal(word(0x0f), 2400);
    assert_int_equal(word(0x03), 0x6000);
}

static void times(void **state)
{
    present(state);
    set_cells(-2400, 1200);
    assert_int_equal(word(0x11), 30);
    assert_int_equal(word(0x13), NEVER);
    set_cells(2400, 1200);
    assert_int_equal(word(0x12), NEVER);
    assert_int_equal(word(0x13), 90);
    set_cells(0, 1200);
    assert_int_equal(word(0x12), NEVER);
    assert_int_equal(word(0x13), NEVER);
    set_cells(-1, 4800); /* longer than a word can express, but not for ever */
    assert_int_equal(word(0x12), NEVER - 1);
}

static void at_a_rate(void **state)
{
    present(state);
    set(0x04, (unsigned)-1200);
    assert_int_equal(word(0x06), 120);
    assert_int_equal(word(0x05), NEVER);
    assert_int_equal(word(0x07), 1);
    set(0x04, 1200);
    assert_int_equal(word(0x06), NEVER);
    assert_int_equal(word(0x05), 120);
    set_cells(-100, 8);
    set(0x04, (unsigned)-2880); /* 8 mAh are 10 s at that rate */
    assert_int_equal(word(0x07), 1);
    set(0x04, (unsigned)-2881);
    assert_int_equal(word(0x07), 0);
}

static void the_status(void **state)
{
    present(state);
    assert_int_equal(word(0x16), DISCHARGING);
    set_cells(1000, 2400);
    assert_int_equal(word(0x16), CHARGING);
    set_cells(0, 2400);
    assert_int_equal(word(0x16), DISCHARGING);
    set_cells(0, 4800);
    assert_int_equal(word(0x16), DISCHARGING | I2CTARGET_SBS_BATTERY_FULLY_CHARGED);
    assert_int_equal(word(0x14), 0); /* it needs no more charge */
    assert_int_equal(word(0x15), 0);
    set_cells(100, 4900);
    assert_int_equal(word(0x16), CHARGING | I2CTARGET_SBS_BATTERY_FULLY_CHARGED |
                                     I2CTARGET_SBS_BATTERY_TERMINATE_CHARGE);
    set_cells(-1000, 0);
    assert_int_equal(word(0x16), DISCHARGING | I2CTARGET_SBS_BATTERY_FULLY_DISCHARGED |
                                     I2CTARGET_SBS_BATTERY_CAPACITY_ALARM |
                                     I2CTARGET_SBS_BATTERY_TIME_ALARM |
                                     I2CTARGET_SBS_BATTERY_TERMINATE_DISCHARGE);
    assert_int_equal(i2ctarget_sbs_battery_status(&battery), word(0x16));
}

static void alarms_at_their_limits(void **state)
{
    present(state);
    set_cells(-1000, 500);
    assert_int_equal(word(0x16), DISCHARGING);
    set_cells(-1000, 499);
    assert_int_equal(word(0x16), DISCHARGING | I2CTARGET_SBS_BATTERY_CAPACITY_ALARM);
    set(0x01, 0);
    assert_int_equal(word(0x16), DISCHARGING);
    set(0x02, 31);
    set_cells(-1000, 500); /* 30 minutes */
    assert_int_equal(word(0x16), DISCHARGING | I2CTARGET_SBS_BATTERY_TIME_ALARM);
    set(0x02, 30);
    assert_int_equal(word(0x16), DISCHARGING);
    set(0x01, 600);
    set_cells(1000, 500); /* no alarm while it is charged */
    assert_int_equal(word(0x16), CHARGING);
}

static void errors_are_in_the_status_until_the_next_command(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, 0x2A), 0);
    assert_int_equal(word(0x16), DISCHARGING | 3);
    assert_int_equal(word(0x16), DISCHARGING | 3);
    assert_int_equal(word(0x09), 11500);
    assert_int_equal(word(0x16), DISCHARGING);
    assert_int_equal(WRITE(AT, 0x09, 1, 2), 1); /* read only */
    assert_int_equal(word(0x16), DISCHARGING | 4);
    set(0x02, 5);
    assert_int_equal(word(0x16), DISCHARGING);
    assert_int_equal(WRITE(AT, 0x02, 6), 2); /* half a word */
    assert_int_equal(word(0x16), DISCHARGING | 6);
    assert_int_equal(word(0x02), 5);
    assert_int_equal(WRITE(AT, 0x02, 6, 0, 0x55), 3); /* a wrong PEC */
    assert_int_equal(word(0x16), DISCHARGING | 7);
    assert_int_equal(word(0x02), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(words),
        ON_STAGES(every_word_has_its_pec),
        ON_STAGES(without_pec_it_says_so),
        ON_STAGES(strings),
        ON_STAGES(the_makers_own),
        ON_STAGES(capacities_in_the_units_of_the_mode),
        ON_STAGES(times),
        ON_STAGES(at_a_rate),
        ON_STAGES(the_status),
        ON_STAGES(alarms_at_their_limits),
        ON_STAGES(errors_are_in_the_status_until_the_next_command),
    };
    return cmocka_run_group_tests_name("sbs_battery", tests, NULL, NULL);
}
