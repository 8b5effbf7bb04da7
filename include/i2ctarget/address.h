/* SPDX-License-Identifier: MIT */
/*
 * Addresses, and sets of them.
 *
 * An address is a uint16_t everywhere: 0x00-0x7F is a 7-bit one, and nothing else is offered yet.
 * The type leaves room for ten-bit addresses.  They will be a member of the set beside `bits`, so
 * use the functions below and not the member.
 */
#ifndef I2CTARGET_ADDRESS_H
#define I2CTARGET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define I2CTARGET_ADDRESS_MAX 0x7F
#define I2CTARGET_ADDRESS_COUNT_MAX 128

#define I2CTARGET_ADDRESS_WORDS 4

/* All zero: the empty set. */
struct i2ctarget_address_set {
    uint32_t bits[I2CTARGET_ADDRESS_WORDS]; /* address a: bit a % 32 of word a / 32 */
};

/* In all of them: `address` is 0..I2CTARGET_ADDRESS_MAX, which the caller has checked. */

static inline bool i2ctarget_address_set_has(const struct i2ctarget_address_set *set,
                                             uint16_t address)
{
    return (set->bits[(address >> 5) & 3] >> (address & 31)) & 1;
}

static inline void i2ctarget_address_set_add(struct i2ctarget_address_set *set, uint16_t address)
{
    set->bits[(address >> 5) & 3] |= UINT32_C(1) << (address & 31);
}

static inline void i2ctarget_address_set_remove(struct i2ctarget_address_set *set, uint16_t address)
{
    set->bits[(address >> 5) & 3] &= ~(UINT32_C(1) << (address & 31));
}

static inline bool i2ctarget_address_set_is_empty(const struct i2ctarget_address_set *set)
{
    return !(set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]);
}

static inline unsigned i2ctarget_address_set_count(const struct i2ctarget_address_set *set)
{
    unsigned count = 0;
    for (uint16_t address = 0; address <= I2CTARGET_ADDRESS_MAX; address++)
        count += i2ctarget_address_set_has(set, address);
    return count;
}

/* All of `more`, too. */
static inline void i2ctarget_address_set_merge(struct i2ctarget_address_set *set,
                                               const struct i2ctarget_address_set *more)
{
    for (unsigned i = 0; i < I2CTARGET_ADDRESS_WORDS; i++)
        set->bits[i] |= more->bits[i];
}

/* Is this address byte for us?  0x01, the START byte, never is (UM10204 §3.1.15). */
static inline bool i2ctarget_address_set_serves(const struct i2ctarget_address_set *set,
                                                uint16_t address, bool is_read)
{
    return i2ctarget_address_set_has(set, address) && !(address == 0 && is_read);
}

#ifdef __cplusplus
}
#endif
#endif
