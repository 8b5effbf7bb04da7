/* SPDX-License-Identifier: MIT */
#ifndef MICROPYTHON_EEPROM_H
#define MICROPYTHON_EEPROM_H

#include "device.h"

/* class EEPROM: its objects are struct device_object. */
VM_DECLARE_TYPE(i2ctarget_mp_eeprom_type);

#endif
