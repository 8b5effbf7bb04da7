/* SPDX-License-Identifier: MIT */
/*
 * memcpy() and similar functions of firmware against the C standard: every length, every way to
 * overlap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define memcpy firmware_memcpy
#define memmove firmware_memmove
#define memset firmware_memset
#define memcmp firmware_memcmp
void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *left, const void *right, size_t count);
#include "firmware/libc/memory.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp

enum { SIZE = 24, PLACES = 12 };

static uint8_t room[SIZE], wanted[SIZE];

static void fill(void)
{
    for (unsigned i = 0; i < SIZE; i++)
        room[i] = wanted[i] = (uint8_t)(i + 1);
}

static void test_copies_and_fills(void **state)
{
    static const uint8_t from[PLACES] = {0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6};
    (void)state;
    for (size_t count = 0; count <= PLACES; count++) {
        fill();
        for (size_t i = 0; i < count; i++)
            wanted[3 + i] = from[i];
        assert_ptr_equal(firmware_memcpy(room + 3, from, count), room + 3);
        assert_memory_equal(room, wanted, SIZE);
        for (size_t i = 0; i < count; i++)
            wanted[3 + i] = 0x5A;
        assert_ptr_equal(firmware_memset(room + 3, 0x125A, count), room + 3);
        assert_memory_equal(room, wanted, SIZE);
    }
}

static void test_moves_over_itself(void **state)
{
    (void)state;
    for (size_t from = 0; from < PLACES; from++) {
        for (size_t to = 0; to < PLACES; to++) {
            for (size_t count = 0; count <= PLACES; count++) {
                fill();
                for (size_t i = 0; i < count; i++)
                    wanted[to + i] = (uint8_t)(from + i + 1);
                assert_ptr_equal(firmware_memmove(room + to, room + from, count), room + to);
                assert_memory_equal(room, wanted, SIZE);
            }
        }
    }
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void test_compares(void **state)
{
    static const uint8_t left[] = {1, 2, 0x80, 4}, right[] = {1, 2, 0x7F, 9};
    (void)state;
    for (size_t count = 0; count <= sizeof left; count++) {
        int order = count > 2;

        assert_int_equal(sign(firmware_memcmp(left, right, count)), order);
        assert_int_equal(sign(firmware_memcmp(right, left, count)), -order);
        assert_int_equal(firmware_memcmp(left, left, count), 0);
    }
    assert_int_equal(sign(firmware_memcmp(left + 3, right + 3, 1)), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_and_fills),
        cmocka_unit_test(test_moves_over_itself),
        cmocka_unit_test(test_compares),
    };
    return cmocka_run_group_tests_name("firmware_libc", tests, NULL, NULL);
}
