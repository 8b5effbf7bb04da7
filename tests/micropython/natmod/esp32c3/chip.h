/* SPDX-License-Identifier: MIT */
#ifndef NATMOD_CHIP_H
#define NATMOD_CHIP_H

#include "i2ctarget/esp32.h"

#define CHIP_PORT i2ctarget_esp32_port
#define CHIP_NAME "an ESP32-C3"

#endif
