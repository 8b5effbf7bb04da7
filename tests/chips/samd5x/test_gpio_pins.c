/* SPDX-License-Identifier: MIT */
/* The second port of SAM D5x/E5x: which pins it takes, and what it leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chips/samd5x/rig.h"
#include "i2ctarget/port.h"

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

/* Each of the two ports knows what the other one has. */
static void pins_of_a_sercom(void **state)
{
    (void)state;
    struct i2ctarget target, other;
    assert_int_equal(init(&target, &i2ctarget_samd5x_port, PA + 13, PA + 12), 0);
    assert_int_equal(init_gpio(&other, PA + 13, PA + 19), -I2CTARGET_EBUSY);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pin_has_its_extint),
        TEST(pins_that_cannot_serve),
        TEST(pins_in_use),
        TEST(pins_of_a_sercom),
        TEST(four_targets),
        TEST(the_clock_outlives_the_other_port),
    };
    return cmocka_run_group_tests_name("samd5x_gpio", tests, NULL, NULL);
}
