/* SPDX-License-Identifier: MIT */
/*
 * The two ways of SAM D5x/E5x to serve pins: which pins are served by which, what the second takes and
 * leaves behind, and both at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chips/samd5x/rig.h"
#include "i2ctarget/port.h"
#include "support/probe_device.h"

/* Of the model. */
int samd5x_sercom_pad(unsigned pin, int function);
int samd5x_extint(unsigned pin);

enum { PA = 0, PB = 32, PC = 64, PD = 96 };

/* ---- EXTINTs: data sheet, table 6-1 ----------------------------------------------------------- */

static void every_pin_has_its_extint(void **state)
{
    static const struct {
        unsigned pin;
        int extint;
    } rows[] = {
        {PA + 0, 0},   {PA + 7, 7},   {PA + 8, -1},  {PA + 9, 9},   {PA + 24, 8},  {PA + 26, -1},
        {PA + 27, 11}, {PA + 28, -1}, {PA + 29, -1}, {PA + 31, 15}, {PB + 0, 0},   {PB + 25, 9},
        {PB + 26, 12}, {PB + 27, 13}, {PB + 28, 14}, {PB + 29, 15}, {PB + 30, 14}, {PB + 31, 15},
        {PC + 6, 6},   {PC + 7, 9},   {PC + 8, -1},  {PC + 9, -1},  {PC + 10, 10}, {PC + 28, 12},
        {PC + 29, -1}, {PC + 31, 15}, {PD + 0, 0},   {PD + 1, 1},   {PD + 2, -1},  {PD + 8, 3},
        {PD + 9, 4},   {PD + 12, 7},  {PD + 13, -1}, {PD + 20, 10}, {PD + 21, 11}, {PD + 22, -1},
        {128, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(i2ctarget_samd5x_extint(rows[i].pin), rows[i].extint);
}

/* ---- which pins it takes ---------------------------------------------------------------------- */

static struct rig rig;
static const struct rig_kind *kind;

static int set_up(void **state)
{
    (void)state;
    kind = rig_kind_named("samd5x_gpio_100k");
    assert_non_null(kind);
    rig_open(&rig, kind);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static int init(struct i2ctarget *target, const struct i2ctarget_port_ops *port, unsigned scl,
                unsigned sda)
{
    static const uint8_t addresses[] = {0x40};
    struct i2ctarget_pin scl_pin = {.port = port, .number = (uint16_t)scl};
    struct i2ctarget_pin sda_pin = {.port = port, .number = (uint16_t)sda};
    return i2ctarget_init(target, &scl_pin, &sda_pin, addresses, 1, false);
}

static int init_gpio(struct i2ctarget *target, unsigned scl, unsigned sda)
{
    return init(target, &i2ctarget_samd5x_gpio_port, scl, sda);
}

static void pins_that_cannot_serve(void **state)
{
    static const unsigned pairs[][2] = {
        {PA + 8, PA + 9},                      /* no EXTINT */
        {PA + 9, PA + 8},   {PA + 2, PA + 18}, /* one EXTINT for both */
        {PB + 26, PC + 28}, {PA + 3, PA + 3},  {PA + 3, 128},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct i2ctarget target;
        assert_int_equal(init_gpio(&target, pairs[i][0], pairs[i][1]), -I2CTARGET_EINVAL);
    }
}

static void pins_in_use(void **state)
{
    (void)state;
    struct i2ctarget target, other;
    assert_int_equal(init_gpio(&target, PA + 19, PA + 18), 0);
    assert_int_equal(init_gpio(&other, PA + 19, PA + 20), -I2CTARGET_EBUSY);
    assert_int_equal(init_gpio(&other, PA + 21, PA + 18), -I2CTARGET_EBUSY);
    assert_int_equal(init_gpio(&other, PB + 3, PB + 4), -I2CTARGET_EBUSY); /* its EXTINT is */
    i2ctarget_deinit(&target);
    assert_int_equal(init_gpio(&other, PB + 3, PB + 4), 0);
    i2ctarget_deinit(&other);
}

/* ---- which way serves which pins -------------------------------------------------------------- */

static bool is_pad(unsigned pin, unsigned sercom, unsigned pad)
{
    return samd5x_sercom_pad(pin, 2) == (int)(8 * sercom + pad) ||
           samd5x_sercom_pad(pin, 3) == (int)(8 * sercom + pad);
}

static bool has_sercom(unsigned scl, unsigned sda)
{
    for (unsigned i = 0; i < SAMD5X_SERCOMS; i++) {
        if (is_pad(scl, i, 1) && is_pad(sda, i, 0))
            return true;
    }
    return false;
}

/* What the model knows of the pins, from the data sheet; NULL: they can not serve. */
static const struct i2ctarget_capabilities *expected_for(unsigned scl, unsigned sda)
{
    int scl_line = samd5x_extint(scl), sda_line = samd5x_extint(sda);
    if (has_sercom(scl, sda))
        return &i2ctarget_samd5x_port.capabilities;
    if (scl_line >= 0 && sda_line >= 0 && scl_line != sda_line)
        return &i2ctarget_samd5x_gpio_port.capabilities;
    return NULL;
}

static void every_two_pins_are_served_or_refused(void **state)
{
    unsigned by_sercom = 0, by_processor = 0;
    (void)state;
    for (unsigned scl = 0; scl < SAMD5X_PINS; scl++) {
        for (unsigned sda = 0; sda < SAMD5X_PINS; sda++) {
            const struct i2ctarget_capabilities *expected = expected_for(scl, sda);
            struct i2ctarget target;
            int result = init(&target, &i2ctarget_samd5x_port, scl, sda);
            assert_int_equal(result, expected ? 0 : -I2CTARGET_EINVAL);
            assert_ptr_equal(i2ctarget_get_capabilities(&target), expected);
            by_sercom += expected == &i2ctarget_samd5x_port.capabilities;
            by_processor += expected == &i2ctarget_samd5x_gpio_port.capabilities;
            i2ctarget_deinit(&target);
        }
    }
    assert_true(by_sercom > 60);
    assert_true(by_processor > 7000);
}

static void a_unit_is_refused(void **state)
{
    static const uint8_t addresses[] = {0x40};
    const struct i2ctarget_pin scl = {&i2ctarget_samd5x_port, 1, PA + 19};
    const struct i2ctarget_pin sda = {&i2ctarget_samd5x_port, 0, PA + 18};
    (void)state;
    struct i2ctarget target;
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, addresses, 1, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &sda, &scl, addresses, 1, false), -I2CTARGET_EINVAL);
}

/* Each of the two ways knows what the other one has. */
static void pins_of_a_sercom(void **state)
{
    (void)state;
    struct i2ctarget target, other;
    assert_int_equal(init(&target, &i2ctarget_samd5x_port, PA + 13, PA + 12), 0);
    assert_int_equal(init_gpio(&other, PA + 13, PA + 19), -I2CTARGET_EBUSY);
    assert_int_equal(init_gpio(&other, PA + 19, PA + 12), -I2CTARGET_EBUSY);
    assert_int_equal(init(&other, &i2ctarget_samd5x_port, PA + 19, PA + 12), -I2CTARGET_EBUSY);
    i2ctarget_deinit(&target);
    assert_int_equal(init_gpio(&other, PA + 13, PA + 19), 0);
    assert_int_equal(init(&target, &i2ctarget_samd5x_port, PA + 13, PA + 12), -I2CTARGET_EBUSY);
    struct i2ctarget_samd5x_config config = {0};
    assert_int_equal(i2ctarget_samd5x_configure(&config), -I2CTARGET_EBUSY);
    i2ctarget_deinit(&other);
    assert_int_equal(i2ctarget_samd5x_configure(&config), 0);
}

static void four_targets(void **state)
{
    static const unsigned pairs[][2] = {
        {PA + 2, PA + 3}, {PA + 4, PA + 5}, {PB + 6, PB + 7}, {PC + 10, PC + 11}};
    (void)state;
    struct i2ctarget targets[4], other;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(init_gpio(&targets[i], pairs[i][0], pairs[i][1]), 0);
    assert_int_equal(init_gpio(&other, PA + 14, PA + 15), -I2CTARGET_EBUSY);
    for (unsigned i = 0; i < 4; i++)
        i2ctarget_deinit(&targets[i]);
    assert_int_equal(init_gpio(&other, PA + 14, PA + 15), 0);
    i2ctarget_deinit(&other);
}

/* The clock goes on for the target that is left, whichever port it is of. */
static void the_clock_outlives_the_other_port(void **state)
{
    (void)state;
    struct i2ctarget target, other;
    struct i2ctarget_request request;
    assert_int_equal(init(&target, &i2ctarget_samd5x_port, PA + 13, PA + 12), 0);
    assert_int_equal(init_gpio(&other, PA + 19, PA + 18), 0);
    i2ctarget_deinit(&target);
    uint64_t before_ns = rig_now_ns(&rig);
    assert_int_equal(i2ctarget_next_request(&other, &request, 500), -I2CTARGET_ETIMEDOUT);
    assert_true(rig_now_ns(&rig) - before_ns >= 500000);
    assert_int_equal(init(&target, &i2ctarget_samd5x_port, PA + 13, PA + 12), 0);
    i2ctarget_deinit(&other);
    before_ns = rig_now_ns(&rig);
    assert_int_equal(i2ctarget_next_request(&target, &request, 500), -I2CTARGET_ETIMEDOUT);
    assert_true(rig_now_ns(&rig) - before_ns >= 500000);
    i2ctarget_deinit(&target);
}

/* ---- both ways at once ------------------------------------------------------------------------ */

enum { OF_SERCOM = 0x40, OF_PROCESSOR = 0x20, SCL_PIN = PA + 19, SDA_PIN = PA + 18 };

static struct samd5x_tap tap;
static struct i2ctarget by_sercom, by_processor;
static struct probe_device devices[2];

static void on_eic_irq(void *owner)
{
    (void)owner;
    i2ctarget_samd5x_eic_irq();
}

static void serve(struct i2ctarget *target, struct probe_device *device, unsigned scl, unsigned sda,
                  uint8_t address)
{
    const struct i2ctarget_pin scl_pin = {&i2ctarget_samd5x_port, 0, (uint16_t)scl};
    const struct i2ctarget_pin sda_pin = {&i2ctarget_samd5x_port, 0, (uint16_t)sda};
    probe_device_init(device);
    assert_int_equal(i2ctarget_init(target, &scl_pin, &sda_pin, &address, 1, false), 0);
    assert_int_equal(i2ctarget_attach(target, address, &device->device), 0);
}

/* The pins of both are on one bus. */
static int open_both(void **state)
{
    (void)state;
    kind = rig_kind_named("samd5x_100k");
    assert_non_null(kind);
    rig_open(&rig, kind);
    struct samd5x *chip = rig_samd5x_chip(&rig);
    samd5x_connect(chip, &tap, SCL_PIN, SDA_PIN);
    processor_on_irq(&chip->processor, SAMD5X_IRQ_EXTINT0 + 2, on_eic_irq, NULL);
    processor_on_irq(&chip->processor, SAMD5X_IRQ_EXTINT0 + 3, on_eic_irq, NULL);
    serve(&by_sercom, &devices[0], PA + 13, PA + 12, OF_SERCOM);
    serve(&by_processor, &devices[1], SCL_PIN, SDA_PIN, OF_PROCESSOR);
    return 0;
}

static int close_both(void **state)
{
    i2ctarget_deinit(&by_sercom);
    i2ctarget_deinit(&by_processor);
    return tear_down(state);
}

static void play(const char *script)
{
    rig_play(&rig, script);
    rig_finish_play(&rig, NULL);
    rig_pass_ns(&rig, 100000);
}

static void two_targets_each_in_its_way(void **state)
{
    (void)state;
    assert_ptr_equal(i2ctarget_get_capabilities(&by_sercom), &i2ctarget_samd5x_port.capabilities);
    assert_ptr_equal(i2ctarget_get_capabilities(&by_processor),
                     &i2ctarget_samd5x_gpio_port.capabilities);
    for (unsigned round = 0; round < 3; round++)
        play(
            "S 80 A 10 A 55 A P W100 S 40 A 20 A 66 A P W100 S 40 A 20 A S 41 A 66 n P W100 S 7E N P");
    assert_int_equal(devices[0].memory[0x10], 0x55);
    assert_int_equal(devices[1].memory[0x20], 0x66);
    assert_int_equal(devices[0].addressed, 3);
    assert_int_equal(devices[1].addressed, 9);
}

static void one_way_goes_on_when_the_other_ends(void **state)
{
    struct i2ctarget_samd5x_config config = {.timer = I2CTARGET_SAMD5X_TC0};
    (void)state;
    i2ctarget_deinit(&by_sercom);
    play("S 80 N P W100 S 40 A 20 A 77 A P");
    assert_int_equal(devices[1].memory[0x20], 0x77);
    assert_int_equal(i2ctarget_samd5x_configure(&config), -I2CTARGET_EBUSY);
    serve(&by_sercom, &devices[0], PA + 13, PA + 12, OF_SERCOM);
    i2ctarget_deinit(&by_processor);
    play("S 40 N P W100 S 80 A 10 A 88 A P");
    assert_int_equal(devices[0].memory[0x10], 0x88);
    i2ctarget_deinit(&by_sercom);
    assert_int_equal(i2ctarget_samd5x_configure(&config), 0);
}

/*
 * While another target is opened, the EIC is off for a moment.  A START just then is not lost.  (The
 * first bit is 0: no edge of SDA follows that would tell of it.)
 */
static void a_start_while_another_target_is_opened(void **state)
{
    enum { STEP_NS = 40, TRIES = 300 };
    (void)state;
    for (unsigned i = 0; i < TRIES; i++) {
        struct i2ctarget other;
        rig_samd5x_chip(&rig)->readings.eic_begins_low = i % 2;
        rig_play(&rig, "S 40 A 20 A 11 A P");
        rig_pass_ns(&rig, i * STEP_NS);
        assert_int_equal(init_gpio(&other, PB + 6, PB + 7), 0);
        rig_finish_play(&rig, NULL);
        i2ctarget_deinit(&other);
        rig_pass_ns(&rig, 100000);
        assert_int_equal(devices[1].addressed, i + 1);
        assert_int_equal(devices[1].ended, i + 1);
        assert_int_equal(devices[1].restarts, 0);
    }
}

/* ---- clocks that do not run ------------------------------------------------------------------- */

enum { GENEN = 1 << 8, FROM_GENERATOR_1 = 3, FROM_XOSC32K = 5, FROM_DPLL1 = 8 };

/* What i2ctarget_init() says if this generator is as told; afterwards it is as before. */
static int init_with(unsigned generator, uint32_t genctrl, unsigned scl, unsigned sda, bool smbus)
{
    static const uint8_t addresses[] = {0x40};
    struct samd5x *chip = rig_samd5x_chip(&rig);
    const struct i2ctarget_pin scl_pin = {&i2ctarget_samd5x_port, 0, (uint16_t)scl};
    const struct i2ctarget_pin sda_pin = {&i2ctarget_samd5x_port, 0, (uint16_t)sda};
    struct i2ctarget target;
    uint32_t before = chip->clocks.genctrl[generator];
    chip->clocks.genctrl[generator] = genctrl;
    int result = i2ctarget_init(&target, &scl_pin, &sda_pin, addresses, 1, smbus);
    chip->clocks.genctrl[generator] = before;
    i2ctarget_deinit(&target);
    return result;
}

/* No wait is begun that nothing ends. */
static void a_generator_that_does_not_run_is_an_error(void **state)
{
    static const uint32_t dead[] = {0, FROM_GENERATOR_1, GENEN | FROM_DPLL1, GENEN | FROM_XOSC32K,
                                    GENEN | 9};
    (void)state;
    i2ctarget_deinit(&by_sercom);
    i2ctarget_deinit(&by_processor);
    for (size_t i = 0; i < sizeof dead / sizeof *dead; i++) {
        assert_int_equal(init_with(1, dead[i], PA + 13, PA + 12, false), -I2CTARGET_EINVAL);
        assert_int_equal(init_with(1, dead[i], SCL_PIN, SDA_PIN, false), -I2CTARGET_EINVAL);
        assert_int_equal(init_with(3, dead[i], PA + 13, PA + 12, true), -I2CTARGET_EINVAL);
        assert_int_equal(init_with(3, dead[i], PA + 13, PA + 12, false), 0);
        assert_int_equal(init_with(3, dead[i], SCL_PIN, SDA_PIN, true), 0);
    }
    assert_int_equal(init_with(1, GENEN | FROM_GENERATOR_1, PA + 13, PA + 12, false),
                     -I2CTARGET_EINVAL);
    assert_int_equal(init_with(3, 1464u << 16 | GENEN | FROM_GENERATOR_1, PA + 13, PA + 12, true),
                     0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pin_has_its_extint),
        TEST(pins_that_cannot_serve),
        TEST(pins_in_use),
        TEST(every_two_pins_are_served_or_refused),
        TEST(a_unit_is_refused),
        TEST(pins_of_a_sercom),
        TEST(four_targets),
        TEST(the_clock_outlives_the_other_port),
        cmocka_unit_test_setup_teardown(two_targets_each_in_its_way, open_both, close_both),
        cmocka_unit_test_setup_teardown(one_way_goes_on_when_the_other_ends, open_both, close_both),
        cmocka_unit_test_setup_teardown(a_start_while_another_target_is_opened, open_both,
                                        close_both),
        cmocka_unit_test_setup_teardown(a_generator_that_does_not_run_is_an_error, open_both,
                                        close_both),
    };
    return cmocka_run_group_tests_name("samd5x_gpio", tests, NULL, NULL);
}
