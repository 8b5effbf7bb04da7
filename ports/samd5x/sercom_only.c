/* SPDX-License-Identifier: MIT */
/* In place of gpio.c: pins that no SERCOM has can not serve. */
#include "samd5x/second.h"

const struct samd5x_second *const i2ctarget_samd5x_second = NULL;
