/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include "common/words.h"

bool take_address(uint16_t *address, PyObject *item)
{
    PyObject *index = PyNumber_Index(item);
    if (!index)
        return false;
    int overflow;
    long number = PyLong_AsLongAndOverflow(index, &overflow);
    if (overflow || number < 0 || number > I2CTARGET_ADDRESS_MAX) {
        PyErr_Format(PyExc_ValueError, "address %R: " WORDS_ADDRESS, index);
        Py_DECREF(index);
        return false;
    }
    Py_DECREF(index);
    *address = (uint16_t)number;
    return true;
}

/* Adds the number in `item` to the set.  False: an exception is set. */
static bool add_address(struct i2ctarget_address_set *addresses, PyObject *item)
{
    uint16_t address;
    if (!take_address(&address, item))
        return false;
    i2ctarget_address_set_add(addresses, address);
    return true;
}

static bool add_addresses(struct i2ctarget_address_set *addresses, PyObject *iterator)
{
    size_t count = 0;
    PyObject *item;
    while (count <= I2CTARGET_ADDRESS_COUNT_MAX && (item = PyIter_Next(iterator))) {
        bool is_good = add_address(addresses, item);
        Py_DECREF(item);
        if (!is_good)
            return false;
        count++;
    }
    if (PyErr_Occurred())
        return false;
    if (count >= 1 && count <= I2CTARGET_ADDRESS_COUNT_MAX)
        return true;
    PyErr_SetString(PyExc_ValueError, count ? WORDS_MANY_ADDRESSES : WORDS_NO_ADDRESSES);
    return false;
}

bool take_addresses(struct i2ctarget_address_set *addresses, PyObject *iterable)
{
    PyObject *iterator = PyObject_GetIter(iterable);
    if (!iterator) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, WORDS_NOT_ITERABLE);
        return false;
    }
    bool is_good = add_addresses(addresses, iterator);
    Py_DECREF(iterator);
    return is_good;
}

/* Python code does it (_pins.py): the number of a virtual bus, or the TestBus itself. */
bool take_pins(struct place *place, PyObject *scl, PyObject *sda)
{
    PyObject *pins = PyImport_ImportModule("i2ctarget._pins");
    PyObject *bus = pins ? PyObject_CallMethod(pins, "bus_of", "OO", scl, sda) : NULL;
    bool is_number = bus && PyLong_Check(bus);
    *place = (struct place){0};
    if (is_number)
        place->bus = (unsigned)PyLong_AsUnsignedLong(bus);
    else if (bus)
        place->testbus = Py_NewRef(bus);
    Py_XDECREF(bus);
    Py_XDECREF(pins);
    return !PyErr_Occurred();
}
