/* SPDX-License-Identifier: MIT */
/* Who is visited, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "bus/visits.h"

enum { MEMBERS = 5 };

static struct visits visits;
static struct visit members[MEMBERS];
static char names[MEMBERS][2] = {"a", "b", "c", "d", "e"};

static int enter_all(void **state)
{
    (void)state;
    visits = (struct visits){0};
    for (int i = 0; i < MEMBERS; i++)
        visits_enter(&visits, &members[i], names[i]);
    return 0;
}

static void check_due(const char *expected)
{
    char due[MEMBERS + 1] = "";
    for (const struct visit *visit = visits.first; visit; visit = visit->next)
        strcat(due, visit->owner);
    assert_string_equal(due, expected);
}

static void call(const char *who)
{
    for (; *who; who++)
        visits_call(&visits, &members[*who - 'a']);
}

static void dismiss(const char *who)
{
    for (; *who; who++)
        visits_dismiss(&visits, &members[*who - 'a']);
}

static void nobody_is_due_at_first(void **state)
{
    (void)state;
    check_due("");
}

static void the_newest_comes_first(void **state)
{
    (void)state;
    call("bda");
    check_due("dba");
    call("ce");
    check_due("edcba");
}

static void a_second_call_changes_nothing(void **state)
{
    (void)state;
    call("bdbd");
    check_due("db");
}

static void who_is_dismissed_may_be_called_again(void **state)
{
    (void)state;
    call("abcde");
    dismiss("ec");
    check_due("dba");
    dismiss("a");
    check_due("db");
    call("ae");
    check_due("edba");
}

static void who_is_not_due_can_be_dismissed(void **state)
{
    (void)state;
    call("d");
    dismiss("ace");
    check_due("d");
}

/* Who is called during a round is visited in it, if its turn is still to come. */
static void a_round_goes_on_over_changes(void **state)
{
    (void)state;
    char visited[MEMBERS + 1] = "";
    struct visit *next;
    call("db");
    for (struct visit *visit = visits.first; visit; visit = next) {
        strcat(visited, visit->owner);
        if (visit == &members[3])
            call("ec");
        next = visit->next;
        visits_dismiss(&visits, visit);
    }
    assert_string_equal(visited, "dcb");
    check_due("e");
}

#define VISITS_TEST(test) cmocka_unit_test_setup(test, enter_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISITS_TEST(nobody_is_due_at_first),
        VISITS_TEST(the_newest_comes_first),
        VISITS_TEST(a_second_call_changes_nothing),
        VISITS_TEST(who_is_dismissed_may_be_called_again),
        VISITS_TEST(who_is_not_due_can_be_dismissed),
        VISITS_TEST(a_round_goes_on_over_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
