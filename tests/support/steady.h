/* SPDX-License-Identifier: MIT */
/*
 * A test that runs again and again, and must leave nothing behind: no descriptor, no memory.
 *
 *     const struct CMUnitTest tests[] = {      not static: the macro's parts live in main()
 *         STEADY_TEST(test_open),              instead of cmocka_unit_test(test_open)
 *
 * The first rounds may: a pool fills, the C library makes its buffers and keeps some memory.  After
 * that each round must end with what the one before had.
 */
#ifndef SUPPORT_STEADY_H
#define SUPPORT_STEADY_H

#include <dirent.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { STEADY_FIRST_ROUNDS = 8, STEADY_ROUNDS = 4, STEADY_LEAST_BYTES = 24 };

struct steady {
    CMUnitTestFunction test;
    CMFixtureFunction set_up, tear_down; /* run in each round; NULL: none */
};

/* How many descriptors are open (including the one that counts them). */
static inline int steady_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static inline void steady_round(const struct steady *steady, void **state)
{
    if (steady->set_up)
        assert_int_equal(steady->set_up(state), 0);
    steady->test(state);
    if (steady->tear_down)
        assert_int_equal(steady->tear_down(state), 0);
}

/* The memory that the heap keeps for speed may vary by less than a smallest leak in each round. */
static inline void steady_run(void **state)
{
    const struct steady *steady = *state;
    size_t bytes, more;
    int descriptors;

    for (int i = 0; i < STEADY_FIRST_ROUNDS; i++)
        steady_round(steady, state);
    descriptors = steady_descriptors();
    bytes = mallinfo2().uordblks;
    for (int i = 0; i < STEADY_ROUNDS; i++)
        steady_round(steady, state);
    more = mallinfo2().uordblks - bytes;
    assert_int_equal(steady_descriptors(), descriptors);
    assert_false(more <= SIZE_MAX / 2 && more >= STEADY_ROUNDS * STEADY_LEAST_BYTES);
}

/* clang-format off */
#define STEADY_TEST_SETUP_TEARDOWN(test, set_up, tear_down) \
    {#test, steady_run, NULL, NULL, &(struct steady){test, set_up, tear_down}}
/* clang-format on */

#define STEADY_TEST(test) STEADY_TEST_SETUP_TEARDOWN(test, NULL, NULL)

#endif
