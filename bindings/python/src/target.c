/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <stdio.h>
#include <string.h>

#include "common/arguments.h"
#include "arguments.h"
#include "eeprom.h"
#include "errors.h"
#include "memory.h"
#include "request.h"
#include "values.h"

PyTypeObject *target_type;

struct target_object {
    PyObject_HEAD struct i2ctarget target;
    struct service service;
    struct i2ctarget_counters counters; /* as they were at deinit() */
    struct places places;
    bool is_open;
};

/* ---- making one ------------------------------------------------------------------------------ */

/* Runs inside a call of the service.  False: an exception is set. */
static bool open_target(struct target_object *self, unsigned bus,
                        const struct i2ctarget_address_set *addresses, bool smbus)
{
    if (self->is_open) {
        PyErr_SetString(PyExc_ValueError, "this I2CTarget serves already: deinit() it first");
        return false;
    }
    uint8_t list[I2CTARGET_ADDRESS_COUNT_MAX];
    size_t count = i2ctarget_list_addresses(addresses, list);
    struct i2ctarget_pin scl = device_pin(i2ctarget_bus_pin(bus, 0));
    struct i2ctarget_pin sda = device_pin(i2ctarget_bus_pin(bus, 1));
    PyThreadState *thread = PyEval_SaveThread();
    int error = i2ctarget_init(&self->target, &scl, &sda, list, count, smbus);
    PyEval_RestoreThread(thread);
    if (error) {
        raise_error(ASKED_OPEN, bus, error);
        return false;
    }
    self->service.bus = bus;
    self->places = (struct places){.addresses = *addresses};
    self->is_open = true;
    return true;
}

static int target_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"scl", "sda", "addresses", "smbus", NULL};
    struct target_object *self = (struct target_object *)object;
    PyObject *scl, *sda, *iterable;
    struct i2ctarget_address_set addresses = {0};
    unsigned bus;
    int smbus = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOO|p:I2CTarget", names, &scl, &sda, &iterable,
                                     &smbus))
        return -1;
    if (!take_addresses(&addresses, iterable) || !take_pins(&bus, scl, sda) ||
        !service_enter(&self->service))
        return -1;
    bool is_open = open_target(self, bus, &addresses, smbus);
    service_leave(&self->service);
    return is_open ? 0 : -1;
}

/* Afterwards every call fails. */
static void close_target(struct target_object *self)
{
    if (!self->is_open)
        return;
    self->is_open = false;
    i2ctarget_get_counters(&self->target, &self->counters);
    i2ctarget_deinit(&self->target);
    request_end_latest(&self->service);
}

/* Nothing of Python runs here but what the end of an object runs. */
static void close_silently(struct target_object *self)
{
    close_target(self);
    device_forget_all(&self->service);
}

static int target_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    return device_visit_all(&((struct target_object *)object)->service, visit, arg);
}

/* A device whose function knows the target would keep it alive. */
static int target_clear(PyObject *object)
{
    close_silently((struct target_object *)object);
    return 0;
}

static void target_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    close_silently((struct target_object *)object);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(type);
}

/* ---- request() ------------------------------------------------------------------------------- */

/* False: an exception is set. */
static bool take_timeout(double timeout, int64_t *timeout_us)
{
    if (!i2ctarget_timeout_from_seconds(timeout, timeout_us))
        PyErr_SetString(PyExc_ValueError, WORDS_NOT_FINITE);
    return !PyErr_Occurred();
}

/*
 * Like i2ctarget_next_request(), and repeats it after signals and for functions of devices.  Those
 * that are to be called already come first.  -EINTR: one of them raised an exception.
 */
static int wait_for(struct target_object *self, struct i2ctarget_request *request,
                    int64_t timeout_us)
{
    int64_t began_us = timeout_us > 0 ? i2ctarget_binding_now_us() : 0;
    int64_t left_us = timeout_us;
    if (!device_tell_all(&self->service))
        return -I2CTARGET_EINTR;
    for (;;) {
        PyThreadState *thread = PyEval_SaveThread();
        int result = i2ctarget_next_request(&self->target, request, left_us);
        PyEval_RestoreThread(thread);
        if (result != -I2CTARGET_EINTR)
            return device_tell_all(&self->service) ? result : -I2CTARGET_EINTR;
        if (!device_heed(&self->service))
            return result;
        if (timeout_us > 0) {
            left_us = began_us + timeout_us + 1 - i2ctarget_binding_now_us();
            left_us = left_us > 0 ? left_us : 1;
        }
    }
}

/* Waits for a message and gives it to the request.  Returns as i2ctarget_next_request(). */
static int serve(struct target_object *self, struct request_object *request, int64_t timeout_us)
{
    struct i2ctarget_request message;
    request_close_latest(&self->service);
    int result = wait_for(self, &message, timeout_us);
    if (result == 1)
        request_begin(request, &message);
    return result;
}

static PyObject *target_request(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"timeout", NULL};
    struct target_object *self = (struct target_object *)object;
    double timeout = -1;
    int64_t timeout_us;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$d:request", names, &timeout) ||
        !take_timeout(timeout, &timeout_us))
        return NULL;
    struct request_object *request = request_new(object, &self->service);
    if (!request)
        return NULL;
    int result = -I2CTARGET_EBUSY;
    if (service_enter(&self->service)) {
        result = serve(self, request, timeout_us);
        service_leave(&self->service);
    }
    if (result == 1)
        return (PyObject *)request;
    Py_DECREF((PyObject *)request);
    if (PyErr_Occurred())
        return NULL; /* in a call already, or a handler raised an exception */
    if (result == 0)
        Py_RETURN_NONE;
    return raise_error(ASKED_REQUEST, self->service.bus, result);
}

/* ---- addresses that come and go -------------------------------------------------------------- */

typedef int change(struct i2ctarget *target, uint16_t address);

/* Returns as the call itself.  What repr() shows changes with it. */
static int change_address(struct target_object *self, change *call, uint16_t address)
{
    PyThreadState *thread = PyEval_SaveThread();
    int error = call(&self->target, address);
    PyEval_RestoreThread(thread);
    if (!error && call == i2ctarget_add_address)
        i2ctarget_places_add(&self->places, address);
    else if (!error)
        i2ctarget_places_remove(&self->places, address);
    return error;
}

static PyObject *with_address(PyObject *object, PyObject *item, change *call)
{
    struct target_object *self = (struct target_object *)object;
    uint16_t address;
    if (!take_address(&address, item) || !service_enter(&self->service))
        return NULL;
    int error = change_address(self, call, address);
    device_leave(&self->service);
    if (PyErr_Occurred())
        return NULL;
    if (error == -I2CTARGET_ENODEV)
        return PyErr_Format(PyExc_ValueError, "0x%02x " WORDS_NOT_THERE, address);
    if (error)
        return raise_error(ASKED_ADDRESS, self->service.bus, error);
    Py_RETURN_NONE;
}

static PyObject *target_add_address(PyObject *object, PyObject *address)
{
    return with_address(object, address, i2ctarget_add_address);
}

static PyObject *target_remove_address(PyObject *object, PyObject *address)
{
    return with_address(object, address, i2ctarget_remove_address);
}

/* ---- devices --------------------------------------------------------------------------------- */

static PyObject *refuse_place(int error, uint16_t address)
{
    if (error == -I2CTARGET_ENODEV)
        return PyErr_Format(PyExc_ValueError, "0x%02x " WORDS_NOT_THERE, address);
    return PyErr_Format(PyExc_ValueError, "0x%02x " WORDS_HAS_DEVICE, address);
}

/* The device in this object.  NULL: an exception is set. */
static struct device_object *device_in(PyObject *object, const struct service *service)
{
    struct device_object *device = (struct device_object *)object;
    if (!Py_IS_TYPE(object, memory_type) && !Py_IS_TYPE(object, eeprom_type))
        PyErr_SetString(PyExc_TypeError, WORDS_NO_DEVICE);
    else if (device->service && device->service != service)
        PyErr_SetString(PyExc_ValueError, WORDS_OTHER_TARGET);
    return PyErr_Occurred() ? NULL : device;
}

/* Inside a call of the service. */
static int attach(struct target_object *self, struct device_object *device,
                  const struct i2ctarget_address_set *wanted, uint16_t *wrong)
{
    PyThreadState *thread = PyEval_SaveThread();
    int error =
        i2ctarget_python_attach(&self->places, &self->target, &device->device, wanted, wrong);
    PyEval_RestoreThread(thread);
    if (!error)
        device_keep(device, &self->service);
    return error;
}

static PyObject *target_attach(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"device", "addresses", NULL};
    struct target_object *self = (struct target_object *)object;
    PyObject *thing, *iterable = Py_None;
    struct i2ctarget_address_set wanted = {0};
    uint16_t wrong = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:attach", names, &thing, &iterable) ||
        (iterable != Py_None && !take_addresses(&wanted, iterable)))
        return NULL;
    struct device_object *device = device_in(thing, &self->service);
    if (!device || !service_enter(&self->service))
        return NULL;
    if (!self->is_open) {
        service_leave(&self->service);
        return raise_error(ASKED_ADDRESS, self->service.bus, -I2CTARGET_EBADF);
    }
    if (iterable == Py_None)
        wanted = self->places.addresses;
    int error = attach(self, device, &wanted, &wrong);
    service_leave(&self->service);
    if (error == -I2CTARGET_ENODEV || error == -I2CTARGET_EBUSY)
        return refuse_place(error, wrong);
    if (error)
        return raise_error(ASKED_ADDRESS, self->service.bus, error);
    Py_RETURN_NONE;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static PyObject *target_deinit(PyObject *object, PyObject *unused)
{
    struct target_object *self = (struct target_object *)object;
    (void)unused;
    if (!service_allows(&self->service))
        return NULL;
    close_target(self);
    bool goes_on = device_tell_last(&self->service);
    device_forget_all(&self->service);
    return goes_on ? Py_NewRef(Py_None) : NULL;
}

static PyObject *target_fileno(PyObject *object, PyObject *unused)
{
    struct target_object *self = (struct target_object *)object;
    (void)unused;
    if (!service_allows(&self->service))
        return NULL;
    int fd = i2ctarget_bus_descriptor(&self->target);
    return fd < 0 ? raise_error(ASKED_DESCRIPTOR, self->service.bus, fd) : PyLong_FromLong(fd);
}

static PyObject *itself(PyObject *object, PyObject *unused)
{
    (void)unused;
    Py_INCREF(object);
    return object;
}

static PyObject *target_exit(PyObject *object, PyObject *args)
{
    (void)args;
    return target_deinit(object, NULL);
}

static PyObject *target_counters(PyObject *object, void *unused)
{
    struct target_object *self = (struct target_object *)object;
    struct i2ctarget_counters now = self->counters;
    (void)unused;
    if (!service_allows(&self->service))
        return NULL;
    if (self->is_open)
        i2ctarget_get_counters(&self->target, &now);
    return counters_new(&now);
}

static PyObject *describe_addresses(const struct i2ctarget_address_set *addresses)
{
    enum { SHOWN = 8 };
    char text[8 * SHOWN + 32] = "";
    size_t length = 0;
    unsigned count = 0;
    for (uint8_t i = 0; i <= I2CTARGET_ADDRESS_MAX; i++) {
        if (i2ctarget_address_set_has(addresses, i) && count++ < SHOWN)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s0x%02x",
                                       count > 1 ? ", " : "", i);
    }
    if (count > SHOWN)
        snprintf(text + length, sizeof text - length, " and %u more", count - SHOWN);
    return PyUnicode_FromString(text);
}

static PyObject *target_repr(PyObject *object)
{
    struct target_object *self = (struct target_object *)object;
    if (!self->is_open)
        return PyUnicode_FromString("<I2CTarget, deinitialised>");
    PyObject *addresses = describe_addresses(&self->places.addresses);
    PyObject *text = addresses ? PyUnicode_FromFormat("<I2CTarget on bus %u at %U>",
                                                      self->service.bus, addresses)
                               : NULL;
    Py_XDECREF(addresses);
    return text;
}

PyDoc_STRVAR(
    target_doc,
    "I2CTarget(scl, sda, addresses, smbus=False)\n--\n\n"
    "The target (device, peripheral) side of an I2C bus.\n\n"
    "    with I2CTarget(board.SCL, board.SDA, (0x40, 0x41)) as device:\n"
    "        request = device.request()\n\n"
    "scl, sda   the clock and the data pin, of board or microcontroller.pin\n"
    "addresses  the addresses to answer, an iterable of 1 to 128 ints 0x00 to 0x7f.  0x00\n"
    "           is the general call, which can only be written to\n"
    "smbus      True: keep the SMBus time limits (SCL low for 25 to 35 ms resets the\n"
    "           target; our own stretching is 25 ms at most in a transfer).  False: no\n"
    "           limits at all\n\n"
    "From the moment when the bus needs an answer, SCL is held low (clock stretching) until\n"
    "this program has answered.  So nothing is lost, however late the answer is.\n\n"
    "The target and its requests can be in one call at a time.  Meanwhile calls from another\n"
    "thread raise RuntimeError.  So do calls from a signal handler that interrupted the call,\n"
    "except deinit(), fileno() and counters.\n\n"
    "Raises ValueError: no address, more than 128, or one out of range; pins that cannot\n"
    "serve, or that serve another I2CTarget of this program.  TypeError: not ints, not\n"
    "pins.  OSError: there is no such bus (ENOENT; the message says how to start it); no\n"
    "permission (EACCES); a bus of another release (EPROTO).");
PyDoc_STRVAR(
    request_doc,
    "request($self, /, *, timeout=-1)\n--\n\n"
    "Wait for an I2C request: a message addressed to us.\n\n"
    "timeout  seconds.  Negative: look once, do not wait.  0: wait for ever.  Positive: wait\n"
    "         that long, never less, in steps of 1 us\n\n"
    "Returns an I2CTargetRequest, or None if timeout is negative and there is none.  A request\n"
    "that is still open is closed first.  A fault of the bus is never reported here.\n\n"
    "Raises TimeoutError (OSError with ETIMEDOUT): no request within a positive timeout.\n"
    "ValueError: deinitialised; timeout is NaN or infinite.  OSError (EIO): the bus has\n"
    "ended.  RuntimeError: this target is in a call.  Ctrl-C ends the wait at once.");
PyDoc_STRVAR(deinit_doc,
             "deinit($self, /)\n--\n\n"
             "Release both lines at once, even in the middle of a byte.  May be called again;\n"
             "every other call then raises ValueError.  What controllers have written to devices,\n"
             "and their on_write was not told yet, it is told now.");
PyDoc_STRVAR(
    fileno_doc,
    "fileno($self, /)\n--\n\n"
    "A file descriptor that is readable while request(timeout=-1) would return a request,\n"
    "for select, selectors and asyncio; also when the bus has ended.\n\n"
    "It may also become readable when a fault has ended a message, or has taken back a request\n"
    "that was announced.  Then request(timeout=-1) returns None, and the descriptor is no\n"
    "longer readable.  The descriptor belongs to the target: do not read or close it.\n\n"
    "Raises ValueError: deinitialised.");
PyDoc_STRVAR(
    add_address_doc,
    "add_address($self, address, /)\n--\n\n"
    "Answer to one more address, 0x00 to 0x7f, from the next START on.  No effect if it is\n"
    "there already.\n\n"
    "Raises ValueError: out of range; deinitialised.  TypeError: not an int.  OSError\n"
    "(EIO): the bus has ended.  RuntimeError: this target is in a call.");
PyDoc_STRVAR(
    remove_address_doc,
    "remove_address($self, address, /)\n--\n\n"
    "Answer to an address no more, from the next START on.  A message to it that has begun\n"
    "goes on to its end.  One that request() has not returned yet is not acknowledged.  The\n"
    "last address may go, too.\n\n"
    "Raises ValueError: not an address of this target; deinitialised.  TypeError: not an\n"
    "int.  OSError (EIO): the bus has ended.  RuntimeError: this target is in a call.");
PyDoc_STRVAR(
    attach_doc,
    "attach($self, /, device, addresses=None)\n--\n\n"
    "Let a device, a Memory or an EEPROM, answer everything at these addresses, at once.  None:\n"
    "at all addresses of the target.  request() does not return messages to them.\n\n"
    "The device stays until deinit(), or until remove_address() takes an address away.  A device\n"
    "may have several addresses of one target; an address has one device.\n\n"
    "Here devices answer inside calls on the target: a program waits in request(), or calls it\n"
    "when fileno() is readable.  (On a chip they answer in an interrupt.)\n\n"
    "Raises ValueError: not an address of this target; it has a device; the device belongs to\n"
    "another target; deinitialised.  TypeError: no device.  RuntimeError: this target is in a\n"
    "call.");
PyDoc_STRVAR(counters_doc,
             "What has happened so far, a Counters.  After deinit(): the last values.");

static PyMethodDef target_methods[] = {
    {"request", (PyCFunction)(void (*)(void))target_request, METH_VARARGS | METH_KEYWORDS,
     request_doc},
    {"add_address", target_add_address, METH_O, add_address_doc},
    {"remove_address", target_remove_address, METH_O, remove_address_doc},
    {"attach", (PyCFunction)(void (*)(void))target_attach, METH_VARARGS | METH_KEYWORDS,
     attach_doc},
    {"deinit", target_deinit, METH_NOARGS, deinit_doc},
    {"fileno", target_fileno, METH_NOARGS, fileno_doc},
    {"__enter__", itself, METH_NOARGS, "__enter__($self, /)\n--\n\nThe target itself."},
    {"__exit__", target_exit, METH_VARARGS, "__exit__($self, /, *args)\n--\n\ndeinit()"},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef target_properties[] = {
    {"counters", target_counters, NULL, counters_doc, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot target_slots[] = {
    {Py_tp_doc, (void *)target_doc},
    {Py_tp_init, target_init},
    {Py_tp_dealloc, target_dealloc},
    {Py_tp_traverse, target_traverse},
    {Py_tp_clear, target_clear},
    {Py_tp_repr, target_repr},
    {Py_tp_methods, target_methods},
    {Py_tp_getset, target_properties},
    {0, NULL},
};

static PyType_Spec target_spec = {
    .name = "i2ctarget.I2CTarget",
    .basicsize = sizeof(struct target_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = target_slots,
};

bool target_make_type(void)
{
    target_type = (PyTypeObject *)PyType_FromSpec(&target_spec);
    return target_type != NULL;
}
