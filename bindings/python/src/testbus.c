/* SPDX-License-Identifier: MIT */
/*
 * The test bus in an object.  It has what the library has, call by call; i2ctarget/testbus.py makes
 * of it what programs use.
 */
#include "testbus.h"

#include <string.h>

#include "device.h"
#include "i2ctarget/testbus.h"
#include "transfers.h"

PyTypeObject *testbus_type;

enum { CHIPS = 32768 };

static struct testbus_object *in(PyObject *object)
{
    return (struct testbus_object *)object;
}

static struct i2ctarget_testbus *bus_in(PyObject *object)
{
    return in(object)->shared.bus;
}

/* ---- life ------------------------------------------------------------------------------------ */

/* Of what is too large for any of them a number that is so, too. */
static uint32_t within_32_bits(long long number)
{
    return number < 0 || number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

static PyObject *testbus_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"scl_hz", "spike_ns", NULL};
    long long scl_hz, spike_ns;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "LL:TestBus", names, &scl_hz, &spike_ns))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    struct testbus_object *self = (struct testbus_object *)allocate(type, 0);
    if (!self)
        return NULL;
    self->targets = PyDict_New();
    self->shared.bus = i2ctarget_testbus_new(within_32_bits(scl_hz));
    if (self->targets && !self->shared.bus)
        PyErr_SetString(PyExc_ValueError, "scl_hz is 1 to 1000000");
    else if (self->targets &&
             i2ctarget_testbus_set_filter(self->shared.bus, within_32_bits(spike_ns)))
        PyErr_SetString(PyExc_ValueError, "spike_ns is 0 to 50");
    if (!PyErr_Occurred())
        return (PyObject *)self;
    Py_DECREF((PyObject *)self);
    return NULL;
}

static int testbus_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(in(object)->targets);
    Py_VISIT(in(object)->shared.script);
    return 0;
}

static int testbus_clear(PyObject *object)
{
    Py_CLEAR(in(object)->shared.script);
    return 0;
}

/* Targets keep their bus alive, so there are none. */
static void testbus_dealloc(PyObject *object)
{
    struct testbus_object *self = in(object);
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_CLEAR(self->shared.script);
    Py_CLEAR(self->targets);
    i2ctarget_testbus_free(self->shared.bus);
    transfers_forget(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(type);
}

/* ---- its targets ----------------------------------------------------------------------------- */

struct shared *testbus_shared(PyObject *testbus)
{
    if (PyObject_TypeCheck(testbus, testbus_type))
        return &in(testbus)->shared;
    PyErr_SetString(PyExc_TypeError, "these pins lead to no bus");
    return NULL;
}

static bool note_target(struct testbus_object *self, unsigned chip, const uint8_t *addresses,
                        size_t count)
{
    PyObject *key = PyLong_FromUnsignedLong(chip);
    PyObject *list = PyTuple_New((Py_ssize_t)count);
    bool is_good = key && list;
    for (size_t i = 0; is_good && i < count; i++) {
        PyObject *address = PyLong_FromLong(addresses[i]);
        is_good = address && PyTuple_SetItem(list, (Py_ssize_t)i, address) == 0;
    }
    is_good = is_good && PyDict_SetItem(self->targets, key, list) == 0;
    Py_XDECREF(key);
    Py_XDECREF(list);
    return is_good;
}

bool testbus_take_pins(PyObject *testbus, const uint8_t *addresses, size_t count,
                       struct i2ctarget_pin *scl, struct i2ctarget_pin *sda)
{
    struct testbus_object *self = in(testbus);
    if (self->next_chip == CHIPS) {
        PyErr_SetString(PyExc_ValueError, "a TestBus has 32768 targets in its life: make another");
        return false;
    }
    unsigned chip = self->next_chip++;
    *scl = i2ctarget_testbus_scl(self->shared.bus, chip);
    *sda = i2ctarget_testbus_sda(self->shared.bus, chip);
    return note_target(self, chip, addresses, count);
}

/* ---- time and lines -------------------------------------------------------------------------- */

/* What `work` does raises events.  NULL: an exception is set. */
static PyObject *let(PyObject *object, void (*work)(struct i2ctarget_testbus *, unsigned long long),
                     unsigned long long argument)
{
    struct shared *shared = &in(object)->shared;
    if (!service_enter_shared(shared))
        return NULL;
    PyThreadState *thread = service_to_shared_library(shared);
    work(shared->bus, argument);
    service_from_library(thread);
    bool is_good = device_tell_shared(shared);
    service_leave_shared(shared);
    return is_good ? Py_NewRef(Py_None) : NULL;
}

static void pass(struct i2ctarget_testbus *bus, unsigned long long ns)
{
    i2ctarget_testbus_pass(bus, ns);
}

/* In a script, which runs in a call, time does not move. */
static PyObject *testbus_advance(PyObject *object, PyObject *ns)
{
    enum { YEAR_S = 31536000 };
    PyObject *index = PyNumber_Index(ns);
    if (!index)
        return NULL;
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(index, &overflow);
    Py_DECREF(index);
    if (overflow || value < 0 || value > YEAR_S * INT64_C(1000000000))
        return PyErr_Format(PyExc_ValueError, "ns is 0 to a year of nanoseconds");
    return let(object, pass, (unsigned long long)value);
}

static void pull(struct i2ctarget_testbus *bus, unsigned long long lines)
{
    i2ctarget_testbus_pull(bus, lines & 1, lines & 2);
}

static PyObject *testbus_pull(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"scl", "sda", NULL};
    int scl = 0, sda = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$pp:pull", names, &scl, &sda))
        return NULL;
    return let(object, pull, (scl ? 1u : 0u) | (sda ? 2u : 0u));
}

static PyObject *get_scl_is_high(PyObject *object, void *unused)
{
    (void)unused;
    return PyBool_FromLong(i2ctarget_testbus_scl_is_high(bus_in(object)));
}

static PyObject *get_sda_is_high(PyObject *object, void *unused)
{
    (void)unused;
    return PyBool_FromLong(i2ctarget_testbus_sda_is_high(bus_in(object)));
}

static PyObject *get_now_ns(PyObject *object, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(i2ctarget_testbus_now_ns(bus_in(object)));
}

static PyObject *get_is_busy(PyObject *object, void *unused)
{
    (void)unused;
    return PyBool_FromLong(i2ctarget_testbus_busy(bus_in(object)));
}

static PyObject *testbus_ignore_stretching(PyObject *object, PyObject *ignore)
{
    int is_ignored = PyObject_IsTrue(ignore);
    if (is_ignored < 0)
        return NULL;
    i2ctarget_testbus_ignore_stretch(bus_in(object), is_ignored);
    Py_RETURN_NONE;
}

/* ---- trace ----------------------------------------------------------------------------------- */

/* A negative code of the library, about a file. */
static PyObject *file_result(int error, const char *name)
{
    if (error == 0)
        Py_RETURN_NONE;
    if (error == -I2CTARGET_EBUSY && name)
        return PyErr_Format(PyExc_ValueError, "this TestBus writes a VCD already: end_vcd() first");
    if (error == -I2CTARGET_EBADF)
        return PyErr_Format(PyExc_ValueError, "this TestBus writes no VCD: vcd() begins one");
    PyObject *arguments = Py_BuildValue("(iss)", -error, strerror(-error), name);
    if (arguments)
        PyErr_SetObject(PyExc_OSError, arguments);
    Py_XDECREF(arguments);
    return NULL;
}

static PyObject *testbus_trace(PyObject *object, PyObject *path)
{
    PyObject *bytes;
    if (!PyUnicode_FSConverter(path, &bytes))
        return NULL;
    char *name = PyBytes_AsString(bytes);
    PyObject *result = file_result(i2ctarget_testbus_trace(bus_in(object), name), name);
    Py_DECREF(bytes);
    return result;
}

static PyObject *testbus_save_trace(PyObject *object, PyObject *unused)
{
    (void)unused;
    return file_result(i2ctarget_testbus_save_trace(bus_in(object)), NULL);
}

static PyObject *testbus_end_trace(PyObject *object, PyObject *unused)
{
    (void)unused;
    return file_result(i2ctarget_testbus_end_trace(bus_in(object)), NULL);
}

/* ---- the checker ----------------------------------------------------------------------------- */

static PyObject *violation_of(struct testbus_object *self,
                              const struct i2ctarget_testbus_violation *violation)
{
    PyObject *chip = PyLong_FromUnsignedLong(violation->chip);
    PyObject *addresses = chip ? PyDict_GetItemWithError(self->targets, chip) : NULL;
    PyObject *tuple = NULL;
    if (addresses)
        tuple = Py_BuildValue("(sOKKI)", i2ctarget_testbus_rule_name(violation->rule), addresses,
                              (unsigned long long)violation->at_ns,
                              (unsigned long long)violation->measured_ns,
                              (unsigned)violation->limit_ns);
    Py_XDECREF(chip);
    return tuple;
}

/* Those that were kept. */
static PyObject *testbus_get_violations(PyObject *object, PyObject *unused)
{
    struct testbus_object *self = in(object);
    struct i2ctarget_testbus_violation violation;
    PyObject *list = PyList_New(0);
    (void)unused;
    for (size_t i = 0;
         list && i2ctarget_testbus_get_violation(self->shared.bus, i, &violation) == 0; i++) {
        PyObject *tuple = violation_of(self, &violation);
        if (!tuple || PyList_Append(list, tuple) < 0)
            Py_CLEAR(list);
        Py_XDECREF(tuple);
    }
    return list;
}

static PyObject *get_violation_count(PyObject *object, void *unused)
{
    (void)unused;
    return PyLong_FromSize_t(i2ctarget_testbus_count_violations(bus_in(object)));
}

static PyObject *testbus_forget_violations(PyObject *object, PyObject *unused)
{
    (void)unused;
    i2ctarget_testbus_forget_violations(bus_in(object));
    Py_RETURN_NONE;
}

static PyObject *testbus_forbid_stretching(PyObject *object, PyObject *target)
{
    const struct service *at = in(object)->shared.services;
    while (at && at->owner != target)
        at = at->next;
    if (!at)
        return PyErr_Format(PyExc_ValueError, "%R is not a target on this TestBus", target);
    if (i2ctarget_testbus_forbid_stretch(bus_in(object), at->bus))
        Py_UNREACHABLE();
    Py_RETURN_NONE;
}

/* ---- faults ---------------------------------------------------------------------------------- */

static PyObject *testbus_fault(PyObject *object, PyObject *text)
{
    char why[I2CTARGET_FAULT_WHY_MAX];
    struct i2ctarget_fault fault;
    if (!PyUnicode_Check(text))
        return PyErr_Format(PyExc_TypeError, "a fault is a text, such as \"0x50 nack once\"");
    Py_ssize_t length;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &length);
    if (!utf8)
        return NULL;
    if (strlen(utf8) != (size_t)length)
        return PyErr_Format(PyExc_ValueError, "a fault has no NUL in its text");
    if (!i2ctarget_fault_parse(utf8, &fault, why))
        return PyErr_Format(PyExc_ValueError, "%s", why);
    int number = i2ctarget_testbus_fault(bus_in(object), &fault, why);
    return number < 0 ? PyErr_Format(PyExc_ValueError, "%s", why) : PyLong_FromLong(number);
}

static PyObject *testbus_clear_fault(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"number", NULL};
    unsigned number = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|I:clear_fault", names, &number))
        return NULL;
    if (i2ctarget_testbus_clear_fault(bus_in(object), number))
        return PyErr_Format(PyExc_ValueError, "there is no fault %u on this TestBus", number);
    Py_RETURN_NONE;
}

static PyObject *testbus_get_faults(PyObject *object, PyObject *unused)
{
    char text[I2CTARGET_FAULT_TEXT_MAX];
    struct i2ctarget_fault_count count = {.number = 0};
    PyObject *list = PyList_New(0);
    (void)unused;
    while (list && i2ctarget_testbus_next_fault(bus_in(object), count.number, &count)) {
        i2ctarget_fault_print(&count.fault, text);
        PyObject *tuple = Py_BuildValue("(IsII)", (unsigned)count.number, text,
                                        (unsigned)count.chances, (unsigned)count.hits);
        if (!tuple || PyList_Append(list, tuple) < 0)
            Py_CLEAR(list);
        Py_XDECREF(tuple);
    }
    return list;
}

/* ---- the class ------------------------------------------------------------------------------- */

/* Those that are open. */
static PyObject *get_targets(PyObject *object, void *unused)
{
    PyObject *list = PyList_New(0);
    (void)unused;
    for (const struct service *at = in(object)->shared.services; list && at; at = at->next) {
        if (PyList_Append(list, at->owner) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyMethodDef testbus_methods[] = {
    {"_start", transfers_start, METH_O, NULL},
    {"_go_on", transfers_go_on, METH_NOARGS, NULL},
    {"_results", transfers_results, METH_NOARGS, NULL},
    {"_set_script", transfers_set_script, METH_O, NULL},
    {"_ignore_stretching", testbus_ignore_stretching, METH_O, NULL},
    {"_trace", testbus_trace, METH_O, NULL},
    {"_save_trace", testbus_save_trace, METH_NOARGS, NULL},
    {"_end_trace", testbus_end_trace, METH_NOARGS, NULL},
    {"_get_violations", testbus_get_violations, METH_NOARGS, NULL},
    {"_get_faults", testbus_get_faults, METH_NOARGS, NULL},
    {"fault", testbus_fault, METH_O,
     "fault($self, text, /)\n--\n\n"
     "Let something go wrong on the wires from now on: \"0x50 nack-after 3 once\".  The texts are\n"
     "those of `i2ctarget fault --help`.  Returns the number of the fault.\n\n"
     "Raises ValueError: it is no fault, or there are 32; the message says why."},
    {"clear_fault", (PyCFunction)(void (*)(void))testbus_clear_fault, METH_VARARGS | METH_KEYWORDS,
     "clear_fault($self, /, number=0)\n--\n\n"
     "Remove a fault; 0: all.  Raises ValueError: there is no such number."},
    {"advance", testbus_advance, METH_O,
     "advance($self, ns, /)\n--\n\nLet simulated time pass; whatever is due in it happens."},
    {"pull", (PyCFunction)(void (*)(void))testbus_pull, METH_VARARGS | METH_KEYWORDS,
     "pull($self, /, *, scl=False, sda=False)\n--\n\n"
     "Pull the lines low by hand (True), or release them, besides everybody else on the bus.  It\n"
     "stays so until the next call.  Time does not move."},
    {"forbid_stretching", testbus_forbid_stretching, METH_O,
     "forbid_stretching($self, target, /)\n--\n\n"
     "From now on it is a violation if this I2CTarget holds SCL low once the controller has\n"
     "released it."},
    {"forget_violations", testbus_forget_violations, METH_NOARGS,
     "forget_violations($self, /)\n--\n\nThere were none so far."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef testbus_properties[] = {
    {"now_ns", get_now_ns, NULL, "The simulated time in nanoseconds, an int.", NULL},
    {"is_busy", get_is_busy, NULL, "True: a transfer is under way.", NULL},
    {"scl_is_high", get_scl_is_high, NULL, "The level of SCL, as everybody sees it.", NULL},
    {"sda_is_high", get_sda_is_high, NULL, "The level of SDA, as everybody sees it.", NULL},
    {"targets", get_targets, NULL, "The targets that are open on this bus, a list.", NULL},
    {"violation_count", get_violation_count, NULL,
     "How many violations there were, also those that are not kept, an int.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot testbus_slots[] = {
    {Py_tp_new, testbus_new},
    {Py_tp_doc, (void *)"What i2ctarget.testbus.TestBus is made of."},
    {Py_tp_dealloc, testbus_dealloc},
    {Py_tp_traverse, testbus_traverse},
    {Py_tp_clear, testbus_clear},
    {Py_tp_methods, testbus_methods},
    {Py_tp_getset, testbus_properties},
    {0, NULL},
};

static PyType_Spec testbus_spec = {
    .name = "i2ctarget._i2ctarget.TestBus",
    .basicsize = sizeof(struct testbus_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = testbus_slots,
};

bool testbus_make_type(void)
{
    testbus_type = (PyTypeObject *)PyType_FromSpec(&testbus_spec);
    return testbus_type != NULL;
}
