/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_TARGET_H
#define PYTHON_TARGET_H

#include "binding.h"

extern PyTypeObject *target_type;

/* Make the class.  False: an exception is set. */
bool target_make_type(void);

#endif
