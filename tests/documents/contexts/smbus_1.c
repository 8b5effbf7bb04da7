/* SPDX-License-Identifier: MIT */
#include "i2ctarget/smbus.h"

SNIPPET

struct supply supply;
