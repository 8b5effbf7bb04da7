/* SPDX-License-Identifier: MIT */
/* Numbers as PMBus has them (PMBus 1.3 part II, 7 and 8). */
#include "i2ctarget/devices/pmbus.h"

#define MILLI INT32_C(1000) /* of 32 bits, where an int has 16, too */

/* The exponent is as small as the 11 bits of the mantissa allow. */
uint16_t i2ctarget_pmbus_linear11(int32_t thousandths)
{
    enum { EXPONENT_MIN = -16, EXPONENT_MAX = 15 };
    const uint32_t too_much = (uint32_t)(1023 * MILLI + MILLI / 2); /* it rounds to 1024 */
    int exponent = 0;
    bool is_negative = thousandths < 0;
    uint32_t value = is_negative ? 0u - (uint32_t)thousandths : (uint32_t)thousandths;
    while (value && value < too_much / 2 && exponent > EXPONENT_MIN) {
        value *= 2;
        exponent--;
    }
    while (value >= too_much && exponent < EXPONENT_MAX) {
        value = (value + 1) / 2;
        exponent++;
    }
    uint32_t mantissa = (value + MILLI / 2) / (uint32_t)MILLI;
    mantissa = is_negative ? 0u - mantissa : mantissa;
    return (uint16_t)((uint32_t)exponent << 11 | (mantissa & 0x7FF));
}

int32_t i2ctarget_pmbus_from_linear11(uint16_t word)
{
    int32_t mantissa = (int32_t)(word & 0x7FF) - (word & 0x400 ? 0x800 : 0);
    int exponent = (int)(word >> 11) - (word & 0x8000 ? 32 : 0);
    int32_t value = mantissa * MILLI;
    for (; exponent < 0; exponent++)
        value /= 2;
    for (; exponent > 0 && value < INT32_MAX / 2 && value > INT32_MIN / 2; exponent--)
        value *= 2;
    return value;
}

uint16_t i2ctarget_pmbus_linear16(int32_t mv)
{
    uint32_t value =
        mv > 0 ? ((uint32_t)mv * (1u << I2CTARGET_PMBUS_VOUT_SHIFT) + MILLI / 2) / (uint32_t)MILLI
               : 0;
    return value > 0xFFFF ? 0xFFFF : (uint16_t)value;
}

int32_t i2ctarget_pmbus_from_linear16(uint16_t word)
{
    return (int32_t)((word * (uint32_t)MILLI + (1u << (I2CTARGET_PMBUS_VOUT_SHIFT - 1))) >>
                     I2CTARGET_PMBUS_VOUT_SHIFT);
}
