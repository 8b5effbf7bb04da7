/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_TESTBUS_H
#define PYTHON_TESTBUS_H

#include "service.h"

struct testbus_object {
    PyObject_HEAD struct shared shared;
    unsigned next_chip;
    PyObject *targets; /* chip: the addresses of the target that has or had it */
    struct i2ctarget_testbus_message *messages; /* transfers.h */
    size_t count;
};

extern PyTypeObject *testbus_type;

/* Make the class.  False: an exception is set. */
bool testbus_make_type(void);

/* NULL: it is no TestBus; an exception is set. */
struct shared *testbus_shared(PyObject *testbus);

/* The pins of a chip of its own, for a target with these addresses.  False: an exception is set. */
bool testbus_take_pins(PyObject *testbus, const uint8_t *addresses, size_t count,
                       struct i2ctarget_pin *scl, struct i2ctarget_pin *sda);

/*
 * A request() has found nothing, which is its `result`.  If the bus is idle and a script runs on it,
 * the next transfer begins.  True: it is worth waiting again.  -EINTR in `result`: the script has
 * raised an exception.
 */
bool testbus_goes_on(const struct service *service, int *result);

#endif
