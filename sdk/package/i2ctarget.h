/* SPDX-License-Identifier: MIT */
/*
 * What a sketch includes.  Arduino and PlatformIO know a library by a header at the top of its src/.
 */
#include "i2ctarget/device.h"
#include "i2ctarget/i2ctarget.h"
#include "i2ctarget/smbus.h"
#ifdef ARDUINO_ARCH_RP2040
#include "i2ctarget/rp2040.h"
#endif
