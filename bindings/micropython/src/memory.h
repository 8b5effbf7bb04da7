/* SPDX-License-Identifier: MIT */
#ifndef MICROPYTHON_MEMORY_H
#define MICROPYTHON_MEMORY_H

#include "device.h"

/* class Memory: its objects are struct device_object. */
VM_DECLARE_TYPE(i2ctarget_mp_memory_type);

#endif
