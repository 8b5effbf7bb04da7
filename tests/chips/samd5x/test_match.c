/* SPDX-License-Identifier: MIT */
/*
 * What a SERCOM is told to listen to: all of the target's addresses, and as few others as one
 * address, two, a mask or a range can do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "samd5x/match.h"

enum { ALL = 128, MODE_LSB = 14, MASK = 0, TWO = 1, RANGE = 2 };

/* The data sheet's comparison, §36.8.2 and §36.8.9. */
static bool hears(const struct match *match, unsigned address)
{
    unsigned first = match->address >> 1 & 0x7F, second = match->address >> 17 & 0x7F;
    if (address == 0 && match->address & 1)
        return true;
    switch (match->mode >> MODE_LSB) {
    case MASK:
        return (address & ~second) == (first & ~second);
    case TWO:
        return address == first || address == second;
    default:
        return address >= second && address <= first;
    }
}

static unsigned heard_by(const struct match *match)
{
    unsigned count = 0;
    for (unsigned address = 0; address < ALL; address++)
        count += hears(match, address);
    return count;
}

static struct i2ctarget_address_set set_of(const uint8_t *addresses, size_t count)
{
    struct i2ctarget_address_set set = {{0}};
    for (size_t i = 0; i < count; i++)
        i2ctarget_address_set_add(&set, addresses[i]);
    return set;
}

static void expect_all_heard(const struct match *match, const struct i2ctarget_address_set *set)
{
    for (uint16_t address = 0; address < ALL; address++) {
        if (i2ctarget_address_set_has(set, address))
            assert_true(hears(match, address));
    }
    assert_true(i2ctarget_samd5x_match_has(match, set));
}

static struct match expect(const uint8_t *addresses, size_t count, unsigned heard)
{
    struct i2ctarget_address_set set = set_of(addresses, count);
    struct match match = i2ctarget_samd5x_match_for(&set);
    expect_all_heard(&match, &set);
    assert_int_equal(heard_by(&match), heard);
    return match;
}

#define EXPECT(heard, ...) \
    expect((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), heard)

static void few_addresses_are_heard_exactly(void **state)
{
    (void)state;
    for (uint8_t address = 0; address < ALL; address++)
        EXPECT(1, address);
    for (uint8_t address = 1; address < ALL - 1; address++)
        EXPECT(2, address, 0x7F);
    EXPECT(2, 0x00, 0x50); /* the general call has a bit of its own */
    EXPECT(3, 0x00, 0x23, 0x50);
    assert_int_equal(EXPECT(4, 0x50, 0x51, 0x52, 0x53).mode >> MODE_LSB, MASK);
    assert_int_equal(EXPECT(3, 0x4F, 0x50, 0x51).mode >> MODE_LSB, RANGE);
    assert_int_equal(EXPECT(4, 0x10, 0x20, 0x30).mode >> MODE_LSB, MASK);
}

/* The least that a mask, or a range, lets through.  Both have address 0 only by its own bit. */
static unsigned least_of(const struct i2ctarget_address_set *set)
{
    unsigned least = ALL;
    for (unsigned mode = MASK; mode <= RANGE; mode += RANGE) {
        for (uint32_t pair = 0; pair < ALL * ALL; pair++) {
            struct match match = {mode << MODE_LSB, (pair / ALL) << 1 | (pair % ALL) << 17};
            match.address |= i2ctarget_address_set_has(set, 0);
            unsigned heard = heard_by(&match);
            for (uint16_t address = 0; address < ALL && heard < least; address++) {
                if (i2ctarget_address_set_has(set, address) && !hears(&match, address))
                    heard = ALL;
            }
            least = heard < least ? heard : least;
        }
    }
    return least;
}

static void many_addresses_are_heard_with_as_few_others_as_can_be(void **state)
{
    (void)state;
    srand(1);
    for (unsigned run = 0; run < 40; run++) {
        uint8_t addresses[9];
        unsigned count = 3 + (unsigned)rand() % 7;
        unsigned spread = 1u << (2 + (unsigned)rand() % 6);
        for (unsigned i = 0; i < count; i++)
            addresses[i] = (uint8_t)(((unsigned)rand() % spread + 0x28) % ALL);
        struct i2ctarget_address_set set = set_of(addresses, count);
        if (i2ctarget_address_set_count(&set) < 3)
            continue;
        struct match match = i2ctarget_samd5x_match_for(&set);
        expect_all_heard(&match, &set);
        assert_int_equal(heard_by(&match), least_of(&set));
    }
}

static void a_match_does_not_have_what_it_does_not_hear(void **state)
{
    static const uint8_t sets[][4] = {{0x50, 0x50, 0x50, 0x50},
                                      {0x11, 0x51, 0x11, 0x51},
                                      {0x4F, 0x50, 0x51, 0x52},
                                      {0x60, 0x61, 0x62, 0x63},
                                      {0x00, 0x30, 0x30, 0x30}};
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct i2ctarget_address_set set = set_of(sets[i], sizeof sets[i]);
        struct match match = i2ctarget_samd5x_match_for(&set);
        for (uint8_t address = 0; address < ALL; address++) {
            struct i2ctarget_address_set one = set_of(&address, 1);
            assert_int_equal(i2ctarget_samd5x_match_has(&match, &one), hears(&match, address));
        }
    }
    struct match all = i2ctarget_samd5x_match_all();
    assert_int_equal(heard_by(&all), ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_addresses_are_heard_exactly),
        cmocka_unit_test(many_addresses_are_heard_with_as_few_others_as_can_be),
        cmocka_unit_test(a_match_does_not_have_what_it_does_not_hear),
    };
    return cmocka_run_group_tests_name("samd5x_match", tests, NULL, NULL);
}
