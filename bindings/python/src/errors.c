/* SPDX-License-Identifier: MIT */
/*
 * A negative code of the library becomes an exception here and nowhere else.  common/words.h says
 * which, and what it says.  Of an OSError Python picks the subclass by the errno (TimeoutError,
 * PermissionError, FileNotFoundError).
 */
#include "errors.h"

#include <string.h>

static PyObject *os_error(int error, const char *text)
{
    PyObject *arguments = Py_BuildValue("(is)", error, text);
    if (arguments)
        PyErr_SetObject(PyExc_OSError, arguments);
    Py_XDECREF(arguments);
    return NULL;
}

static PyObject *memory_error(const char *text)
{
    PyErr_SetString(PyExc_MemoryError, text);
    return NULL;
}

/* What the words do not say: the system has its own, and so have buses. */
static PyObject *plain_error(enum asked asked, unsigned bus, int error)
{
    char text[512];
    if (asked == ASKED_OPEN)
        return os_error(error, i2ctarget_bus_explain(bus, -error, text, sizeof text));
    if (error == I2CTARGET_EDEADLK)
        return os_error(error, i2ctarget_explain(I2CTARGET_ASKED_REQUEST, -error));
    return os_error(error, strerror(error));
}

PyObject *raise_error(enum asked asked, unsigned bus, int error)
{
    struct complaint complaint = i2ctarget_complaint_of(asked, error);
    char text[512];
    switch (complaint.kind) {
    case COMPLAINT_VALUE:
        PyErr_SetString(PyExc_ValueError, asked == ASKED_OPEN && error == -I2CTARGET_EINVAL
                                              ? i2ctarget_bus_explain(bus, error, text, sizeof text)
                                              : complaint.text);
        return NULL;
    case COMPLAINT_MEMORY:
        return complaint.text ? memory_error(complaint.text) : PyErr_NoMemory();
    default:
        return complaint.text ? os_error(complaint.error, complaint.text)
                              : plain_error(asked, bus, complaint.error);
    }
}
