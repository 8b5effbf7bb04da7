/* SPDX-License-Identifier: MIT */
/*
 * What the controller of a test bus does: transfers, one by one, and scripts of them.
 *
 * A transfer's messages are copied, with their bytes, and live until the next transfer begins.
 */
#include "transfers.h"

#include <string.h>

#include "device.h"
#include "i2ctarget/testbus.h"

static struct testbus_object *in(PyObject *object)
{
    return (struct testbus_object *)object;
}

/* ---- begin ----------------------------------------------------------------------------------- */

void transfers_forget(struct testbus_object *self)
{
    for (size_t i = 0; i < self->count; i++)
        PyMem_Free(self->messages[i].buffer);
    PyMem_Free(self->messages);
    self->messages = NULL;
    self->count = 0;
}

/* From (address, the bytes of a write) or (address, how many bytes to read). */
static bool take_message(struct i2ctarget_testbus_message *message, PyObject *pair)
{
    PyObject *address = PyTuple_GetItem(pair, 0), *what = PyTuple_GetItem(pair, 1);
    if (!address || !what)
        return false;
    message->is_read = PyLong_Check(what);
    char *bytes = NULL;
    Py_ssize_t length = 0;
    if (message->is_read)
        length = PyLong_AsSsize_t(what);
    else if (PyBytes_AsStringAndSize(what, &bytes, &length) < 0)
        return false;
    message->address = (uint8_t)PyLong_AsLong(address);
    message->length = (uint32_t)length;
    message->buffer = PyErr_Occurred() ? NULL : PyMem_Calloc((size_t)length + 1, 1);
    if (!message->buffer) {
        if (!PyErr_Occurred())
            PyErr_NoMemory();
        return false;
    }
    if (bytes)
        memcpy(message->buffer, bytes, (size_t)length);
    return true;
}

static bool take_messages(struct testbus_object *self, PyObject *list)
{
    size_t count = (size_t)PyList_Size(list);
    transfers_forget(self);
    self->messages = PyMem_Calloc(count ? count : 1, sizeof *self->messages);
    if (!self->messages) {
        PyErr_NoMemory();
        return false;
    }
    self->count = count;
    for (size_t i = 0; i < count; i++) {
        if (!take_message(&self->messages[i], PyList_GetItem(list, (Py_ssize_t)i)))
            return false;
    }
    return true;
}

/* May run in a call, for a script: time does not move. */
PyObject *transfers_start(PyObject *object, PyObject *list)
{
    struct testbus_object *self = in(object);
    if (!PyList_Check(list))
        return PyErr_Format(PyExc_TypeError, "a list of pairs");
    if (i2ctarget_testbus_busy(self->shared.bus))
        return PyErr_Format(PyExc_RuntimeError,
                            "a transfer is under way on this TestBus: run() it to its end first");
    if (!take_messages(self, list))
        return NULL;
    int error = i2ctarget_testbus_start(self->shared.bus, self->messages, self->count);
    if (error == -I2CTARGET_EINVAL)
        return PyErr_Format(PyExc_ValueError, "a transfer has one message at least");
    if (error)
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}

/* ---- go on ----------------------------------------------------------------------------------- */

/* The object of the target that waits for its program; borrowed.  NULL: none does. */
static PyObject *held_target(const struct shared *shared)
{
    const struct i2ctarget *held = i2ctarget_testbus_held_target(shared->bus);
    const struct service *at = shared->services;
    while (at && at->target != held)
        at = at->next;
    return at ? at->owner : NULL;
}

static bool can_step(struct i2ctarget_testbus *bus)
{
    return i2ctarget_testbus_busy(bus) && !i2ctarget_testbus_held_target(bus) && !device_is_due();
}

/* A handler of a signal has its turn after so many steps, however long the transfer is. */
enum { SLICE_STEPS = 100000 };

/* False: the slice is over. */
static bool run_slice(struct i2ctarget_testbus *bus)
{
    for (unsigned steps = 0; steps < SLICE_STEPS; steps++) {
        if (!can_step(bus) || !i2ctarget_testbus_step(bus))
            return true;
    }
    return false;
}

/* False: an exception is set. */
static bool go_on(struct shared *shared)
{
    do {
        PyThreadState *thread = service_to_shared_library(shared);
        bool is_at_rest = run_slice(shared->bus);
        service_from_library(thread);
        bool is_due = device_is_due();
        if (!device_tell_shared(shared) || PyErr_CheckSignals())
            return false;
        if (is_at_rest && !is_due)
            return true;
    } while (true);
}

PyObject *transfers_go_on(PyObject *object, PyObject *unused)
{
    struct shared *shared = &in(object)->shared;
    (void)unused;
    if (!service_enter_shared(shared))
        return NULL;
    bool is_good = go_on(shared);
    service_leave_shared(shared);
    if (!is_good)
        return NULL;
    PyObject *held = held_target(shared);
    return Py_NewRef(i2ctarget_testbus_busy(shared->bus) && held ? held : Py_None);
}

static PyObject *result_of(const struct i2ctarget_testbus_message *message)
{
    return Py_BuildValue(
        "(OKOy#KKK)", message->addressed ? Py_True : Py_False, (unsigned long long)message->moved,
        message->nacked ? Py_True : Py_False, message->buffer, (Py_ssize_t)message->moved,
        (unsigned long long)message->start_ns, (unsigned long long)message->stop_ns,
        (unsigned long long)message->stretch_ns);
}

/* Of a transfer that is over. */
PyObject *transfers_results(PyObject *object, PyObject *unused)
{
    struct testbus_object *self = in(object);
    (void)unused;
    if (self->count)
        (void)i2ctarget_testbus_run(self->shared.bus); /* fills them in */
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < self->count; i++) {
        PyObject *result = result_of(&self->messages[i]);
        if (!result || PyList_Append(list, result) < 0)
            Py_CLEAR(list);
        Py_XDECREF(result);
    }
    return list;
}

/* ---- scripts --------------------------------------------------------------------------------- */

PyObject *transfers_set_script(PyObject *object, PyObject *script)
{
    struct shared *shared = &in(object)->shared;
    PyObject *before = shared->script;
    shared->script = script == Py_None ? NULL : Py_NewRef(script);
    Py_XDECREF(before);
    Py_RETURN_NONE;
}

/*
 * The script has begun a transfer, or returns for how long it pauses, in nanoseconds.  False: it has
 * raised an exception.
 */
static bool next_step(struct shared *shared)
{
    PyObject *script = Py_NewRef(shared->script);
    PyObject *pause = PyObject_CallNoArgs(script);
    Py_DECREF(script);
    if (!pause)
        return false;
    if (pause != Py_None) {
        PyThreadState *thread = service_to_shared_library(shared);
        i2ctarget_testbus_pass(shared->bus, PyLong_AsUnsignedLongLong(pause));
        service_from_library(thread);
    }
    Py_DECREF(pause);
    return !PyErr_Occurred();
}

bool testbus_goes_on(const struct service *service, int *result)
{
    struct shared *shared = service->shared;
    bool has_nothing =
        *result == 0 || *result == -I2CTARGET_ETIMEDOUT || *result == -I2CTARGET_EDEADLK;
    if (!shared || !has_nothing)
        return false;
    bool goes_on = false;
    while (shared->script && !i2ctarget_testbus_busy(shared->bus)) {
        if (!next_step(shared)) {
            *result = -I2CTARGET_EINTR;
            return false;
        }
        goes_on = true;
    }
    return goes_on && *result == -I2CTARGET_EDEADLK;
}
