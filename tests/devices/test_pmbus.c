/* SPDX-License-Identifier: MIT */
/* The PMBus supply: number formats, output, limits, latched faults, protection. */
#include "devices/stage.h"
#include "i2ctarget/devices/pmbus.h"

enum { AT = I2CTARGET_PMBUS_ADDRESS };
enum { OPERATION = 0x01, ON_OFF_CONFIG, CLEAR_FAULTS, WRITE_PROTECT = 0x10, VOUT_COMMAND = 0x21 };
enum {
    STATUS_BYTE = 0x78,
    STATUS_WORD,
    STATUS_VOUT,
    STATUS_IOUT,
    STATUS_INPUT,
    STATUS_TEMPERATURE,
    STATUS_CML
};
enum { OFF = 0x0840 };

static const struct i2ctarget_pmbus_config config = {.id = "ACME",
                                                     .model = "PS1",
                                                     .revision = "A",
                                                     .ic_device_id = "IC7",
                                                     .ic_revision = "2",
                                                     .vout_mv = 3300,
                                                     .has_pec = true};
static const struct i2ctarget_pmbus_world calm = {
    .vin_mv = 12000, .iout_ma = 2000, .millicelsius = 40000};

static struct i2ctarget_pmbus supply;
static struct i2ctarget_pmbus_world world;

static void present(void **state)
{
    world = calm;
    i2ctarget_pmbus_init(&supply, &config, &world);
    put_on_stage(state, &supply.smbus.device, AT, 1);
}

static unsigned word(uint8_t command)
{
    uint8_t got[2];
    assert_true(FETCH(AT, got, 2, command));
    return got[0] | (unsigned)got[1] << 8;
}

static unsigned byte(uint8_t command)
{
    uint8_t got[1];
    assert_true(FETCH(AT, got, 1, command));
    return got[0];
}

static void set_word(uint8_t command, unsigned value)
{
    assert_int_equal(WRITE(AT, command, (uint8_t)value, (uint8_t)(value >> 8)), 3);
}

static void set_byte(uint8_t command, unsigned value)
{
    assert_int_equal(WRITE(AT, command, (uint8_t)value), 2);
}

static void clear(void)
{
    assert_int_equal(WRITE(AT, CLEAR_FAULTS), 1);
}

/* A LINEAR11 word as the specification defines it: Y times two to the power of N. */
static double linear11(unsigned value)
{
    int mantissa = (int)(value & 0x7FF), exponent = (int)(value >> 11);
    double result = mantissa >= 0x400 ? mantissa - 0x800 : mantissa;
    for (exponent = exponent >= 16 ? exponent - 32 : exponent; exponent > 0; exponent--)
        result *= 2;
    for (; exponent < 0; exponent++)
        result /= 2;
    return result;
}

static void assert_near(double got, double wanted, double by)
{
    if (got < wanted - by || got > wanted + by)
        fail_msg("wanted %f, got %f", wanted, got);
}

/* The nearest number with the smallest exponent whose mantissa has at most ten bits. */
static unsigned exact_linear11(uint64_t thousandths)
{
    unsigned fraction = 16; /* bits: the exponent is its negative */
    while (((thousandths << fraction) + 500) / 1000 > 1023)
        fraction--;
    return (32 - fraction) % 32 << 11 | (unsigned)(((thousandths << fraction) + 500) / 1000);
}

static void numbers(void **state)
{
    (void)state;
    assert_int_equal(i2ctarget_pmbus_linear11(0), 0);
    for (int32_t value = 1; value < 1023500; value++)
        assert_int_equal(i2ctarget_pmbus_linear11(value), exact_linear11((uint64_t)value));
    assert_int_equal(i2ctarget_pmbus_linear11(1023500), 1 << 11 | 512);
    for (int32_t value = 1; value < 100000000; value += 1 + value / 37) {
        double exact = value / 1000.0;
        assert_near(linear11(i2ctarget_pmbus_linear11(value)), exact, exact / 1000 + 0.00001);
        assert_near(linear11(i2ctarget_pmbus_linear11(-value)), -exact, exact / 1000 + 0.00001);
        assert_near(i2ctarget_pmbus_from_linear11(i2ctarget_pmbus_linear11(value)), value,
                    value / 1000.0 + 1.01);
        assert_near(i2ctarget_pmbus_from_linear11(i2ctarget_pmbus_linear11(-value)), -value,
                    value / 1000.0 + 1.01);
    }
    assert_true(i2ctarget_pmbus_from_linear11(0x7BFF) >
                1000000000); /* 1023 * 2^15: the largest value */
    assert_true(i2ctarget_pmbus_from_linear11(0x7C00) < -1000000000);
    assert_int_equal(i2ctarget_pmbus_from_linear11(0xF00D), 3250); /* 13 * 2^-2 */
    i2ctarget_pmbus_linear11(INT32_MIN);
}

/* As exact_linear11(), for numbers whose step is more than 1. */
static unsigned exact_large_linear11(uint64_t thousandths)
{
    unsigned exponent = 0;
    while (2 * thousandths >= (2047000ull << exponent)) /* 1023.5 steps */
        exponent++;
    uint64_t step = UINT64_C(1000) << exponent;
    return exponent << 11 | (unsigned)((thousandths + step / 2) / step);
}

static void large_numbers(void **state)
{
    (void)state;
    for (int64_t value = 1023500; value <= INT32_MAX; value += 997)
        assert_int_equal(i2ctarget_pmbus_linear11((int32_t)value),
                         exact_large_linear11((uint64_t)value));
    assert_int_equal(i2ctarget_pmbus_linear11(INT32_MAX), 12 << 11 | 524);
    assert_int_equal(i2ctarget_pmbus_linear11(INT32_MIN), 12 << 11 | (0x800 - 524));
    /* 65 * 2^15 is the largest that 32 bits have. */
    assert_int_equal(i2ctarget_pmbus_from_linear11(15 << 11 | 65), 2129920000);
    assert_int_equal(i2ctarget_pmbus_from_linear11(15 << 11 | 66), INT32_MAX);
    assert_int_equal(i2ctarget_pmbus_from_linear11(15 << 11 | 100), INT32_MAX);
    assert_int_equal(i2ctarget_pmbus_from_linear11(15 << 11 | (0x800 - 65)), -2129920000);
    assert_int_equal(i2ctarget_pmbus_from_linear11(15 << 11 | (0x800 - 66)), INT32_MIN);
    assert_int_equal(i2ctarget_pmbus_from_linear11(15 << 11 | (0x800 - 100)), INT32_MIN);
}

static void output_voltages(void **state)
{
    (void)state;
    assert_int_equal(i2ctarget_pmbus_linear16(INT32_MIN), 0);
    assert_int_equal(i2ctarget_pmbus_linear16(0), 0);
    for (int32_t mv = 1; mv < 16000; mv++) {
        assert_int_equal(i2ctarget_pmbus_linear16(mv), (mv * 4096 + 500) / 1000);
        assert_int_equal(i2ctarget_pmbus_from_linear16(i2ctarget_pmbus_linear16(mv)), mv);
    }
    assert_int_equal(i2ctarget_pmbus_linear16(15999), 65532);
    assert_int_equal(i2ctarget_pmbus_linear16(16000), 0xFFFF);
    assert_int_equal(i2ctarget_pmbus_linear16(1048576), 0xFFFF); /* 2^32 steps and thousandths */
    assert_int_equal(i2ctarget_pmbus_linear16(INT32_MAX), 0xFFFF);
}

static void readings(void **state)
{
    present(state);
    assert_near(linear11(word(0x88)), 12.0, 0.01);
    assert_int_equal(word(0x8b), (3300 * 4096 + 500) / 1000); /* LINEAR16, 2^-12 V a step */
    assert_near(linear11(word(0x8c)), 2.0, 0.002);
    assert_near(linear11(word(0x8d)), 40.0, 0.04);
    assert_near(linear11(word(0x96)), 6.6, 0.01);
    assert_near(linear11(word(0x97)), 6.6 / 0.9, 0.02);
    assert_near(linear11(word(0x89)), 6.6 / 0.9 / 12, 0.002);
    assert_int_equal(byte(0x20), 0x14);
    assert_int_equal(byte(0x98), 0x33);
    assert_int_equal(word(STATUS_WORD), 0);
    world.iout_ma = -1500;
    world.millicelsius = -20500;
    i2ctarget_pmbus_set_world(&supply, &world);
    assert_near(linear11(word(0x8c)), -1.5, 0.002);
    assert_near(linear11(word(0x8d)), -20.5, 0.03);
}

/* Each quantity is limited to I2CTARGET_PMBUS_WORLD_MAX. */
static void a_world_beyond_limits(void **state)
{
    double most = I2CTARGET_PMBUS_WORLD_MAX / 1000.0;
    present(state);
    world = (struct i2ctarget_pmbus_world){
        .vin_mv = INT32_MAX, .iout_ma = INT32_MIN, .millicelsius = I2CTARGET_PMBUS_WORLD_MAX + 1};
    i2ctarget_pmbus_set_world(&supply, &world);
    assert_near(linear11(word(0x88)), most, most / 1000);
    assert_near(linear11(word(0x8c)), -most, most / 1000);
    assert_near(linear11(word(0x8d)), most, most / 1000);
}

static void identity(void **state)
{
    present(state);
    ASSERT_FETCHED(AT, 0x99, 4, 'A', 'C', 'M', 'E');
    ASSERT_FETCHED(AT, 0x9a, 3, 'P', 'S', '1');
    ASSERT_FETCHED(AT, 0x9b, 1, 'A');
    ASSERT_FETCHED(AT, 0xad, 3, 'I', 'C', '7');
    ASSERT_FETCHED(AT, 0xae, 1, '2');
    assert_int_equal(WRITE(AT, 0xad, 1), 1);
    assert_int_equal(byte(0x19), 0xA0); /* PEC, 400 kHz, no SMBALERT# */
}

static void the_output(void **state)
{
    present(state);
    set_word(VOUT_COMMAND, 3000 * 4096 / 1000);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 3000);
    assert_int_equal(word(VOUT_COMMAND), word(0x8b));
    set_byte(OPERATION, 0x00);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 0);
    assert_int_equal(word(0x8b), 0);
    assert_int_equal(word(0x8c), 0);
    assert_int_equal(word(STATUS_WORD), OFF); /* nothing is under-voltage */
    assert_int_equal(byte(STATUS_BYTE), OFF & 0xFF);
    set_byte(OPERATION, 0x80);
    assert_int_equal(word(STATUS_WORD), 0);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 3000);
}

static void there_is_one_page(void **state)
{
    present(state);
    assert_int_equal(byte(0x00), 0);
    set_byte(0x00, 0xFF);
    assert_int_equal(byte(0x00), 0xFF);
    set_byte(0x00, 0);
    assert_int_equal(byte(STATUS_CML), 0);
    set_byte(0x00, 1);
    assert_int_equal(byte(0x00), 0);
    assert_int_equal(byte(STATUS_CML), 0x40);
}

static void margins(void **state)
{
    present(state);
    assert_near(word(0x25), 3300 * 1.05 * 4.096, 1);
    assert_near(word(0x26), 3300 * 0.95 * 4.096, 1);
    set_byte(OPERATION, 0xA8);
    assert_int_equal(byte(OPERATION), 0xA8);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 3465);
    set_byte(OPERATION, 0x98);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 3135);
    set_byte(OPERATION, 0x20); /* it is off */
    assert_int_equal(byte(STATUS_CML), 0x40);
    set_byte(OPERATION, 0x28);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 0);
    set_byte(OPERATION, 0x80);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 3300);
}

/* 0x.4: a limit that is crossed meanwhile is no fault. */
static void margins_with_and_without_faults(void **state)
{
    present(state);
    set_word(0x25, 4100 * 4096 / 1000);
    set_byte(OPERATION, 0xA4);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 4100);
    assert_int_equal(byte(STATUS_VOUT), 0);
    set_byte(OPERATION, 0xA8);
    assert_int_equal(byte(STATUS_VOUT), 0xC0);
    set_byte(OPERATION, 0x80);
    clear();
    set_byte(OPERATION, 0x84); /* no margin: the bits mean nothing */
    set_word(VOUT_COMMAND, 4100 * 4096 / 1000);
    assert_int_equal(byte(STATUS_VOUT), 0xC0);
}

/* AVSBus, reserved bits, a margin without a decision about faults. */
static void operations_that_there_are_not(void **state)
{
    static const uint8_t values[] = {0xB8, 0x81, 0x82, 0xA0, 0x90, 0xAC};
    present(state);
    for (size_t i = 0; i < sizeof values; i++) {
        set_byte(OPERATION, values[i]);
        assert_int_equal(byte(OPERATION), 0x80);
        assert_int_equal(byte(STATUS_CML), 0x40);
        clear();
    }
}

static void registers_that_nothing_sets(void **state)
{
    present(state);
    world.vin_mv = 0;
    i2ctarget_pmbus_set_world(&supply, &world);
    for (uint8_t command = 0x7f; command <= 0x81; command++) {
        assert_int_equal(byte(command), 0);
        set_byte(command, 0xFF);
        assert_int_equal(byte(command), 0);
    }
    assert_int_equal(word(0x89), 0); /* no current without an input */
    assert_int_equal(WRITE(AT, 0x82), 0);
}

/* The value is stored and returned.  Only OPERATION turns the output on and off. */
static void what_turns_it_on(void **state)
{
    present(state);
    assert_int_equal(byte(ON_OFF_CONFIG), 0x1a);
    set_byte(ON_OFF_CONFIG, 0x17);
    assert_int_equal(byte(ON_OFF_CONFIG), 0x17);
    assert_int_equal(i2ctarget_pmbus_vout_mv(&supply), 3300);
}

/* Each limit sets its bit, and the bits in STATUS_WORD that follow from it. */
static void every_limit(void **state)
{
    static const struct {
        struct i2ctarget_pmbus_world world;
        uint8_t status, bits;
        unsigned word;
    } rows[] = {
        {{12000, 400, 2000, 40000}, STATUS_VOUT, 0x40, 0x8001},
        {{12000, 700, 2000, 40000}, STATUS_VOUT, 0xC0, 0x8021},
        {{12000, -400, 2000, 40000}, STATUS_VOUT, 0x20, 0x8001},
        {{12000, -700, 2000, 40000}, STATUS_VOUT, 0x30, 0x8001},
        {{12000, 0, 26000, 40000}, STATUS_IOUT, 0x20, 0x4001},
        {{12000, 0, 31000, 40000}, STATUS_IOUT, 0xA0, 0x4011},
        {{12000, 0, 2000, 96000}, STATUS_TEMPERATURE, 0x40, 0x0004},
        {{12000, 0, 2000, 111000}, STATUS_TEMPERATURE, 0xC0, 0x0004},
        {{14500, 0, 2000, 40000}, STATUS_INPUT, 0x40, 0x2001},
        {{15500, 0, 2000, 40000}, STATUS_INPUT, 0xC0, 0x2001},
        {{10000, 0, 2000, 40000}, STATUS_INPUT, 0x20, 0x2001},
        {{9000, 0, 2000, 40000}, STATUS_INPUT, 0x30, 0x2009},
    };

    present(state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        i2ctarget_pmbus_set_world(&supply, &rows[i].world);
        assert_int_equal(byte(rows[i].status), rows[i].bits);
        assert_int_equal(word(STATUS_WORD), rows[i].word);
        assert_int_equal(i2ctarget_pmbus_status(&supply), rows[i].word);
        assert_false(i2ctarget_pmbus_alert_pin(&supply));
        i2ctarget_pmbus_set_world(&supply, &calm);
        assert_int_equal(word(STATUS_WORD), rows[i].word); /* it is kept */
        assert_false(i2ctarget_pmbus_alert_pin(&supply));
        clear();
        assert_true(i2ctarget_pmbus_alert_pin(&supply));
        assert_int_equal(word(STATUS_WORD), 0);
    }
}

static void a_fault_that_lasts_comes_back(void **state)
{
    present(state);
    world.millicelsius = 100000;
    i2ctarget_pmbus_set_world(&supply, &world);
    clear();
    assert_int_equal(byte(STATUS_TEMPERATURE), 0x40);
    set_byte(STATUS_TEMPERATURE, 0x40);
    assert_int_equal(byte(STATUS_TEMPERATURE), 0x40);
    i2ctarget_pmbus_set_world(&supply, &calm);
    set_byte(STATUS_TEMPERATURE, 0x80); /* another bit */
    assert_int_equal(byte(STATUS_TEMPERATURE), 0x40);
    set_byte(STATUS_TEMPERATURE, 0x40);
    assert_int_equal(byte(STATUS_TEMPERATURE), 0);
}

static void limits_can_be_set(void **state)
{
    present(state);
    set_word(0x51, i2ctarget_pmbus_linear11(30000)); /* OT_WARN_LIMIT */
    assert_int_equal(word(0x51), i2ctarget_pmbus_linear11(30000));
    assert_int_equal(byte(STATUS_TEMPERATURE), 0x40); /* at once */
    set_word(0x42, 3000 * 4096 / 1000);               /* VOUT_OV_WARN_LIMIT */
    assert_int_equal(byte(STATUS_VOUT), 0x40);
}

static void mistakes_are_in_the_status(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, 0xD5), 0);
    assert_int_equal(byte(STATUS_CML), 0x80);
    assert_int_equal(word(STATUS_WORD), 0x0002);
    clear();
    assert_int_equal(WRITE(AT, 0x88, 1, 2), 1); /* READ_VIN */
    assert_int_equal(byte(STATUS_CML), 0x40);
    clear();
    assert_int_equal(WRITE(AT, VOUT_COMMAND, 1), 2);
    assert_int_equal(byte(STATUS_CML), 0x02);
    clear();
    assert_int_equal(WRITE(AT, CLEAR_FAULTS, 0x55), 1); /* a wrong PEC */
    assert_int_equal(byte(STATUS_CML), 0x20);
    clear();
    set_byte(WRITE_PROTECT, 0x11);
    assert_int_equal(byte(STATUS_CML), 0x40);
    assert_int_equal(byte(WRITE_PROTECT), 0);
}

static void protection(void **state)
{
    static const struct {
        uint8_t level;
        bool operation, vout_command, limit;
    } rows[] = {{0x00, true, true, true},
                {0x20, true, true, false},
                {0x40, true, false, false},
                {0x80, false, false, false}};

    present(state);
    for (size_t i = 0; i < 4; i++) {
        set_byte(WRITE_PROTECT, 0);
        clear();
        set_byte(WRITE_PROTECT, rows[i].level);
        assert_int_equal(byte(WRITE_PROTECT), rows[i].level);
        assert_int_equal(WRITE(AT, OPERATION, 0x80), rows[i].operation ? 2 : 1);
        assert_int_equal(WRITE(AT, VOUT_COMMAND, 0, 0x30), rows[i].vout_command ? 3 : 1);
        assert_int_equal(WRITE(AT, 0x51, 0, 0x0A), rows[i].limit ? 3 : 1);
        assert_int_equal(WRITE(AT, 0xD5), 0); /* no such command */
        clear();
        assert_int_equal(byte(STATUS_CML) & 0x80, rows[i].level ? 0x80 : 0);
    }
    set_byte(WRITE_PROTECT, 0);
    assert_int_equal(byte(WRITE_PROTECT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(large_numbers),
        cmocka_unit_test(output_voltages),
        ON_STAGES(readings),
        ON_STAGES(identity),
        ON_STAGES(the_output),
        ON_STAGES(there_is_one_page),
        ON_STAGES(margins),
        ON_STAGES(margins_with_and_without_faults),
        ON_STAGES(operations_that_there_are_not),
        ON_STAGES(registers_that_nothing_sets),
        ON_STAGES(every_limit),
        ON_STAGES(a_fault_that_lasts_comes_back),
        ON_STAGES(limits_can_be_set),
        ON_STAGES(mistakes_are_in_the_status),
        ON_STAGES(protection),
        ON_STAGES(what_turns_it_on),
        ON_STAGES(a_world_beyond_limits),
    };
    return cmocka_run_group_tests_name("pmbus", tests, NULL, NULL);
}
