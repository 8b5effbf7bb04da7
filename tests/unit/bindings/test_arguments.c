/* SPDX-License-Identifier: MIT */
/* Seconds as microseconds, without floating-point arithmetic: exact, and rounded up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "common/arguments.h"

__extension__ typedef unsigned __int128 wide;

static int64_t us_of(double seconds)
{
    int64_t us = 77;
    assert_true(i2ctarget_timeout_from_seconds(seconds, &us));
    return us;
}

static void test_whole_seconds_and_their_parts(void **state)
{
    (void)state;
    assert_int_equal(us_of(1), 1000000);
    assert_int_equal(us_of(0.5), 500000);
    assert_int_equal(us_of(0.25e-6), 1);
    assert_int_equal(us_of(3600), INT64_C(3600000000));
    assert_int_equal(us_of(0x1p-20), 1);
    assert_int_equal(us_of(0x1p-19), 2); /* 1.9 */
}

/* The nearest double to 0.1 is a little more than that. */
static void test_it_is_never_less(void **state)
{
    (void)state;
    assert_int_equal(us_of(0.1), 100001);
    assert_int_equal(us_of(nextafter(1, 2)), 1000001);
    assert_int_equal(us_of(nextafter(1, 0)), 1000000);
    assert_int_equal(us_of((double)0.3f), 300001);
    assert_int_equal(us_of(0x1.21fb85cf6a272p+35), INT64_C(38920793723317277));
    assert_int_equal(us_of(DBL_MIN), 1);
    assert_int_equal(us_of(DBL_MIN / 4), 1); /* denormal */
}

/* The result is compared with that of numbers twice as long. */
static void test_any_number(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 200000; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        int exponent = (int)(random >> 58) - 26;
        double seconds =
            ldexp(1 + (double)(random >> 11 & ((UINT64_C(1) << 52) - 1)) * 0x1p-52, exponent);
        wide fraction = (wide)(uint64_t)ldexp(seconds, 52 - exponent);
        unsigned shift = (unsigned)(52 - exponent);
        wide product = fraction * 1000000;
        wide expected = (product >> shift) + ((product & (((wide)1 << shift) - 1)) != 0);
        assert_int_equal(us_of(seconds), (uint64_t)expected);
    }
}

static void test_for_ever_and_not_at_all(void **state)
{
    (void)state;
    assert_int_equal(us_of(0), 0);
    assert_int_equal(us_of(-0.0), 0);
    assert_int_equal(us_of(-1), -1);
    assert_int_equal(us_of(-DBL_MIN / 4), -1);
    assert_int_equal(us_of(-1e300), -1);
    assert_int_equal(us_of(0x1p40), 0);
    assert_int_equal(us_of(1e300), 0);
    assert_int_equal(us_of(nextafter(0x1p40, 0)), INT64_C(1099511627775999878));
}

static void test_no_number(void **state)
{
    (void)state;
    int64_t us = 77;
    assert_false(i2ctarget_timeout_from_seconds(NAN, &us));
    assert_false(i2ctarget_timeout_from_seconds(INFINITY, &us));
    assert_false(i2ctarget_timeout_from_seconds(-INFINITY, &us));
    assert_int_equal(us, 77);
}

/* Time that passes, and comes to an end. */
static void test_a_span(void **state)
{
    (void)state;
    uint32_t us = 77;
    assert_false(i2ctarget_span_from_seconds(-1, &us));
    assert_false(i2ctarget_span_from_seconds(NAN, &us));
    assert_false(i2ctarget_span_from_seconds(INFINITY, &us));
    assert_false(i2ctarget_span_from_seconds(1e300, &us)); /* for ever, as a time-out */
    assert_false(i2ctarget_span_from_seconds(4294.967296, &us));
    assert_int_equal(us, 77);
    assert_true(i2ctarget_span_from_seconds(4294.967294, &us));
    assert_int_equal(us, UINT32_MAX);
    assert_true(i2ctarget_span_from_seconds(0.005, &us));
    assert_int_equal(us, 5001); /* the nearest double is a little more */
    assert_true(i2ctarget_span_from_seconds(-0.0, &us));
    assert_int_equal(us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_seconds_and_their_parts),
        cmocka_unit_test(test_it_is_never_less),
        cmocka_unit_test(test_any_number),
        cmocka_unit_test(test_for_ever_and_not_at_all),
        cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_a_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
