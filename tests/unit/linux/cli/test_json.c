/* SPDX-License-Identifier: MIT */
/* Text of others as a string of JSON: whatever bytes it has, the line is well-formed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"

#define UNKNOWN "\\ufffd"

static void expect(const char *text, const char *inside)
{
    char *written;
    size_t size;
    FILE *file = open_memstream(&written, &size);
    json_write(file, text);
    fclose(file);
    assert_in_range(size, 2, SIZE_MAX);
    assert_int_equal(written[0], '"');
    assert_int_equal(written[size - 1], '"');
    written[size - 1] = '\0';
    assert_string_equal(written + 1, inside);
    free(written);
}

static void test_characters(void **state)
{
    (void)state;
    expect("", "");
    expect("bus 1~", "bus 1~");
    expect("a\"b\\c", "a\\\"b\\\\c");
    expect("\x01\n\x1F\x7F", "\\u0001\\u000a\\u001f\\u007f");
}

/* RFC 3629 §4: the first and the last character of each length, and beside the surrogates. */
static void test_well_formed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\xC2\x80",     "\xDF\xBF",     "\xE0\xA0\x80",     "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(texts[i], texts[i]);
}

/* The neighbours of these.  Each byte that belongs to no character stands for itself. */
static void test_ill_formed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned bytes;
    } texts[] = {
        {"\x80", 1},
        {"\xBF", 1},
        {"\xC1\xBF", 2},
        {"\xC2", 1},
        {"\xC2\xC2", 2},
        {"\xE0\x9F\xBF", 3},
        {"\xED\xA0\x80", 3},
        {"\xED\xBF\xBF", 3},
        {"\xE2\x82", 2},
        {"\xF0\x8F\xBF\xBF", 4},
        {"\xF4\x90\x80\x80", 4},
        {"\xF0\x9F\x98", 3},
        {"\xF5\x80\x80\x80", 4},
        {"\xFF", 1},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char inside[64] = "";
        for (unsigned byte = 0; byte < texts[i].bytes; byte++)
            strcat(inside, UNKNOWN);
        expect(texts[i].text, inside);
    }
    expect("\xE2\x82x", UNKNOWN UNKNOWN "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_well_formed),
        cmocka_unit_test(test_ill_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
