/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_VALUES_H
#define PYTHON_VALUES_H

#include "binding.h"

extern PyObject *end_type; /* class End */
extern PyTypeObject *counters_type;

/* Make both classes.  False: an exception is set. */
bool values_make_types(void);

/* New references, or NULL with an exception. */
PyObject *end_new(enum i2ctarget_end end);
PyObject *counters_new(const struct i2ctarget_counters *counters);

#endif
