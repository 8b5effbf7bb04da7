/* SPDX-License-Identifier: MIT */
/* What i2ctarget_samd5x_configure() has said, for both ports of the chip. */
#ifndef SAMD5X_CONFIG_H
#define SAMD5X_CONFIG_H

#include "i2ctarget/samd5x.h"

enum { SAMD5X_DEFAULT_HZ = 120000000, SAMD5X_DEFAULT_GCLK_48M = 1 };

/* 0 in a member: the default. */
extern struct i2ctarget_samd5x_config i2ctarget_samd5x_configured;

static inline uint32_t i2ctarget_samd5x_cpu_hz(void)
{
    uint32_t hz = i2ctarget_samd5x_configured.cpu_hz;
    return hz ? hz : SAMD5X_DEFAULT_HZ;
}

static inline uint8_t i2ctarget_samd5x_gclk_48m(void)
{
    uint8_t generator = i2ctarget_samd5x_configured.gclk_48m;
    return generator ? generator : SAMD5X_DEFAULT_GCLK_48M;
}

#endif
