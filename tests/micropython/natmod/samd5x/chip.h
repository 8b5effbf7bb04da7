/* SPDX-License-Identifier: MIT */
#ifndef NATMOD_CHIP_H
#define NATMOD_CHIP_H

#include "i2ctarget/samd5x.h"

#define CHIP_PORT i2ctarget_samd5x_port
#define CHIP_NAME "a SAM D5x/E5x"

#endif
