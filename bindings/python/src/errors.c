/* SPDX-License-Identifier: MIT */
/*
 * A negative code of the library becomes an exception here and nowhere else.
 *
 *     the caller's mistake            ValueError: arguments, pins in use, deinitialised, closed
 *     failures outside the program    OSError with the errno; Python picks the subclass by it
 *                                     (TimeoutError, PermissionError, FileNotFoundError)
 *
 * Each message says what to do about it.
 */
#include "errors.h"

#include <string.h>

/* The others are of a request. */
static bool is_of_target(enum asked asked)
{
    return asked == ASKED_ADDRESS || asked == ASKED_REQUEST || asked == ASKED_DESCRIPTOR;
}

static const char *of_closed(enum asked asked)
{
    if (is_of_target(asked))
        return "this I2CTarget is deinitialised: make a new one";
    return "this request is closed: its with block is over, close()d by request(), deinit() or "
           "the end of its target";
}

static const char *of_direction(enum asked asked)
{
    return asked == ASKED_WRITE ? "this is a write request, the controller sends: use read()"
                                : "this is a read request, the controller wants bytes: use write()";
}

static const char *of_arguments(enum asked asked)
{
    if (asked == ASKED_OPEN)
        return "these pins and addresses can not serve";
    return "too many bytes at once: 2147483647 are the most";
}

static PyObject *os_error(int error, const char *text)
{
    PyObject *arguments = Py_BuildValue("(is)", error, text);
    if (arguments)
        PyErr_SetObject(PyExc_OSError, arguments);
    Py_XDECREF(arguments);
    return NULL;
}

static PyObject *value_error(const char *text)
{
    PyErr_SetString(PyExc_ValueError, text);
    return NULL;
}

static PyObject *raise_open_error(unsigned bus, int error)
{
    char text[512];
    switch (error) {
    case -I2CTARGET_EINVAL:
        return value_error(of_arguments(ASKED_OPEN));
    case -I2CTARGET_EBUSY:
        PyErr_Format(PyExc_ValueError,
                     "the pins of bus %u serve another I2CTarget of this program: deinit() that "
                     "one first, or give one I2CTarget all addresses",
                     bus);
        return NULL;
    case -I2CTARGET_ENOMEM:
        return PyErr_NoMemory();
    default:
        return os_error(-error, i2ctarget_bus_explain(bus, error, text, sizeof text));
    }
}

PyObject *raise_error(enum asked asked, unsigned bus, int error)
{
    if (asked == ASKED_OPEN)
        return raise_open_error(bus, error);
    switch (error) {
    case -I2CTARGET_EBADF:
        return value_error(of_closed(asked));
    case -I2CTARGET_EINVAL:
        return value_error(of_arguments(asked));
    case -I2CTARGET_EACCES:
        return os_error(I2CTARGET_EACCES, of_direction(asked));
    case -I2CTARGET_ETIMEDOUT:
        return os_error(I2CTARGET_ETIMEDOUT, "no request came within the timeout");
    case -I2CTARGET_EIO:
        return os_error(I2CTARGET_EIO, "the bus has ended: its server is gone");
    default:
        return os_error(-error, strerror(-error));
    }
}
