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
#include "target_doc.h"
#include "testbus.h"
#include "values.h"

PyTypeObject *target_type;

struct target_object {
    PyObject_HEAD struct i2ctarget target;
    struct service service;
    struct i2ctarget_counters counters; /* as they were at deinit() */
    struct places places;
    PyObject *testbus; /* that it is or was on; NULL: it is none */
    PyObject *at_end;  /* to be called when it is deinitialised; NULL: nothing */
    bool is_open;
};

/* ---- making one ------------------------------------------------------------------------------ */

/* Runs inside a call of the service.  False: an exception is set. */
static bool open_target(struct target_object *self, const struct place *place,
                        const struct i2ctarget_address_set *addresses, bool smbus)
{
    uint8_t list[I2CTARGET_ADDRESS_COUNT_MAX];
    size_t count = i2ctarget_list_addresses(addresses, list);
    struct i2ctarget_pin scl = i2ctarget_bus_pin(place->bus, 0);
    struct i2ctarget_pin sda = i2ctarget_bus_pin(place->bus, 1);
    if (place->testbus && !testbus_take_pins(place->testbus, list, count, &scl, &sda))
        return false;
    scl = device_pin(scl);
    sda = device_pin(sda);
    PyThreadState *thread = service_to_library(&self->service);
    int error = i2ctarget_init(&self->target, &scl, &sda, list, count, smbus);
    service_from_library(thread);
    if (error) {
        raise_error(ASKED_OPEN, place->bus, error);
        return false;
    }
    if (place->testbus)
        service_join(&self->service, &self->target, (PyObject *)self);
    self->service.bus = place->testbus ? scl.number / 2u : place->bus;
    self->places = (struct places){.addresses = *addresses};
    self->is_open = true;
    return true;
}

/* From now on it counts as one with that bus.  False: it serves on one already, or is in a call. */
static bool move_to(struct target_object *self, PyObject *testbus)
{
    if (!service_enter(&self->service))
        return false;
    service_leave(&self->service);
    if (self->is_open) {
        PyErr_SetString(PyExc_ValueError, "this I2CTarget serves already: deinit() it first");
        return false;
    }
    struct shared *shared = testbus ? testbus_shared(testbus) : NULL;
    if (testbus && !shared)
        return false;
    PyObject *before = self->testbus;
    self->testbus = Py_XNewRef(testbus);
    self->service.shared = shared;
    Py_XDECREF(before);
    return true;
}

/* False: an exception is set. */
static bool open_at(struct target_object *self, const struct place *place,
                    const struct i2ctarget_address_set *addresses, bool smbus)
{
    if (!move_to(self, place->testbus) || !service_enter(&self->service))
        return false;
    bool is_open = open_target(self, place, addresses, smbus);
    service_leave(&self->service);
    return is_open;
}

static int target_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"scl", "sda", "addresses", "smbus", NULL};
    struct target_object *self = (struct target_object *)object;
    PyObject *scl, *sda, *iterable;
    struct i2ctarget_address_set addresses = {0};
    struct place place;
    int smbus = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOO|p:I2CTarget", names, &scl, &sda, &iterable,
                                     &smbus))
        return -1;
    if (!take_addresses(&addresses, iterable) || !take_pins(&place, scl, sda))
        return -1;
    bool is_open = open_at(self, &place, &addresses, smbus);
    Py_XDECREF(place.testbus);
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
    service_part(&self->service);
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
    Py_VISIT(((struct target_object *)object)->testbus);
    Py_VISIT(((struct target_object *)object)->at_end);
    return device_visit_all(&((struct target_object *)object)->service, visit, arg);
}

/* A device whose function knows the target would keep it alive; so would a bus that serves it. */
static int target_clear(PyObject *object)
{
    struct target_object *self = (struct target_object *)object;
    close_silently(self);
    self->service.shared = NULL;
    Py_CLEAR(self->testbus);
    Py_CLEAR(self->at_end);
    return 0;
}

static void target_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    target_clear(object);
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
    int64_t began_us = timeout_us > 0 ? service_now_us(&self->service) : 0;
    int64_t left_us = timeout_us;
    if (!device_tell_all(&self->service))
        return -I2CTARGET_EINTR;
    for (;;) {
        PyThreadState *thread = service_to_library(&self->service);
        int result = i2ctarget_next_request(&self->target, request, left_us);
        service_from_library(thread);
        if (result != -I2CTARGET_EINTR) {
            if (!device_tell_all(&self->service))
                return -I2CTARGET_EINTR;
            if (!testbus_goes_on(&self->service, &result))
                return result;
        } else if (!device_heed(&self->service)) {
            return result;
        }
        if (timeout_us > 0) {
            left_us = began_us + timeout_us + 1 - service_now_us(&self->service);
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
    PyThreadState *thread = service_to_library(&self->service);
    int error = call(&self->target, address);
    service_from_library(thread);
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
    PyThreadState *thread = service_to_library(&self->service);
    int error =
        i2ctarget_python_attach(&self->places, &self->target, &device->device, wanted, wrong);
    service_from_library(thread);
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

/*
 * For aio.py.  A descriptor that is closed tells nobody: who waits for it has to be told.  None:
 * nobody waits any more.
 */
static PyObject *target_set_at_end(PyObject *object, PyObject *function)
{
    struct target_object *self = (struct target_object *)object;
    PyObject *before = self->at_end;
    self->at_end = function == Py_None ? NULL : Py_NewRef(function);
    Py_XDECREF(before);
    Py_RETURN_NONE;
}

/* False: an exception is set. */
static bool tell_end(struct target_object *self)
{
    PyObject *function = self->at_end;
    self->at_end = NULL;
    PyObject *result = function ? PyObject_CallNoArgs(function) : Py_NewRef(Py_None);
    Py_XDECREF(function);
    Py_XDECREF(result);
    return result != NULL;
}

static PyObject *target_deinit(PyObject *object, PyObject *unused)
{
    struct target_object *self = (struct target_object *)object;
    (void)unused;
    if (!service_allows(&self->service))
        return NULL;
    close_target(self);
    bool goes_on = device_tell_last(&self->service);
    device_forget_all(&self->service);
    return goes_on && tell_end(self) ? Py_NewRef(Py_None) : NULL;
}

static PyObject *target_fileno(PyObject *object, PyObject *unused)
{
    struct target_object *self = (struct target_object *)object;
    (void)unused;
    if (!service_allows(&self->service))
        return NULL;
    if (self->is_open && self->testbus) {
        PyErr_SetString(PyExc_ValueError, "a target on a TestBus has no descriptor");
        return NULL;
    }
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
    PyObject *text = NULL;
    if (addresses && self->testbus)
        text = PyUnicode_FromFormat("<I2CTarget on a TestBus at %U>", addresses);
    else if (addresses)
        text = PyUnicode_FromFormat("<I2CTarget on bus %u at %U>", self->service.bus, addresses);
    Py_XDECREF(addresses);
    return text;
}

static PyMethodDef target_methods[] = {
    {"request", (PyCFunction)(void (*)(void))target_request, METH_VARARGS | METH_KEYWORDS,
     request_doc},
    {"add_address", target_add_address, METH_O, add_address_doc},
    {"remove_address", target_remove_address, METH_O, remove_address_doc},
    {"attach", (PyCFunction)(void (*)(void))target_attach, METH_VARARGS | METH_KEYWORDS,
     attach_doc},
    {"deinit", target_deinit, METH_NOARGS, deinit_doc},
    {"fileno", target_fileno, METH_NOARGS, fileno_doc},
    {"_set_at_end", target_set_at_end, METH_O, set_at_end_doc},
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
