/* SPDX-License-Identifier: MIT */
#include "values.h"

#include "common/arguments.h"

PyTypeObject *counters_type;
PyObject *end_type;

/* ---- End: why a message ended ---------------------------------------------------------------- */

static const char end_doc[] =
    "Why a message ended.  False as a condition while it has not.\n\n"
    "OPEN              it has not ended\n"
    "STOP              STOP\n"
    "RESTART           repeated START, whoever it was for\n"
    "CONTROLLER_NACK   a read: the controller did not acknowledge the last byte, it wants no more\n"
    "ARBITRATION_LOST  a read: another target with our address drove SDA low\n"
    "TIMEOUT           an SMBus limit: SCL was low, or stretched by us, for too long\n"
    "BUS_ERROR         the controller or the bus gave this message up\n"
    "PORT_LOST         the bus is gone\n"
    "CLOSED            the program closed the request before the controller was done";

static PyObject *end_members(void)
{
    PyObject *members = PyDict_New();
    for (int end = 0; members && end < END_COUNT; end++) {
        PyObject *value = PyLong_FromLong(end);
        const char *name = i2ctarget_end_name((enum i2ctarget_end)end);
        if (!value || PyDict_SetItemString(members, name, value) < 0)
            Py_CLEAR(members);
        Py_XDECREF(value);
    }
    return members;
}

/* enum.IntEnum("End", members, module="i2ctarget") */
static bool make_end(void)
{
    PyObject *members = end_members();
    PyObject *arguments = members ? Py_BuildValue("(sO)", "End", members) : NULL;
    PyObject *keywords = Py_BuildValue("{ss}", "module", "i2ctarget");
    PyObject *enums = PyImport_ImportModule("enum");
    PyObject *int_enum = enums ? PyObject_GetAttrString(enums, "IntEnum") : NULL;
    PyObject *doc = PyUnicode_FromString(end_doc);
    if (arguments && keywords && int_enum && doc)
        end_type = PyObject_Call(int_enum, arguments, keywords);
    bool is_made = end_type && PyObject_SetAttrString(end_type, "__doc__", doc) == 0;
    Py_XDECREF(doc);
    Py_XDECREF(int_enum);
    Py_XDECREF(enums);
    Py_XDECREF(keywords);
    Py_XDECREF(arguments);
    Py_XDECREF(members);
    return is_made;
}

PyObject *end_new(enum i2ctarget_end end)
{
    return PyObject_CallFunction(end_type, "i", (int)end);
}

/* ---- Counters -------------------------------------------------------------------------------- */

enum { COUNTERS = 7 };

static PyStructSequence_Field counters_fields[] = {
    {"arbitration_lost", "read messages lost to another target with the same address"},
    {"timeouts", "messages ended by an SMBus limit"},
    {"cancelled", "calls that ended before request() could report them"},
    {"order_errors", "events out of order: a defect of the port, never of the bus"},
    {"glitches", "spikes the input filter rejected"},
    {"stretches", "times SCL was held low for an answer"},
    {"longest_stretch_us", "the longest of them, in microseconds"},
    {NULL, NULL},
};

static PyStructSequence_Desc counters_desc = {
    .name = "i2ctarget.Counters",
    .doc = "What a target has seen since it was made; the numbers wrap at 2**32.",
    .fields = counters_fields,
    .n_in_sequence = COUNTERS,
};

static bool make_counters(void)
{
    counters_type = PyStructSequence_NewType(&counters_desc);
    return counters_type != NULL;
}

PyObject *counters_new(const struct i2ctarget_counters *counters)
{
    const uint32_t values[] = {
        counters->arbitration_lost,   counters->timeouts, counters->cancelled,
        counters->order_errors,       counters->glitches, counters->stretches,
        counters->longest_stretch_us,
    };
    PyObject *sequence = PyStructSequence_New(counters_type);
    for (Py_ssize_t i = 0; sequence && i < COUNTERS; i++)
        PyStructSequence_SetItem(sequence, i, PyLong_FromUnsignedLong(values[i]));
    return sequence;
}

bool values_make_types(void)
{
    return make_end() && make_counters();
}
