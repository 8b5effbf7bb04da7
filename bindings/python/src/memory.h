/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_MEMORY_H
#define PYTHON_MEMORY_H

#include "device.h"

/* class Memory: its objects are struct device_object. */
extern PyTypeObject *memory_type;

/* Make the class.  False: an exception is set. */
bool memory_make_type(void);

#endif
