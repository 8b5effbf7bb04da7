/* SPDX-License-Identifier: MIT */
/* The LM75: registers, what Linux' driver looks for, and the over-temperature output. */
#include "devices/stage.h"
#include "i2ctarget/devices/lm75.h"

enum { AT = 0x48, TEMPERATURE = 0, CONFIGURATION = 1, HYSTERESIS = 2, OVER = 3 };
enum {
    SHUTDOWN = 1,
    INTERRUPT = 2,
    ACTIVE_HIGH = 4,
    QUEUE_2 = 0x08,
    QUEUE_4 = 0x10,
    QUEUE_6 = 0x18
};

static struct i2ctarget_lm75 lm75;

static void present(void **state)
{
    i2ctarget_lm75_init(&lm75);
    put_on_stage(state, &lm75.device, AT, 1);
}

static void convert(int celsius, unsigned times)
{
    while (times--)
        i2ctarget_lm75_convert(&lm75, celsius * 1000);
}

static uint8_t byte_of(uint8_t pointer)
{
    uint8_t got[1];
    assert_true(FETCH(AT, got, 1, pointer));
    return got[0];
}

/* ---- registers ------------------------------------------------------------------------------- */

static void as_at_power_up(void **state)
{
    present(state);
    ASSERT_READ(AT, 0, 0); /* the pointer is at the temperature */
    ASSERT_FETCHED(AT, CONFIGURATION, 0x00);
    ASSERT_FETCHED(AT, HYSTERESIS, 0x4B, 0x00);
    ASSERT_FETCHED(AT, OVER, 0x50, 0x00);
}

/* The examples of the data sheet's table. */
static void temperatures_in_nine_bits(void **state)
{
    static const struct {
        int32_t millicelsius;
        uint16_t word;
    } rows[] = {{125000, 0x7D00}, {25000, 0x1900},  {500, 0x0080},    {0, 0x0000},
                {-500, 0xFF80},   {-25000, 0xE700}, {-55000, 0xC900}, {23700, 0x1780},
                {499, 0x0000},    {-1, 0xFF80},     {-499, 0xFF80},   {-501, 0xFF00},
                {200000, 0x7D00}, {-99000, 0xC900}};
    uint8_t got[2];

    present(state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        i2ctarget_lm75_convert(&lm75, rows[i].millicelsius);
        assert_int_equal(stage_read(AT, got, 2), 2);
        assert_int_equal(got[0] << 8 | got[1], rows[i].word);
    }
}

static void limits_are_written_and_read_back(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, OVER, 0x30, 0x80), 3);
    assert_int_equal(WRITE(AT, HYSTERESIS, 0xF6, 0xFF), 3); /* the bits below 0.5 degrees are 0 */
    ASSERT_FETCHED(AT, OVER, 0x30, 0x80);
    ASSERT_FETCHED(AT, HYSTERESIS, 0xF6, 0x80);
    assert_int_equal(WRITE(AT, OVER, 0x11), 2); /* half a limit does not count */
    ASSERT_FETCHED(AT, OVER, 0x30, 0x80);
}

static void the_temperature_can_not_be_written(void **state)
{
    present(state);
    convert(25, 1);
    assert_int_equal(WRITE(AT, TEMPERATURE, 0x7F, 0x80), 3);
    ASSERT_FETCHED(AT, TEMPERATURE, 0x19, 0x00);
}

static void the_configuration_has_five_bits(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, CONFIGURATION, 0xFE), 2);
    ASSERT_FETCHED(AT, CONFIGURATION, 0x1E);
}

static void the_pointer_stays(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, OVER), 1);
    for (int i = 0; i < 3; i++)
        ASSERT_READ(AT, 0x50, 0x00);
    ASSERT_READ(AT, 0x50); /* one byte does not move the pointer */
    ASSERT_READ(AT, 0x50, 0x00, 0x50, 0x00);
    assert_int_equal(stage_write(AT, NULL, 0), 0);
    ASSERT_READ(AT, 0x50, 0x00);
}

/* Both bytes belong to one temperature, whenever it changes. */
static void a_word_is_of_one_moment(void **state)
{
    present(state);
    i2ctarget_lm75_convert(&lm75, 25500);
    assert_true(lm75.device.ops->addressed(&lm75.device, AT, true, false));
    int high = lm75.device.ops->requested(&lm75.device);
    i2ctarget_lm75_convert(&lm75, 26000);
    int low = lm75.device.ops->requested(&lm75.device);
    lm75.device.ops->ended(&lm75.device, I2CTARGET_CONTROLLER_NACK, 2);
    assert_int_equal(high << 8 | low, 0x1980);
    ASSERT_READ(AT, 0x1A, 0x00);
}

/* ---- what lm75_detect() of Linux' drivers/hwmon/lm75.c does ---------------------------------- */

static void is_detected(void **state)
{
    present(state);
    convert(25, 1);
    uint8_t configuration = byte_of(CONFIGURATION);
    assert_int_equal(configuration & 0xE0, 0);
    assert_int_not_equal(byte_of(7), 0xA1); /* an LM75A */
    uint8_t hysteresis = byte_of(HYSTERESIS);
    for (uint8_t pointer = 4; pointer < 8; pointer++)
        assert_int_equal(byte_of(pointer), hysteresis);
    uint8_t over = byte_of(OVER);
    for (uint8_t pointer = 4; pointer < 8; pointer++)
        assert_int_equal(byte_of(pointer), over);
    assert_false(hysteresis == 0 && over == 0);
    for (unsigned pointer = 8; pointer <= 248; pointer += 40) {
        assert_int_equal(byte_of((uint8_t)(pointer + 1)), configuration);
        assert_int_equal(byte_of((uint8_t)(pointer + 2)), hysteresis);
        assert_int_equal(byte_of((uint8_t)(pointer + 3)), over);
    }
}

static void no_register_gives_the_byte_read_last(void **state)
{
    present(state);
    i2ctarget_lm75_convert(&lm75, 25500);
    ASSERT_FETCHED(AT, TEMPERATURE, 0x19, 0x80);
    ASSERT_FETCHED(AT, 4, 0x80);
    ASSERT_FETCHED(AT, TEMPERATURE, 0x19);
    ASSERT_FETCHED(AT, 5, 0x19, 0x19);
    assert_int_equal(WRITE(AT, 6, 0x77), 2); /* it can not be written */
    ASSERT_FETCHED(AT, 6, 0x19);
}

/* ---- OS -------------------------------------------------------------------------------------- */

static void a_thermostat(void **state)
{
    present(state);
    convert(80, 3);
    assert_false(i2ctarget_lm75_os_is_active(&lm75)); /* not above */
    i2ctarget_lm75_convert(&lm75, 80500);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
    convert(78, 3);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
    convert(75, 3);
    assert_true(i2ctarget_lm75_os_is_active(&lm75)); /* not below */
    i2ctarget_lm75_convert(&lm75, 74500);
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
    convert(78, 3);
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
}

static void a_read_does_not_bother_the_thermostat(void **state)
{
    present(state);
    convert(90, 1);
    uint8_t got[2];
    assert_int_equal(stage_read(AT, got, 2), 2);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
}

static void limits_below_zero(void **state)
{
    present(state);
    WRITE(AT, HYSTERESIS, 0xEC, 0x00); /* -20 */
    WRITE(AT, OVER, 0xF6, 0x00);       /* -10 */
    convert(-15, 2);
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
    convert(5, 1);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
    convert(-15, 2);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
    convert(-25, 1);
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
}

static void the_fault_queue(void **state)
{
    static const struct {
        uint8_t configuration;
        unsigned faults;
    } rows[] = {{0, 1}, {QUEUE_2, 2}, {QUEUE_4, 4}, {QUEUE_6, 6}};

    present(state);
    for (size_t i = 0; i < 4; i++) {
        WRITE(AT, CONFIGURATION, rows[i].configuration);
        convert(90, rows[i].faults - 1);
        convert(20, 1); /* in a row */
        convert(90, rows[i].faults - 1);
        assert_false(i2ctarget_lm75_os_is_active(&lm75));
        convert(90, 1);
        assert_true(i2ctarget_lm75_os_is_active(&lm75));
        convert(20, rows[i].faults - 1);
        assert_true(i2ctarget_lm75_os_is_active(&lm75));
        convert(20, 1);
        assert_false(i2ctarget_lm75_os_is_active(&lm75));
    }
}

static void the_pin(void **state)
{
    present(state);
    assert_true(i2ctarget_lm75_os_pin(&lm75)); /* inactive, active low */
    convert(90, 1);
    assert_false(i2ctarget_lm75_os_pin(&lm75));
    WRITE(AT, CONFIGURATION, ACTIVE_HIGH);
    assert_true(i2ctarget_lm75_os_pin(&lm75));
    convert(20, 1);
    assert_false(i2ctarget_lm75_os_pin(&lm75));
}

static void an_interrupt_until_it_is_read(void **state)
{
    present(state);
    WRITE(AT, CONFIGURATION, INTERRUPT);
    convert(90, 1);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
    convert(20, 0);
    assert_int_equal(stage_write(AT, NULL, 0), 0);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
    uint8_t got[1];
    assert_int_equal(stage_read(AT, got, 1), 1); /* any register */
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
    convert(90, 3);
    assert_false(i2ctarget_lm75_os_is_active(&lm75)); /* the next event is only below T_HYST */
    convert(20, 1);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
    convert(20, 3);
    assert_true(i2ctarget_lm75_os_is_active(&lm75)); /* as long as it is not read */
    assert_int_equal(stage_read(AT, got, 1), 1);
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
    convert(20, 3);
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
}

static void shutdown_measures_nothing_and_ends_an_interrupt(void **state)
{
    present(state);
    convert(25, 1);
    WRITE(AT, CONFIGURATION, SHUTDOWN);
    convert(90, 3);
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
    ASSERT_FETCHED(AT, TEMPERATURE, 0x19, 0x00);
    WRITE(AT, CONFIGURATION, INTERRUPT);
    convert(90, 1);
    assert_true(i2ctarget_lm75_os_is_active(&lm75));
    WRITE(AT, CONFIGURATION, INTERRUPT | SHUTDOWN);
    assert_false(i2ctarget_lm75_os_is_active(&lm75));
    WRITE(AT, CONFIGURATION, 0);
    assert_true(i2ctarget_lm75_os_is_active(&lm75)); /* in comparator mode it is still above */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(as_at_power_up),
        ON_STAGES(temperatures_in_nine_bits),
        ON_STAGES(limits_are_written_and_read_back),
        ON_STAGES(the_temperature_can_not_be_written),
        ON_STAGES(the_configuration_has_five_bits),
        ON_STAGES(the_pointer_stays),
        ON_STAGES(a_word_is_of_one_moment),
        ON_STAGES(is_detected),
        ON_STAGES(no_register_gives_the_byte_read_last),
        ON_STAGES(a_thermostat),
        ON_STAGES(a_read_does_not_bother_the_thermostat),
        ON_STAGES(limits_below_zero),
        ON_STAGES(the_fault_queue),
        ON_STAGES(the_pin),
        ON_STAGES(an_interrupt_until_it_is_read),
        ON_STAGES(shutdown_measures_nothing_and_ends_an_interrupt),
    };
    return cmocka_run_group_tests_name("lm75", tests, NULL, NULL);
}
