/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stddef.h>
#include <stdio.h>

#include "common/message.h"
#include "device.h"
#include "errors.h"
#include "values.h"

PyTypeObject *request_type;

struct request_object {
    PyObject_HEAD PyObject *owner;
    struct service *service; /* the owner's */
    struct message message;
};

/* ---- life ------------------------------------------------------------------------------------ */

struct request_object *request_new(PyObject *owner, struct service *service)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(request_type, Py_tp_alloc);
    struct request_object *self = (struct request_object *)allocate(request_type, 0);
    if (!self)
        return NULL;
    Py_INCREF(owner);
    self->owner = owner;
    self->service = service;
    i2ctarget_message_init(&self->message);
    return self;
}

void request_begin(struct request_object *self, const struct i2ctarget_request *request)
{
    self->message.request = *request;
    self->service->latest = self;
}

void request_close_latest(struct service *service)
{
    if (service->latest)
        i2ctarget_message_close(&service->latest->message);
    service->latest = NULL;
}

/* It may be that another thread is in a call that leaves it open: add_address(), for example. */
static void drop_latest(struct service *service)
{
    if (!service_is_elsewhere(service)) {
        request_close_latest(service);
        return;
    }
    service_drop(service, &service->latest->message.request);
    service->latest = NULL;
}

void request_end_latest(struct service *service)
{
    if (service->latest)
        i2ctarget_message_end(&service->latest->message);
    service->latest = NULL;
}

/* An abandoned request is closed.  One that is not the latest is closed already. */
static void request_dealloc(PyObject *object)
{
    struct request_object *self = (struct request_object *)object;
    PyObject *owner = self->owner;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (self->service->latest == self)
        drop_latest(self->service);
    PyMem_Free(i2ctarget_message_heap(&self->message));
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(owner);
    Py_DECREF(type);
}

static int request_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((struct request_object *)object)->owner);
    return 0;
}

static PyObject *refuse_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    (void)args;
    (void)kwargs;
    PyErr_SetString(PyExc_TypeError, WORDS_REQUEST_NEW);
    return NULL;
}

/* ---- what the common part needs --------------------------------------------------------------- */

const size_t i2ctarget_binding_chunk_bytes = 4096;

int i2ctarget_binding_move(struct message *message, bool is_read, uint8_t *bytes, size_t n,
                           bool ack)
{
    struct request_object *self =
        (struct request_object *)((char *)message - offsetof(struct request_object, message));
    int result;
    do {
        PyThreadState *thread = service_to_library(self->service);
        result = is_read ? i2ctarget_read(&message->request, bytes, n, ack)
                         : i2ctarget_write(&message->request, bytes, n);
        service_from_library(thread);
    } while (result == -I2CTARGET_EINTR && device_heed(self->service));
    return result;
}

void *i2ctarget_binding_resize(void *old, size_t old_bytes, size_t bytes)
{
    (void)old_bytes;
    void *resized = PyMem_Realloc(old, bytes);
    if (!resized)
        PyErr_NoMemory();
    return resized;
}

/* ---- read() and write() ---------------------------------------------------------------------- */

static PyObject *hand_over(struct message *message, Py_ssize_t n)
{
    size_t count = i2ctarget_message_ready(message, n);
    PyObject *bytes =
        PyByteArray_FromStringAndSize((const char *)message->transit.bytes, (Py_ssize_t)count);
    if (bytes)
        i2ctarget_message_taken(message, count);
    return bytes;
}

static PyObject *request_read(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"n", "ack", NULL};
    struct request_object *self = (struct request_object *)object;
    Py_ssize_t n = -1;
    int ack = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|np:read", names, &n, &ack))
        return NULL;
    if (n > INT32_MAX)
        return raise_error(ASKED_READ, self->service->bus, -I2CTARGET_EINVAL);
    if (!service_enter(self->service))
        return NULL;
    int result = i2ctarget_message_read(&self->message, n, ack);
    device_leave(self->service);
    if (PyErr_Occurred())
        return NULL; /* out of memory, or a handler raised an exception */
    /*
     * Bytes that came before a fault are returned.  The next call reports the fault.  A wait that
     * would never end is none: the bytes are those of the call that is made again.
     */
    if (result < 0 && (self->message.transit.count == 0 || result == -I2CTARGET_EDEADLK))
        return raise_error(ASKED_READ, self->service->bus, result);
    return hand_over(&self->message, n);
}

static PyObject *request_write(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"buffer", NULL};
    struct request_object *self = (struct request_object *)object;
    Py_buffer view;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*:write", names, &view))
        return NULL;
    if (!service_enter(self->service)) {
        PyBuffer_Release(&view);
        return NULL;
    }
    int result = i2ctarget_message_write(&self->message, view.buf, (size_t)view.len);
    device_leave(self->service);
    PyBuffer_Release(&view);
    if (PyErr_Occurred())
        return NULL; /* out of memory, or a handler raised an exception */
    return result < 0 ? raise_error(ASKED_WRITE, self->service->bus, result)
                      : PyLong_FromLong(result);
}

/* ---- ack() and close ------------------------------------------------------------------------- */

static PyObject *request_ack(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"ack", NULL};
    struct request_object *self = (struct request_object *)object;
    int ack = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|p:ack", names, &ack) ||
        !service_enter(self->service))
        return NULL;
    int result = i2ctarget_ack(&self->message.request, ack);
    device_leave(self->service);
    if (PyErr_Occurred())
        return NULL;
    if (result < 0)
        return raise_error(ASKED_ACK, self->service->bus, result);
    Py_RETURN_NONE;
}

static PyObject *request_deinit(PyObject *object, PyObject *unused)
{
    struct request_object *self = (struct request_object *)object;
    (void)unused;
    if (!service_allows(self->service))
        return NULL;
    i2ctarget_message_close(&self->message);
    Py_RETURN_NONE;
}

/* CircuitPython had close() up to 9, and has deinit() since 10. */
static PyObject *request_close(PyObject *object, PyObject *unused)
{
    if (PyErr_WarnEx(PyExc_DeprecationWarning, "close() is an older name: deinit()", 1) < 0)
        return NULL;
    return request_deinit(object, unused);
}

static PyObject *request_exit(PyObject *object, PyObject *args)
{
    (void)args;
    return request_deinit(object, NULL);
}

static PyObject *itself(PyObject *object, PyObject *unused)
{
    (void)unused;
    Py_INCREF(object);
    return object;
}

/* ---- what it is ------------------------------------------------------------------------------ */

static const struct i2ctarget_request *in(PyObject *object)
{
    return &((const struct request_object *)object)->message.request;
}

static PyObject *get_address(PyObject *object, void *unused)
{
    (void)unused;
    return PyLong_FromLong(in(object)->address);
}

static PyObject *get_is_read(PyObject *object, void *unused)
{
    (void)unused;
    return PyBool_FromLong(in(object)->is_read);
}

static PyObject *get_is_restart(PyObject *object, void *unused)
{
    (void)unused;
    return PyBool_FromLong(in(object)->is_restart);
}

static PyObject *get_end(PyObject *object, void *unused)
{
    (void)unused;
    return end_new(in(object)->end);
}

static PyObject *get_moved(PyObject *object, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLong(in(object)->moved);
}

static PyObject *request_repr(PyObject *object)
{
    PyObject *end = get_end(object, NULL);
    PyObject *name = end ? PyObject_GetAttrString(end, "name") : NULL;
    char address[8];
    snprintf(address, sizeof address, "0x%02x", in(object)->address);
    PyObject *text = NULL;
    if (name)
        text = PyUnicode_FromFormat("<I2CTargetRequest: %s %s%s, %u bytes so far, %U>",
                                    in(object)->is_read ? "read from" : "write to", address,
                                    in(object)->is_restart ? " after a repeated START" : "",
                                    (unsigned)in(object)->moved, name);
    Py_XDECREF(name);
    Py_XDECREF(end);
    return text;
}

PyDoc_STRVAR(
    type_doc,
    "A message addressed to us: from START, or repeated START, to the next one or STOP.\n\n"
    "I2CTarget.request() returns it.  Use it in a with statement, which closes it.\n"
    "An address-only write (quick command, i2cdetect) is a request with nothing to read.\n\n"
    "While it or its target is in a call, every other call raises RuntimeError, except\n"
    "deinit() in a signal handler.");
PyDoc_STRVAR(
    read_doc,
    "read($self, /, n=-1, ack=True)\n--\n\n"
    "Read what the controller writes, as a bytearray.\n\n"
    "n    how many bytes; negative: all, to the end of the message\n"
    "ack  True: every byte is acknowledged.  False: SCL is held before the ACK bit of the n-th\n"
    "     byte until ack() answers it, the next read() acknowledges it, or the end of the with\n"
    "     block refuses it.  No effect when n is negative\n\n"
    "Returns as soon as n bytes have come, or when the message has ended.  So fewer bytes than\n"
    "n mean that there are no more.  There is no time limit.\n\n"
    "If a signal handler raises an exception, the next read() returns the bytes that were\n"
    "acknowledged before.\n\n"
    "A fault of the bus, such as a controller that gave up, ends the message as a STOP does;\n"
    "`end` tells them apart.\n\n"
    "Raises OSError: a read request (EACCES); the bus has ended (EIO) and no byte came before\n"
    "that.  ValueError: closed.");
PyDoc_STRVAR(
    write_doc,
    "write($self, /, buffer)\n--\n\n"
    "Send bytes as the controller clocks them.  Returns how many it clocked, the one that it\n"
    "did not acknowledge included.\n\n"
    "buffer  anything with the buffer protocol: bytes, bytearray, memoryview, array.array\n\n"
    "Returns when the controller asks for one byte more, or when the message has ended.  In the\n"
    "first case SCL is held until the next write() or the end of the with block, which sends\n"
    "0xff.  Bytes that were not clocked never appear later.\n\n"
    "If a signal handler's exception has ended a call, the next write() first sends the rest of\n"
    "its bytes, and does not count them.\n\n"
    "Raises OSError: a write request (EACCES); the bus has ended (EIO).  ValueError: closed.");
PyDoc_STRVAR(ack_doc,
             "ack($self, /, ack=True)\n--\n\n"
             "Acknowledge, or refuse, the byte that read(n, ack=False) read last.\n\n"
             "After ack(False) the controller gets a NACK for that very byte, and read() returns\n"
             "nothing more.  If there is no such byte: no effect.\n\n"
             "Raises OSError (EACCES): a read request.  ValueError: closed.");
PyDoc_STRVAR(close_doc,
             "deinit($self, /)\n--\n\n"
             "Close the request, as the end of its with block does.  Never waits.\n\n"
             "A write: the pending or next byte is not acknowledged.  A read: the controller gets\n"
             "0xff until it stops.  May be called again; every other call then raises ValueError.");

static PyMethodDef request_methods[] = {
    {"read", (PyCFunction)(void (*)(void))request_read, METH_VARARGS | METH_KEYWORDS, read_doc},
    {"write", (PyCFunction)(void (*)(void))request_write, METH_VARARGS | METH_KEYWORDS, write_doc},
    {"ack", (PyCFunction)(void (*)(void))request_ack, METH_VARARGS | METH_KEYWORDS, ack_doc},
    {"deinit", request_deinit, METH_NOARGS, close_doc},
    {"close", request_close, METH_NOARGS, "close($self, /)\n--\n\nAn older name of deinit()."},
    {"__enter__", itself, METH_NOARGS, "__enter__($self, /)\n--\n\nThe request itself."},
    {"__exit__", request_exit, METH_VARARGS, "__exit__($self, /, *args)\n--\n\nClose: deinit()."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef request_properties[] = {
    {"address", get_address, NULL, "The 7-bit I2C address of the request, an int.", NULL},
    {"is_read", get_is_read, NULL, "True: the controller reads from this target.", NULL},
    {"is_restart", get_is_restart, NULL,
     "True: it began with a repeated START, whether or not the message before was ours.", NULL},
    {"end", get_end, NULL,
     "Why the message ended, an End.  End.OPEN (which is false): it has not ended yet.  Every\n"
     "call on the request updates it.",
     NULL},
    {"moved", get_moved, NULL,
     "How many bytes so far, an int.  A write: bytes that we acknowledged.  A read: our bytes that\n"
     "were clocked; 0xff after these does not count.  Every call on the request updates it.",
     NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot request_slots[] = {
    {Py_tp_doc, (void *)type_doc},      {Py_tp_new, refuse_new},
    {Py_tp_dealloc, request_dealloc},   {Py_tp_traverse, request_traverse},
    {Py_tp_repr, request_repr},         {Py_tp_methods, request_methods},
    {Py_tp_getset, request_properties}, {0, NULL},
};

static PyType_Spec request_spec = {
    .name = "i2ctarget.I2CTargetRequest",
    .basicsize = sizeof(struct request_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = request_slots,
};

bool request_make_type(void)
{
    request_type = (PyTypeObject *)PyType_FromSpec(&request_spec);
    return request_type != NULL;
}
