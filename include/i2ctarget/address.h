/* SPDX-License-Identifier: MIT */
/*
 * Addresses, and sets of them.
 *
 * An address is a uint16_t.  Only 7-bit addresses, 0x00-0x7F, are offered so far.  The type leaves
 * room for 10-bit addresses: these will be a second member of the set, beside `bits`.  So use the
 * functions below, not the member.
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

/* In all these functions the caller has checked that `address` is 0..I2CTARGET_ADDRESS_MAX. */

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

/* Add all addresses of `more`. */
static inline void i2ctarget_address_set_merge(struct i2ctarget_address_set *set,
                                               const struct i2ctarget_address_set *more)
{
    for (unsigned i = 0; i < I2CTARGET_ADDRESS_WORDS; i++)
        set->bits[i] |= more->bits[i];
}

/*
 * Is a message with this address and R/W bit for us?  A read of address 0 never is: its address
 * byte, 0x01, is the START byte (UM10204 §3.1.15).
 */
static inline bool i2ctarget_address_set_serves(const struct i2ctarget_address_set *set,
                                                uint16_t address, bool is_read)
{
    return i2ctarget_address_set_has(set, address) && !(address == 0 && is_read);
}

#ifdef __cplusplus
}
#endif
#endif
