/* SPDX-License-Identifier: MIT */
/* Lines on standard input, in whatever pieces they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/devices/console.h"

static struct console console;
static int writer;
static char taken[4096]; /* the lines, each with a '|' behind it; "(long)" */

static void take(char *line, void *context)
{
    char *to = context;
    snprintf(to + strlen(to), sizeof taken - strlen(to), "%s|", line ? line : "(long)");
}

static int set_up(void **state)
{
    int ends[2];
    (void)state;
    console = (struct console){0};
    taken[0] = '\0';
    if (pipe(ends) != 0 || dup2(ends[0], STDIN_FILENO) < 0)
        return -1;
    writer = ends[1];
    return close(ends[0]);
}

static int tear_down(void **state)
{
    (void)state;
    close(writer);
    return 0;
}

static void say(const char *text, const char *expected)
{
    taken[0] = '\0';
    assert_int_equal(write(writer, text, strlen(text)), strlen(text));
    console_read(&console, take, taken);
    assert_string_equal(taken, expected);
    assert_true(console_is_ours(&console));
}

static void lines_in_pieces(void **state)
{
    (void)state;
    say("one\n", "one|");
    say("t", "");
    say("w", "");
    say("o\nthr", "two|");
    say("ee\n\nfour\n", "three||four|");
}

static void the_last_line_may_be_without_an_end(void **state)
{
    (void)state;
    say("one\ntwo", "one|");
    close(writer);
    console_read(&console, take, taken);
    assert_string_equal(taken, "one|two|");
    assert_false(console_is_ours(&console));
    console_read(&console, take, taken);
    assert_string_equal(taken, "one|two|"); /* once */
}

static void the_end_alone_is_no_line(void **state)
{
    (void)state;
    say("one\n", "one|");
    close(writer);
    console_read(&console, take, taken);
    assert_string_equal(taken, "one|");
    assert_false(console_is_ours(&console));
}

static void lines_that_are_too_long(void **state)
{
    char text[2 * sizeof console.line];
    (void)state;
    for (size_t length = sizeof console.line - 2; length <= sizeof console.line + 1; length++) {
        memset(text, 'x', length);
        strcpy(text + length, "\n");
        if (length < sizeof console.line) {
            char expected[sizeof text];
            snprintf(expected, sizeof expected, "%.*s|", (int)length, text);
            say(text, expected);
        } else {
            say(text, "(long)|");
        }
        say("next\n", "next|"); /* it starts anew */
    }
}

/* Somebody else may have read what was there; that is no end. */
static void nothing_there(void **state)
{
    (void)state;
    assert_int_equal(fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK), 0);
    console_read(&console, take, taken);
    assert_true(console_is_ours(&console));
    say("one\n", "one|");
    close(STDIN_FILENO);
    console_read(&console, take, taken);
    assert_false(console_is_ours(&console));
}

#define CONSOLE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TEST(lines_in_pieces),
        CONSOLE_TEST(the_last_line_may_be_without_an_end),
        CONSOLE_TEST(the_end_alone_is_no_line),
        CONSOLE_TEST(lines_that_are_too_long),
        CONSOLE_TEST(nothing_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
