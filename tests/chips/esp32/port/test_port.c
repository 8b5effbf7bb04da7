/* SPDX-License-Identifier: MIT */
/*
 * The port of ESP32 chips, as far as it can be judged by what it writes: which pins it takes, how a
 * pad becomes open drain, which core has it, which edges are latched, what time it is.
 *
 * The program is compiled for each chip.  Addresses are here once more, from Espressif's SVD files,
 * so that one that is wrong in soc.h is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chips/esp32/port/registers.h"
#include "esp32/pins.h"
#include "i2ctarget/esp32.h"
#include "i2ctarget/port.h"

struct facts {
    const char *mcu;
    uint32_t gpio, pin, in_select, out_select, pad, pad_function;
    uint32_t enable_by_gpio, by_matrix, plain_output;
    uint32_t signals[2]; /* of the first channel of each core; 0: no such core, or no such pins */
    uint32_t timer_update, timer_high, timer_low, timer_valid;
    uint64_t ticks_per_us;
};

enum { esp32, esp32s2, esp32s3, esp32c3, CHIPS };

static const struct facts facts[CHIPS] = {
    [esp32] =
        {
            .mcu = "ESP32",
            .gpio = 0x3FF44000,
            .pin = 0x88,
            .in_select = 0x130,
            .out_select = 0x530,
            .pad = 0x3FF49070,
            .pad_function = 2,
            .enable_by_gpio = 1 << 10,
            .by_matrix = 1 << 7,
            .plain_output = 256,
            .timer_update = 0x3FF5F00C,
            .timer_high = 0x3FF5F008,
            .timer_low = 0x3FF5F004,
            .ticks_per_us = 1,
        },
    [esp32s2] =
        {
            .mcu = "ESP32-S2",
            .gpio = 0x3F404000,
            .pin = 0x74,
            .in_select = 0x154,
            .out_select = 0x554,
            .pad = 0x3F40904C,
            .pad_function = 1,
            .enable_by_gpio = 1 << 10,
            .by_matrix = 1 << 7,
            .plain_output = 256,
            .signals = {235},
            .timer_update = 0x3F423038,
            .timer_high = 0x3F42303C,
            .timer_low = 0x3F423040,
            .timer_valid = 1 << 30,
            .ticks_per_us = 80,
        },
    [esp32s3] =
        {
            .mcu = "ESP32-S3",
            .gpio = 0x60004000,
            .pin = 0x74,
            .in_select = 0x154,
            .out_select = 0x554,
            .pad = 0x6000904C,
            .pad_function = 1,
            .enable_by_gpio = 1 << 10,
            .by_matrix = 1 << 7,
            .plain_output = 256,
            .signals = {221, 129},
            .timer_update = 0x60023004,
            .timer_high = 0x60023040,
            .timer_low = 0x60023044,
            .timer_valid = 1 << 29,
            .ticks_per_us = 16,
        },
    [esp32c3] =
        {
            .mcu = "ESP32-C3",
            .gpio = 0x60004000,
            .pin = 0x74,
            .in_select = 0x154,
            .out_select = 0x554,
            .pad = 0x6000904C,
            .pad_function = 1,
            .enable_by_gpio = 1 << 9,
            .by_matrix = 1 << 6,
            .plain_output = 128,
            .signals = {28},
            .timer_update = 0x60023004,
            .timer_high = 0x60023040,
            .timer_low = 0x60023044,
            .timer_valid = 1 << 29,
            .ticks_per_us = 16,
        },
};

static const struct facts *const chip = &facts[CHIP];

static const struct i2ctarget_port_ops *const port = &i2ctarget_esp32_port;

enum { OPEN_DRAIN = 1 << 2, TYPE_LSB = 7, ENABLE_LSB = 13, NO_PIN = 100, PINS = 64, MOST = 4 };
enum { ON_RISE = 1, ON_ANY_EDGE = 3, ON_LOW = 4, ON_HIGH = 5 };

/* Of bank 0. */
enum {
    OUT_SET = 0x08,
    ENABLE_SET = 0x24,
    ENABLE_CLEAR = 0x28,
    IN = 0x3C,
    STATUS = 0x44,
    STATUS_CLEAR = 0x4C
};

static bool has_cpu_pins(void)
{
    return chip->signals[0];
}

static uint32_t gpio(uint32_t offset)
{
    return chip->gpio + offset;
}

static uint32_t pin_register(unsigned pin)
{
    return gpio(chip->pin + 4 * pin);
}

static unsigned type_of(unsigned pin)
{
    return registers_get(pin_register(pin)) >> TYPE_LSB & 7;
}

static unsigned enabled_of(unsigned pin)
{
    return registers_get(pin_register(pin)) >> ENABLE_LSB & 0x1F;
}

/* ---- targets --------------------------------------------------------------------------------- */

static struct i2ctarget targets[MOST + 1];
static void *instances[MOST];

static int reset(void **state)
{
    (void)state;
    registers_reset();
    registers_count(chip->timer_low);
    registers_set(gpio(IN), UINT32_MAX);
    registers_keep(chip->timer_update, chip->timer_valid);
    return 0;
}

static int try_to_open(unsigned index, unsigned scl, unsigned sda, void **instance)
{
    struct i2ctarget_pin scl_pin = {.port = port, .number = (uint16_t)scl};
    struct i2ctarget_pin sda_pin = {.port = port, .number = (uint16_t)sda};
    struct i2ctarget_address_set addresses = {0};
    return port->open(&targets[index], &scl_pin, &sda_pin, &addresses, false, instance);
}

static void open_on(unsigned index, unsigned scl, unsigned sda)
{
    assert_int_equal(try_to_open(index, scl, sda, &instances[index]), 0);
}

static void close_of(unsigned index)
{
    port->close(instances[index]);
}

/* ---- pins ------------------------------------------------------------------------------------ */

/* Of boards/chips.csv: mcu,pin,serves,note. */
static uint64_t serving_pins(void)
{
    char line[200], mcu[20], serves[20];
    unsigned pin;
    uint64_t pins = 0;
    FILE *file = fopen(CHIPS_CSV, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%19[^,],GPIO%u,%19[^,\n]", mcu, &pin, serves) == 3 && pin < PINS &&
            strcmp(mcu, chip->mcu) == 0)
            pins |= UINT64_C(1) << pin;
    }
    fclose(file);
    return pins;
}

static void pins_that_serve_are_those_of_the_table(void **state)
{
    (void)state;
    uint64_t serving = serving_pins();
    assert_true(serving);
    for (unsigned pin = 0; pin < NO_PIN; pin++) {
        if (pin == 4)
            continue;
        bool serves = pin < PINS && serving >> pin & 1;
        assert_int_equal(try_to_open(0, pin, 4, &instances[0]), serves ? 0 : -I2CTARGET_EINVAL);
        if (!serves)
            continue;
        close_of(0);
        open_on(0, 4, pin);
        close_of(0);
        reset(NULL);
    }
}

static void a_pin_serves_one_line(void **state)
{
    (void)state;
    void *other;
    assert_int_equal(try_to_open(0, 4, 4, &other), -I2CTARGET_EINVAL);
    open_on(0, 4, 5);
    assert_int_equal(try_to_open(1, 4, 0, &other), -I2CTARGET_EBUSY);
    assert_int_equal(try_to_open(1, 0, 5, &other), -I2CTARGET_EBUSY);
    close_of(0);
    open_on(0, 5, 4);
    close_of(0);
}

static void there_are_four_targets(void **state)
{
    (void)state;
    static const unsigned pins[MOST + 1][2] = {{0, 1}, {2, 3}, {4, 5}, {18, 19}, {20, 21}};
    void *other;
    for (unsigned i = 0; i < MOST; i++)
        open_on(i, pins[i][0], pins[i][1]);
    assert_int_equal(try_to_open(MOST, pins[MOST][0], pins[MOST][1], &other), -I2CTARGET_EBUSY);
    for (unsigned i = 0; i < MOST; i++)
        close_of(i);
}

static unsigned first_write(uint32_t address)
{
    unsigned n = registers_find(address, 0);
    assert_true(n < registers_writes());
    return n;
}

/* Nothing is driven before the pad is open drain and its output is 1. */
static void a_pad_becomes_open_drain_before_it_is_driven(void **state)
{
    (void)state;
    enum { PIN = 18, BIT = 1 << PIN };
    enum { PULL_DOWN = 1 << 7, PULL_UP = 1 << 8, INPUT = 1 << 9, STRENGTH = 2 << 10 };
    registers_set(chip->pad, STRENGTH | PULL_DOWN | 7 << 12);
    open_on(0, PIN, 4);
    uint32_t bits;
    unsigned enabled = registers_find(gpio(ENABLE_SET), 0);
    assert_int_equal(registers_written(enabled, &bits), gpio(ENABLE_SET));
    assert_int_equal(bits, BIT);
    assert_true(first_write(gpio(ENABLE_CLEAR)) < first_write(gpio(OUT_SET)));
    assert_true(first_write(gpio(OUT_SET)) < enabled);
    assert_true(first_write(pin_register(PIN)) < enabled);
    assert_true(first_write(gpio(chip->out_select + 4 * PIN)) < enabled);
    assert_true(registers_get(pin_register(PIN)) & OPEN_DRAIN);
    assert_int_equal(registers_get(chip->pad),
                     STRENGTH | PULL_UP | INPUT | chip->pad_function << 12);
    close_of(0);
}

/* Of ESP32: GPIO, register of RTC_IO, bit of the pull-up; the pull-down is the next one. */
static void pads_of_the_rtc_are_pulled_up_there(void **state)
{
    (void)state;
    static const struct {
        unsigned pin;
        uint32_t address;
        unsigned up;
    } pads[] = {
        {0, 0x3FF48498, 27},  {2, 0x3FF4849C, 27},  {12, 0x3FF484A8, 27}, {13, 0x3FF484A4, 27},
        {14, 0x3FF484AC, 27}, {15, 0x3FF484A0, 27}, {25, 0x3FF48484, 27}, {26, 0x3FF48488, 27},
        {27, 0x3FF484B0, 27}, {32, 0x3FF4848C, 22}, {33, 0x3FF4848C, 27}, {4, 0x3FF48494, 27},
    };
    if (CHIP != esp32)
        return;
    for (size_t i = 0; i < sizeof pads / sizeof *pads; i++) {
        reset(NULL);
        registers_set(pads[i].address, 2u << pads[i].up | 1);
        open_on(0, 18, pads[i].pin);
        assert_int_equal(registers_get(pads[i].address), 1u << pads[i].up | 1);
        close_of(0);
    }
}

static void a_closed_pad_drives_nothing(void **state)
{
    (void)state;
    open_on(0, 18, 4);
    unsigned before = registers_writes();
    close_of(0);
    uint32_t bits;
    unsigned n = registers_find(gpio(ENABLE_CLEAR), before);
    assert_true(n < registers_writes());
    registers_written(n, &bits);
    assert_int_equal(bits, 1 << 18);
    assert_true(registers_find(gpio(ENABLE_SET), before) == registers_writes());
    assert_int_equal(registers_get(pin_register(18)), 0);
    assert_int_equal(registers_get(gpio(chip->out_select + 4 * 18)), chip->plain_output);
}

/* ---- cores ----------------------------------------------------------------------------------- */

static void signals_are_the_core_s(void **state)
{
    (void)state;
    for (unsigned core = 0; core < 2; core++) {
        uint32_t signal = has_cpu_pins() ? chip->signals[core] : chip->plain_output;
        if (!signal)
            continue;
        registers_core = core;
        open_on(0, 18, 4);
        assert_int_equal(registers_get(gpio(chip->out_select + 4 * 18)),
                         signal | chip->enable_by_gpio);
        if (has_cpu_pins()) {
            assert_int_equal(registers_get(gpio(chip->in_select + 4 * signal)),
                             18 | chip->by_matrix);
            assert_int_equal(registers_get(gpio(chip->in_select + 4 * (signal + 1))),
                             4 | chip->by_matrix);
            assert_int_equal(registers_cpu_driven & 3, 3);
        }
        close_of(0);
    }
}

/* INT_ENA of ESP32: bit 0 is the APP core, bit 2 the PRO core. */
static void the_core_that_opens_is_interrupted(void **state)
{
    (void)state;
    static const unsigned of_esp32[2] = {4, 1};
    for (unsigned core = 0; core < (CHIP == esp32 ? 2u : 1u); core++) {
        registers_core = core;
        open_on(0, 18, 4);
        assert_int_equal(enabled_of(18), CHIP == esp32 ? of_esp32[core] : 1);
        assert_int_equal(enabled_of(4), CHIP == esp32 ? of_esp32[core] : 1);
        close_of(0);
    }
}

static void the_other_core_is_refused(void **state)
{
    (void)state;
    void *other;
    open_on(0, 18, 4);
    registers_core = 1;
    assert_int_equal(try_to_open(1, 19, 5, &other), -I2CTARGET_EBUSY);
    close_of(0);
    open_on(1, 19, 5);
    registers_core = 0;
    assert_int_equal(try_to_open(0, 18, 4, &other), -I2CTARGET_EBUSY);
    close_of(1);
}

/* ---- edges ----------------------------------------------------------------------------------- */

static void scl_latches_rises_and_sda_both_edges(void **state)
{
    (void)state;
    if (!has_cpu_pins())
        return;
    open_on(0, 18, 4);
    assert_int_equal(type_of(18), ON_RISE);
    assert_int_equal(type_of(4), ON_ANY_EDGE);
    close_of(0);
}

/* ESP32's edges may get lost, levels do not: a line latches the level that it does not have. */
static void a_line_latches_the_other_level(void **state)
{
    (void)state;
    enum { SCL = 1 << 18, SDA = 1 << 4 };
    if (has_cpu_pins())
        return;
    open_on(0, 18, 4);
    assert_int_equal(type_of(18), ON_LOW);
    assert_int_equal(type_of(4), ON_LOW);
    registers_set(gpio(IN), (uint32_t) ~(SCL | SDA));
    registers_set(gpio(STATUS), 0);
    unsigned before = registers_writes();
    i2ctarget_esp32_gpio_irq();
    assert_int_equal(type_of(18), ON_HIGH);
    assert_int_equal(type_of(4), ON_HIGH);
    /* The level is chosen before the latch is cleared. */
    assert_true(registers_find(pin_register(18), before) <
                registers_find(gpio(STATUS_CLEAR), before));
    close_of(0);
}

/* SCL is held: a line that moves meanwhile interrupts nobody, even if its edge is taken. */
static void nobody_is_interrupted_who_does_not_listen(void **state)
{
    (void)state;
    struct esp32_pair pair = {.scl = {.pin = 18, .bit = 1 << 18}, .sda = {.pin = 4, .bit = 1 << 4}};
    i2ctarget_esp32_chip.listen(&pair, true);
    assert_true(enabled_of(18) && enabled_of(4));
    i2ctarget_esp32_chip.listen(&pair, false);
    assert_false(enabled_of(18) || enabled_of(4));
    registers_set(gpio(IN), 0);
    registers_set(gpio(STATUS), UINT32_MAX);
    assert_true(i2ctarget_esp32_chip.take_edges(&pair) & GPIO_SDA_MOVED);
    assert_false(enabled_of(18) || enabled_of(4));
}

/* ---- a START --------------------------------------------------------------------------------- */

enum { SCL_BIT = 1 << 18, SDA_BIT = 1 << 4, LONG_CYCLES = 1000000, OTHER_CYCLES = 1000 };

static void clocks_go_by(void)
{
    registers_interrupt = NULL;
    registers_cycles += OTHER_CYCLES;
    registers_set(gpio(IN), (uint32_t) ~(SCL_BIT | SDA_BIT));
    registers_set(gpio(STATUS), SCL_BIT | SDA_BIT);
}

/* The bus has been at rest for long; then there is a START.  Returns whether its message is followed. */
static bool is_followed(void (*interrupt)(void))
{
    open_on(0, 18, 4);
    registers_clear_by(gpio(STATUS_CLEAR), gpio(STATUS));
    const struct gpio_target *target = instances[0];
    registers_cycles += LONG_CYCLES;
    i2ctarget_esp32_timer_irq();
    assert_int_equal(target->bus, GPIO_BUS_KNOWN);
    assert_true(target->is_ready);
    registers_set(gpio(IN), (uint32_t)~SDA_BIT);
    registers_set(gpio(STATUS), SDA_BIT);
    registers_interrupt = interrupt;
    i2ctarget_esp32_gpio_irq();
    bool is_deaf = i2ctarget_target_line_is_deaf(&target->driver.line);
    close_of(0);
    return !is_deaf;
}

/* Another interrupt comes between what the first look has found and what follows from it. */
static void a_start_that_is_old_is_not_followed(void **state)
{
    (void)state;
    if (has_cpu_pins())
        return;
    assert_true(is_followed(NULL));
    reset(NULL);
    assert_false(is_followed(clocks_go_by));
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static void set_time_us(uint64_t us, uint64_t ticks_more)
{
    uint64_t ticks = us * chip->ticks_per_us + ticks_more;
    registers_set(chip->timer_high, (uint32_t)(ticks >> 32));
    registers_set(chip->timer_low, (uint32_t)ticks);
}

static void microseconds_are_rounded_down(void **state)
{
    (void)state;
    static const uint64_t times[] = {
        0,          1,          53687091,   53687092,      268435455,     268435456,
        4294967295, 4294967296, 9448928050, 1234567890123, 56294995342131};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        set_time_us(times[i], 0);
        assert_true(port->now_us(NULL) == (int64_t)times[i]);
        set_time_us(times[i], chip->ticks_per_us - 1);
        assert_true(port->now_us(NULL) == (int64_t)times[i]);
    }
}

static void a_clock_out_of_range_is_refused(void **state)
{
    (void)state;
    struct i2ctarget_esp32_config config = {.cpu_hz = I2CTARGET_ESP32_HZ_MIN - 1};
    assert_int_equal(i2ctarget_esp32_configure(&config), -I2CTARGET_EINVAL);
    config.cpu_hz = I2CTARGET_ESP32_HZ_MAX + 1;
    assert_int_equal(i2ctarget_esp32_configure(&config), -I2CTARGET_EINVAL);
    config.cpu_hz = I2CTARGET_ESP32_HZ_MIN;
    open_on(0, 18, 4);
    assert_int_equal(i2ctarget_esp32_configure(&config), -I2CTARGET_EBUSY);
    close_of(0);
    assert_int_equal(i2ctarget_esp32_configure(&config), 0);
    config.cpu_hz = 0;
    assert_int_equal(i2ctarget_esp32_configure(&config), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pins_that_serve_are_those_of_the_table, reset),
        cmocka_unit_test_setup(a_pin_serves_one_line, reset),
        cmocka_unit_test_setup(there_are_four_targets, reset),
        cmocka_unit_test_setup(a_pad_becomes_open_drain_before_it_is_driven, reset),
        cmocka_unit_test_setup(pads_of_the_rtc_are_pulled_up_there, reset),
        cmocka_unit_test_setup(a_closed_pad_drives_nothing, reset),
        cmocka_unit_test_setup(signals_are_the_core_s, reset),
        cmocka_unit_test_setup(the_core_that_opens_is_interrupted, reset),
        cmocka_unit_test_setup(the_other_core_is_refused, reset),
        cmocka_unit_test_setup(scl_latches_rises_and_sda_both_edges, reset),
        cmocka_unit_test_setup(a_line_latches_the_other_level, reset),
        cmocka_unit_test_setup(nobody_is_interrupted_who_does_not_listen, reset),
        cmocka_unit_test_setup(a_start_that_is_old_is_not_followed, reset),
        cmocka_unit_test_setup(microseconds_are_rounded_down, reset),
        cmocka_unit_test_setup(a_clock_out_of_range_is_refused, reset),
    };
    return cmocka_run_group_tests_name("esp32_port", tests, NULL, NULL);
}
