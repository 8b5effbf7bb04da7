/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_ERRORS_H
#define PYTHON_ERRORS_H

#include "binding.h"
#include "common/words.h"

/* Set the exception for a negative code.  Returns NULL, so that the caller can return it. */
PyObject *raise_error(enum asked asked, unsigned bus, int error);

#endif
