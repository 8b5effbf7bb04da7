/* SPDX-License-Identifier: MIT */
#include "i2ctarget/device.h"

SNIPPET

struct thermometer thermometer;
