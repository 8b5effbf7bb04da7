/* SPDX-License-Identifier: MIT */
/* Addresses and pins in Python's objects.  False: an exception is set. */
#ifndef PYTHON_ARGUMENTS_H
#define PYTHON_ARGUMENTS_H

#include "binding.h"

/* The number in `item`. */
bool take_address(uint16_t *address, PyObject *item);

/* The numbers in an iterable, 1 to 128 of them. */
bool take_addresses(struct i2ctarget_address_set *addresses, PyObject *iterable);

/* Where pins lead: to a virtual bus, or to a TestBus (a new reference; NULL: a virtual bus). */
struct place {
    unsigned bus;
    PyObject *testbus;
};
bool take_pins(struct place *place, PyObject *scl, PyObject *sda);

#endif
