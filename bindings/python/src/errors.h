/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_ERRORS_H
#define PYTHON_ERRORS_H

#include "binding.h"

/* What was asked of the library, for the words of an exception. */
enum asked { ASKED_OPEN, ASKED_REQUEST, ASKED_READ, ASKED_WRITE, ASKED_ACK, ASKED_DESCRIPTOR };

/* Set the exception for a negative code.  NULL, to be returned. */
PyObject *raise_error(enum asked asked, unsigned bus, int error);

#endif
