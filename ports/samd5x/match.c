/* SPDX-License-Identifier: MIT */
#include "samd5x/match.h"

#include "samd5x/regs.h"

static struct match match_of(uint32_t mode, unsigned address, unsigned mask, uint32_t general_call)
{
    return (struct match){mode, general_call | (uint32_t)address << ADDR_ADDR_LSB |
                                    (uint32_t)mask << ADDR_MASK_LSB};
}

struct match i2ctarget_samd5x_match_all(void)
{
    return match_of(CTRLB_AMODE_MASK, 0, I2CTARGET_ADDRESS_MAX, ADDR_GENCEN);
}

/* How many addresses a mask lets through. */
static unsigned size_of_mask(unsigned mask)
{
    unsigned size = 1;
    for (; mask; mask &= mask - 1)
        size *= 2;
    return size;
}

/* What the set has besides the general call, which has a bit of its own. */
struct extent {
    unsigned count, low, high;
    unsigned ones, zeros; /* the bits that are 1, and those that are 0, in any of them */
};

static struct extent extent_of(const struct i2ctarget_address_set *addresses)
{
    struct extent extent = {0};
    for (unsigned address = 1; address <= I2CTARGET_ADDRESS_MAX; address++) {
        if (!i2ctarget_address_set_has(addresses, (uint16_t)address))
            continue;
        if (extent.count++ == 0)
            extent.low = address;
        extent.high = address;
        extent.ones |= address;
        extent.zeros |= ~address & I2CTARGET_ADDRESS_MAX;
    }
    return extent;
}

struct match i2ctarget_samd5x_match_for(const struct i2ctarget_address_set *addresses)
{
    uint32_t general_call = i2ctarget_address_set_has(addresses, 0) ? ADDR_GENCEN : 0;
    struct extent extent = extent_of(addresses);
    if (extent.count == 2)
        return match_of(CTRLB_AMODE_TWO, extent.low, extent.high, general_call);
    unsigned mask = extent.ones & extent.zeros;
    if (size_of_mask(mask) <= extent.high - extent.low + 1)
        return match_of(CTRLB_AMODE_MASK, extent.low & ~mask, mask, general_call);
    return match_of(CTRLB_AMODE_RANGE, extent.high, extent.low, general_call);
}

static bool has(const struct match *match, unsigned address)
{
    unsigned first = match->address >> ADDR_ADDR_LSB & I2CTARGET_ADDRESS_MAX;
    unsigned second = match->address >> ADDR_MASK_LSB & I2CTARGET_ADDRESS_MAX;
    if (address == 0 && match->address & ADDR_GENCEN)
        return true;
    if (match->mode == CTRLB_AMODE_TWO)
        return address == first || address == second;
    if (match->mode == CTRLB_AMODE_RANGE)
        return address >= second && address <= first;
    return ((address ^ first) & ~second) == 0;
}

bool i2ctarget_samd5x_match_has(const struct match *match,
                                const struct i2ctarget_address_set *addresses)
{
    for (unsigned address = 0; address <= I2CTARGET_ADDRESS_MAX; address++) {
        if (i2ctarget_address_set_has(addresses, (uint16_t)address) && !has(match, address))
            return false;
    }
    return true;
}
