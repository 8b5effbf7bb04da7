/* SPDX-License-Identifier: MIT */
#include "common/arguments.h"

#include <math.h>

#define LONGEST_S 1e12 /* 30000 years; anything longer means for ever */

bool i2ctarget_timeout_from_seconds(double seconds, int64_t *timeout_us)
{
    if (!isfinite(seconds))
        return false;
    if (seconds < 0)
        *timeout_us = -1;
    else if (seconds >= LONGEST_S)
        *timeout_us = 0;
    else
        *timeout_us = (int64_t)ceil(seconds * 1e6);
    return true;
}

size_t i2ctarget_list_addresses(const struct i2ctarget_address_set *set,
                                uint8_t list[I2CTARGET_ADDRESS_COUNT_MAX])
{
    size_t count = 0;
    for (uint8_t i = 0; i <= I2CTARGET_ADDRESS_MAX; i++) {
        if (i2ctarget_address_set_has(set, i))
            list[count++] = i;
    }
    return count;
}

const char *i2ctarget_end_name(enum i2ctarget_end end)
{
    static const char *const names[END_COUNT] = {
        [I2CTARGET_OPEN] = "OPEN",
        [I2CTARGET_STOP] = "STOP",
        [I2CTARGET_RESTART] = "RESTART",
        [I2CTARGET_CONTROLLER_NACK] = "CONTROLLER_NACK",
        [I2CTARGET_ARBITRATION_LOST] = "ARBITRATION_LOST",
        [I2CTARGET_TIMEOUT] = "TIMEOUT",
        [I2CTARGET_BUS_ERROR] = "BUS_ERROR",
        [I2CTARGET_PORT_LOST] = "PORT_LOST",
        [I2CTARGET_CLOSED] = "CLOSED",
    };
    return names[end];
}
