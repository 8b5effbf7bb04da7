/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_EEPROM_H
#define PYTHON_EEPROM_H

#include "device.h"

/* class EEPROM: its objects are struct device_object. */
extern PyTypeObject *eeprom_type;

/* Make the class.  False: an exception is set. */
bool eeprom_make_type(void);

#endif
