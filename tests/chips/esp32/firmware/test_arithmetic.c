/* SPDX-License-Identifier: MIT */
/* firmware/xtensa/arithmetic.c against this machine's own arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define __udivsi3 firmware_udivsi3
#define __umodsi3 firmware_umodsi3
#define __divsi3 firmware_divsi3
#define __modsi3 firmware_modsi3
#define __muldi3 firmware_muldi3
#define __udivdi3 firmware_udivdi3
#define __umoddi3 firmware_umoddi3
#define __divdi3 firmware_divdi3
#define __moddi3 firmware_moddi3
#include "firmware/xtensa/arithmetic.c"

/* Around each power of two, where carries and signs change. */
enum { NEAR = 3 };

static unsigned fill(uint64_t *numbers, unsigned width)
{
    unsigned count = 0;
    for (unsigned bit = 0; bit <= width; bit++) {
        uint64_t power = bit < 64 ? UINT64_C(1) << bit : 0;
        for (uint64_t near = 0; near < NEAR; near++)
            numbers[count++] = power + near - NEAR / 2;
    }
    for (uint64_t random = 1; count < 64 * NEAR + 64; count++)
        numbers[count] = random = random * UINT64_C(6364136223846793005) + 1;
    return count;
}

static uint64_t numbers[65 * NEAR + 64];

static void judge(uint32_t left, uint32_t right)
{
    assert_int_equal(firmware_udivsi3(left, right), left / right);
    assert_int_equal(firmware_umodsi3(left, right), left % right);
    if (left == UINT32_C(0x80000000) && right == UINT32_MAX)
        return; /* the quotient does not exist */
    assert_int_equal(firmware_divsi3((int32_t)left, (int32_t)right),
                     (int32_t)left / (int32_t)right);
    assert_int_equal(firmware_modsi3((int32_t)left, (int32_t)right),
                     (int32_t)left % (int32_t)right);
}

static void test_words(void **state)
{
    unsigned count = fill(numbers, 32);
    (void)state;
    for (unsigned i = 0; i < count; i++) {
        for (unsigned j = 0; j < count; j++) {
            if ((uint32_t)numbers[j])
                judge((uint32_t)numbers[i], (uint32_t)numbers[j]);
        }
    }
}

static void judge_long(uint64_t left, uint64_t right)
{
    assert_int_equal(firmware_muldi3(left, right), left * right);
    if (right == 0)
        return;
    assert_int_equal(firmware_udivdi3(left, right), left / right);
    assert_int_equal(firmware_umoddi3(left, right), left % right);
    if (left == UINT64_C(1) << 63 && right == UINT64_MAX)
        return; /* the quotient does not exist */
    assert_int_equal(firmware_divdi3((int64_t)left, (int64_t)right),
                     (int64_t)left / (int64_t)right);
    assert_int_equal(firmware_moddi3((int64_t)left, (int64_t)right),
                     (int64_t)left % (int64_t)right);
}

static void test_long_words(void **state)
{
    unsigned count = fill(numbers, 64);
    (void)state;
    for (unsigned i = 0; i < count; i++) {
        for (unsigned j = 0; j < count; j++)
            judge_long(numbers[i], numbers[j]);
    }
}

static void test_division_by_zero_ends(void **state)
{
    (void)state;
    assert_int_equal(firmware_udivsi3(5, 0), UINT32_MAX);
    assert_int_equal(firmware_udivdi3(5, 0), UINT64_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_long_words),
        cmocka_unit_test(test_division_by_zero_ends),
    };
    return cmocka_run_group_tests_name("esp32_arithmetic", tests, NULL, NULL);
}
