/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_ERRORS_H
#define PYTHON_ERRORS_H

#include "binding.h"

/* The operation that failed, for the text of the exception. */
enum asked {
    ASKED_OPEN,
    ASKED_ADDRESS,
    ASKED_REQUEST,
    ASKED_READ,
    ASKED_WRITE,
    ASKED_ACK,
    ASKED_DESCRIPTOR
};

/* Set the exception for a negative code.  Returns NULL, so that the caller can return it. */
PyObject *raise_error(enum asked asked, unsigned bus, int error);

#endif
