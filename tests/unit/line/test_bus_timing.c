/* SPDX-License-Identifier: MIT */
/* The table of times against the numbers of UM10204 Rev. 7, Table 10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "line/bus_timing.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct bus_timing table[] = {
    {100000, 4700, 4000, 4000, 4700, 4000, 4700, 250, 3450},
    {400000, 1300, 600, 600, 600, 600, 1300, 100, 900},
    {1000000, 500, 260, 260, 260, 260, 500, 50, 450},
};

static void expect_mode(uint32_t scl_hz, const struct bus_timing *expected)
{
    const struct bus_timing *timing = i2ctarget_bus_timing_for(scl_hz);
    assert_int_equal(timing->scl_hz_max, expected->scl_hz_max);
    assert_int_equal(timing->low_ns, expected->low_ns);
    assert_int_equal(timing->high_ns, expected->high_ns);
    assert_int_equal(timing->start_hold_ns, expected->start_hold_ns);
    assert_int_equal(timing->restart_setup_ns, expected->restart_setup_ns);
    assert_int_equal(timing->stop_setup_ns, expected->stop_setup_ns);
    assert_int_equal(timing->free_ns, expected->free_ns);
    assert_int_equal(timing->data_setup_ns, expected->data_setup_ns);
    assert_int_equal(timing->data_valid_ns, expected->data_valid_ns);
}

/* A mode serves every speed up to its own.  Above that the next mode is used. */
static void times_are_those_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        expect_mode(i == 0 ? 1 : table[i - 1].scl_hz_max + 1, &table[i]);
        expect_mode(table[i].scl_hz_max, &table[i]);
    }
    expect_mode(UINT32_MAX, &table[COUNT(table) - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_those_of_the_table),
    };
    return cmocka_run_group_tests_name("bus_timing", tests, NULL, NULL);
}
