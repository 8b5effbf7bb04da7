/* SPDX-License-Identifier: MIT */
/* Numbers as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/devices/numbers.h"

static void decimals(void **state)
{
    static const struct {
        const char *text;
        long thousandths;
    } rows[] = {
        {"0", 0},          {"1", 1000},    {"25", 25000},   {"-55", -55000},
        {"1.5", 1500},     {"1.05", 1050}, {"1.005", 1005}, {"-1.005", -1005},
        {"-0.5", -500},    {"007", 7000},  {"0.000", 0},    {"123456789012", 123456789012000},
        {"12.340", 12340}, {"-0", 0},      {"9.999", 9999},
    };
    static const char *const wrong[] = {
        "",     "-",    ".",   ".5",    "5.",     "-.5",    "+1",
        " 1",   "1 ",   "1x",  "1.x",   "1.5x",   "1,5",    "--1",
        "1.-5", "0x10", "1e3", "1.2.3", "1.0001", "1.0000", "1234567890123"};
    const long most = 1000000000000000;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        long value = 4711;
        assert_true(numbers_decimal(rows[i].text, 1000, -most, most, &value));
        assert_int_equal(value, rows[i].thousandths);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        long value;
        if (numbers_decimal(wrong[i], 1000, -most, most, &value))
            fail_msg("\"%s\" is taken for %ld", wrong[i], value);
    }
}

static void limits_of_decimals(void **state)
{
    long value;
    (void)state;
    assert_true(numbers_decimal("-1.5", 10, -15, 25, &value));
    assert_false(numbers_decimal("-1.6", 10, -15, 25, &value));
    assert_true(numbers_decimal("2.5", 10, -15, 25, &value));
    assert_false(numbers_decimal("2.6", 10, -15, 25, &value));
    assert_true(numbers_decimal("3", 1, 3, 3, &value)); /* whole numbers: a scale of 1 */
    assert_int_equal(value, 3);
    assert_false(numbers_decimal("3.0", 1, 3, 3, &value));
}

static void whole_numbers(void **state)
{
    static const struct {
        const char *text;
        unsigned long value;
    } rows[] = {{"0", 0},     {"10", 10},    {"010", 10},  {"0x10", 16},
                {"0X1f", 31}, {"0xFf", 255}, {"255", 255}, {"00", 0}};
    static const char *const wrong[] = {"",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "x10",
                                        "1x",
                                        "0x1g",
                                        "ff",
                                        "256",
                                        "0x100",
                                        "1.0",
                                        "99999999999999999999",
                                        "0xfffffffffffffffff"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned long value = 4711;
        assert_true(numbers_whole(rows[i].text, 0, 255, &value));
        assert_int_equal(value, rows[i].value);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        unsigned long value;
        if (numbers_whole(wrong[i], 0, 255, &value))
            fail_msg("\"%s\" is taken for %lu", wrong[i], value);
    }
    unsigned long value;
    assert_false(numbers_whole("7", 8, 119, &value));
    assert_true(numbers_whole("8", 8, 119, &value));
    assert_true(numbers_whole("119", 8, 119, &value));
    assert_false(numbers_whole("120", 8, 119, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals),
        cmocka_unit_test(limits_of_decimals),
        cmocka_unit_test(whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
