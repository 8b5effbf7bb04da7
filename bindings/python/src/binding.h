/* SPDX-License-Identifier: MIT */
/*
 * The C half of the Python module.  This header is the base of all its files.
 *
 *     module.c    the module: it names what is in it
 *        |
 *     target.c    class I2CTarget          a struct i2ctarget; makes requests
 *        |
 *     request.c   class I2CTargetRequest   a struct i2ctarget_request, and bytes in transit
 *        |
 *     memory.c    class Memory
 *     eeprom.c    class EEPROM
 *     testbus.c   class TestBus            a struct i2ctarget_testbus; testbus.py makes it handy
 *     transfers.c                          what its controller does
 *     device.c    what devices are         a device of the library, and its buffer
 *        |
 *     service.c   what a target and its requests share: which thread is in a call
 *     arguments.c addresses and pins
 *     values.c    End and Counters
 *     errors.c    negative codes → exceptions: the only place
 *        |
 *     common/     what MicroPython's module has as well: words, arguments, bytes in transit, devices
 *
 * Each file uses only those below it.  They convert values, and release the GIL where a call may
 * wait.  They do not know I2C.
 *
 * A method has three parts, so that the user's Python code never runs where it would do harm:
 *
 *     1. arguments → C values      runs the user's code: __index__, __bool__, iterators, buffers
 *     2. enter, the library, leave runs no user code, except signal handlers (service.h)
 *     3. result → Python object
 *
 * The user's code in part 1 may call the same target.  So part 1 must not depend on the state of
 * the target, and must not change it.
 */
#ifndef PYTHON_BINDING_H
#define PYTHON_BINDING_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000 /* one binary for CPython 3.11 and all later ones */
#include <Python.h>
#include <stdbool.h>

#include "i2ctarget/bus.h"

#endif
