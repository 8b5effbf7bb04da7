/* SPDX-License-Identifier: MIT */
#include "device.h"

#include "common/words.h"
#include "i2ctarget/port.h"

static struct device_object *in(PyObject *object)
{
    return (struct device_object *)object;
}

/* ---- what the library calls, without the GIL -------------------------------------------------- */

/*
 * Events are raised in the thread whose call waits.  With this model of thread-local variables the
 * module needs no library but the C library, as its wheel promises.
 */
static _Thread_local bool is_due __attribute__((tls_model("initial-exec")));

void i2ctarget_binding_written(struct python_device *device)
{
    (void)device;
    is_due = true;
}

bool device_is_due(void)
{
    return is_due;
}

static int wait_unless_due(const struct i2ctarget_port_ops *port, void *instance, int64_t until_us)
{
    int result = is_due ? 0 : port->wait(instance, until_us);
    return result == 0 && is_due ? -I2CTARGET_EINTR : result;
}

/*
 * The tables of a virtual bus and of the test bus, with a wait of our own.  They are written once,
 * with the GIL: targets read them without.
 */
static struct told_port {
    struct i2ctarget_port_ops ops;
    const struct i2ctarget_port_ops *original;
} on_virtual_bus, on_test_bus;

static int wait_on_virtual_bus(void *instance, int64_t until_us)
{
    return wait_unless_due(on_virtual_bus.original, instance, until_us);
}

static int wait_on_test_bus(void *instance, int64_t until_us)
{
    return wait_unless_due(on_test_bus.original, instance, until_us);
}

struct i2ctarget_pin device_pin(struct i2ctarget_pin pin)
{
    bool is_virtual = pin.port == &i2ctarget_remote_port;
    struct told_port *told = is_virtual ? &on_virtual_bus : &on_test_bus;
    if (!told->original) {
        told->ops = *pin.port;
        told->ops.wait = is_virtual ? wait_on_virtual_bus : wait_on_test_bus;
        told->original = pin.port;
    }
    pin.port = &told->ops;
    return pin;
}

/* ---- telling the program ---------------------------------------------------------------------- */

/* False: an exception is set. */
static bool call_with(PyObject *function, struct written written)
{
    PyObject *result =
        PyObject_CallFunction(function, "II", (unsigned)written.begin, (unsigned)written.end);
    Py_XDECREF(result);
    if (result)
        return true;
    if (!PyErr_ExceptionMatches(PyExc_Exception))
        return false;
    PyErr_WriteUnraisable(function);
    return true;
}

static bool tell(struct device_object *self)
{
    struct written written = i2ctarget_python_take_written(&self->device);
    return !written.end || !self->on_write || call_with(self->on_write, written);
}

/* A function may end the target, which tells the rest then; the device may have another since. */
static bool tell_of(struct service *service)
{
    bool goes_on = true;
    for (struct device_object *self = service->devices, *next; self && goes_on; self = next) {
        Py_INCREF((PyObject *)self);
        goes_on = tell(self);
        next = self->service == service ? self->next : NULL;
        Py_DECREF((PyObject *)self);
    }
    return goes_on;
}

/* A function may end any target of the bus: those that were there at first stay alive. */
bool device_tell_shared(struct shared *shared)
{
    struct service *services[I2CTARGET_ADDRESS_COUNT_MAX]; /* a test bus has no more targets */
    PyObject *owners[I2CTARGET_ADDRESS_COUNT_MAX];
    size_t count = 0;
    bool goes_on = true;
    is_due = false;
    for (struct service *at = shared->services; at; at = at->next) {
        services[count] = at;
        owners[count++] = Py_NewRef(at->owner);
    }
    for (size_t i = 0; i < count; i++) {
        goes_on = goes_on && tell_of(services[i]);
        Py_DECREF(owners[i]);
    }
    return goes_on;
}

bool device_tell_all(struct service *service)
{
    if (service->shared)
        return device_tell_shared(service->shared);
    is_due = false;
    return tell_of(service);
}

bool device_heed(struct service *service)
{
    return service_heed_signals() && device_tell_all(service);
}

bool device_tell_last(struct service *service)
{
    bool is_in_call = service_is_in_call(service);
    if (!is_in_call && !service_enter(service))
        return false;
    is_due = false;
    bool goes_on = tell_of(service);
    if (!is_in_call)
        service_leave(service);
    return goes_on;
}

void device_leave(struct service *service)
{
    if (!PyErr_Occurred())
        device_tell_all(service);
    service_leave(service);
}

/* ---- a target and its devices ----------------------------------------------------------------- */

void device_keep(struct device_object *self, struct service *service)
{
    if (self->service)
        return;
    Py_INCREF((PyObject *)self);
    self->service = service;
    self->next = service->devices;
    service->devices = self;
}

void device_forget_all(struct service *service)
{
    while (service->devices) {
        struct device_object *self = service->devices;
        service->devices = self->next;
        self->next = NULL;
        self->service = NULL;
        Py_DECREF((PyObject *)self);
    }
}

int device_visit_all(const struct service *service, visitproc visit, void *arg)
{
    for (struct device_object *self = service->devices; self; self = self->next)
        Py_VISIT((PyObject *)self);
    return 0;
}

/* ---- making one ------------------------------------------------------------------------------- */

struct device_object *device_new(PyTypeObject *type)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    return (struct device_object *)allocate(type, 0);
}

bool device_take(struct device_object *self, PyObject *buffer, PyObject *on_write)
{
    if (on_write != Py_None && !PyCallable_Check(on_write)) {
        PyErr_SetString(PyExc_TypeError, WORDS_ON_WRITE);
        return false;
    }
    if (PyObject_GetBuffer(buffer, &self->view, PyBUF_WRITABLE) < 0) {
        if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_BufferError))
            PyErr_SetString(PyExc_TypeError, WORDS_BUFFER);
        return false;
    }
    self->on_write = on_write == Py_None ? NULL : Py_NewRef(on_write);
    return true;
}

PyObject *device_or_complain(struct device_object *self, const char *words)
{
    if (!words)
        return (PyObject *)self;
    PyErr_SetString(PyExc_ValueError, words);
    Py_DECREF((PyObject *)self);
    return NULL;
}

/* ---- life ------------------------------------------------------------------------------------- */

/* A target would keep it alive, so it is attached to none. */
void device_dealloc(PyObject *object)
{
    struct device_object *self = in(object);
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_CLEAR(self->on_write);
    PyBuffer_Release(&self->view);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(type);
}

int device_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(in(object)->on_write);
    Py_VISIT(in(object)->view.obj);
    return 0;
}

/* The buffer stays: the target may still use it. */
int device_clear(PyObject *object)
{
    i2ctarget_python_take_written(&in(object)->device);
    Py_CLEAR(in(object)->on_write);
    return 0;
}

bool device_allows(const struct device_object *self)
{
    return !self->service || service_allows(self->service);
}
