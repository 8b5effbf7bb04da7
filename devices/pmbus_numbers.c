/* SPDX-License-Identifier: MIT */
/* Numbers as PMBus has them (PMBus 1.3 part II, 7 and 8). */
#include "i2ctarget/devices/pmbus.h"

#define MILLI INT32_C(1000) /* of 32 bits, where an int has 16, too */

/*
 * The exponent is as small as the 11 bits of the mantissa allow: 1023.5 steps round to 1024, which
 * is too much.  The largest argument needs 2^12 for a step.
 */
uint16_t i2ctarget_pmbus_linear11(int32_t thousandths)
{
    enum { EXPONENT_MIN = -16 };
    int exponent = 0;
    bool is_negative = thousandths < 0;
    uint32_t value = is_negative ? 0u - (uint32_t)thousandths : (uint32_t)thousandths;
    uint32_t step = (uint32_t)MILLI; /* of the mantissa, in thousandths */
    for (; value && value < (1023 * step + step / 2) / 2 && exponent > EXPONENT_MIN; exponent--)
        value *= 2;
    for (; value >= 1023 * step + step / 2; exponent++)
        step *= 2;
    uint32_t mantissa = (value + step / 2) / step;
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
    for (; exponent > 0; exponent--) {
        if (value > INT32_MAX / 2 || value < INT32_MIN / 2)
            return value > 0 ? INT32_MAX : INT32_MIN;
        value *= 2;
    }
    return value;
}

uint16_t i2ctarget_pmbus_linear16(int32_t mv)
{
    const uint32_t steps_per_volt = 1u << I2CTARGET_PMBUS_VOUT_SHIFT;
    if (mv <= 0)
        return 0;
    if ((uint32_t)mv > 0xFFFF * (uint32_t)MILLI / steps_per_volt)
        return 0xFFFF;
    return (uint16_t)(((uint32_t)mv * steps_per_volt + MILLI / 2) / (uint32_t)MILLI);
}

int32_t i2ctarget_pmbus_from_linear16(uint16_t word)
{
    return (int32_t)((word * (uint32_t)MILLI + (1u << (I2CTARGET_PMBUS_VOUT_SHIFT - 1))) >>
                     I2CTARGET_PMBUS_VOUT_SHIFT);
}
