/* SPDX-License-Identifier: MIT */
/* Texts that are joined without stdio, up to the last byte of their room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <string.h>

#include "link/text.h"

static void numbers(void **state)
{
    static const struct {
        unsigned number;
        const char *text;
    } rows[] = {{0, "0"},
                {9, "9"},
                {10, "10"},
                {65535, "65535"},
                {1000000000, "1000000000"},
                {UINT_MAX, "4294967295"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[TEXT_NUMBER_SIZE];
        assert_ptr_equal(i2ctarget_text_number(text, rows[i].number), text);
        assert_string_equal(text, rows[i].text);
    }
}

static void parts_fit_or_nothing_does(void **state)
{
    static const char *const parts[] = {"ab", "", "cde", "f", NULL}, *const none[] = {NULL};
    (void)state;
    for (size_t size = 1; size <= 10; size++) {
        char text[12];
        memset(text, '#', sizeof text);
        assert_int_equal(i2ctarget_text_join(text, size, parts), size > strlen("abcdef"));
        assert_string_equal(text, size > strlen("abcdef") ? "abcdef" : "");
        for (size_t i = size; i < sizeof text; i++)
            assert_int_equal(text[i], '#');
    }
    char text[1] = {'#'};
    assert_true(i2ctarget_text_join(text, sizeof text, none));
    assert_int_equal(text[0], '\0');
}

static void paths(void **state)
{
    char path[sizeof "/tmp/bus-65535"];
    (void)state;
    assert_true(i2ctarget_text_path(path, sizeof path, "/tmp", "bus", 65535));
    assert_string_equal(path, "/tmp/bus-65535");
    assert_true(i2ctarget_text_path(path, sizeof path, "/tmp", "i2c", 0));
    assert_string_equal(path, "/tmp/i2c-0");
    assert_false(i2ctarget_text_path(path, sizeof path - 1, "/tmp", "bus", 65535));
    assert_string_equal(path, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(parts_fit_or_nothing_does),
        cmocka_unit_test(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
