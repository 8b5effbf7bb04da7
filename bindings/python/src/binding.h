/* SPDX-License-Identifier: MIT */
/*
 * The C half of the Python module: what all its files build upon.
 *
 *     module.c    the module: it names what is in it
 *        |
 *     target.c    class I2CTarget          a struct i2ctarget; makes requests
 *        |
 *     request.c   class I2CTargetRequest   a struct i2ctarget_request, and bytes in transit
 *        |
 *     service.c   what a target and its requests share: who is in a call
 *     values.c    End and Counters
 *     errors.c    negative codes → exceptions: the only place
 *
 * Each file knows those below it, and none above.  They convert, release the GIL where a call may
 * wait, and know no I2C.
 *
 * A method has three parts, so that code of the user's can not run where it would do harm:
 *
 *     1. arguments → C values      runs the user's code: __index__, __bool__, iterators, buffers
 *     2. enter, the library, leave runs none, but for signal handlers (service.h)
 *     3. result → Python object
 *
 * What an object of the user's does in part 1 is done before the call.  So part 1 decides nothing
 * by the state of the target, and keeps nothing in it.
 */
#ifndef PYTHON_BINDING_H
#define PYTHON_BINDING_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000 /* one binary for CPython 3.11 and all later ones */
#include <Python.h>
#include <stdbool.h>

#include "i2ctarget/bus.h"

#endif
