/* SPDX-License-Identifier: MIT */
/*
 * The C half of the Python module: what its files share.
 *
 *     module.c   the module, and what is in it beside the two classes
 *     target.c   class I2CTarget          a struct i2ctarget
 *     request.c  class I2CTargetRequest   a struct i2ctarget_request, and bytes in transit
 *     errors.c   negative codes → exceptions: the only place
 *
 * It converts, releases the GIL where a call may wait, and knows no I2C.
 *
 * One target and its requests are used by one thread at a time, as the library demands.  is_busy
 * guards that while the GIL is away: a second thread gets a RuntimeError.
 *
 * Signals: a wait that a signal ends (-EINTR) lets Python's handlers run and goes on with the very
 * same call, unless a handler raised.  Handlers may use the target, even deinit() it.
 */
#ifndef PYTHON_BINDING_H
#define PYTHON_BINDING_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000 /* one binary for CPython 3.11 and all later ones */
#include <Python.h>
#include <stdbool.h>

#include "i2ctarget/bus.h"

struct request_object;

struct target_object {
    PyObject_HEAD struct i2ctarget target;
    struct i2ctarget_counters counters; /* as they were at deinit */
    struct request_object *current;     /* the latest request, not owned; NULL: it is gone */
    uint32_t addresses[4];
    unsigned bus;
    bool is_open;
    bool is_busy;
};

/*
 * The bytes of a read() or write().  `bytes` stays where it is while the library has it: in a call,
 * and after one that a signal handler's exception has ended, until that same call is repeated.
 */
struct transit {
    uint8_t *bytes; /* `small`, or on the heap */
    size_t room;
    size_t count;         /* read and not yet returned to Python */
    size_t interrupted_n; /* of the call that was interrupted; 0: none was */
    bool interrupted_ack;
    uint8_t small[64];
};

struct request_object {
    PyObject_HEAD struct target_object *owner;
    struct i2ctarget_request request;
    struct transit transit;
};

extern PyTypeObject *target_type, *request_type, *counters_type;
extern PyObject *end_type; /* class End */

/* Make the classes.  False: an exception is set. */
bool target_make_type(void);
bool request_make_type(void);

/* Begin to use the target: false, with RuntimeError, when another thread does. */
bool target_enter(struct target_object *self);
void target_leave(struct target_object *self);
/*
 * A signal arrived, between enter and leave: let Python's handlers run.  False: one raised, or
 * another thread has taken the target meanwhile; then the target is left.
 */
bool target_heed_signals(struct target_object *self);

/* A new reference, or NULL with the request closed. */
PyObject *request_new(struct target_object *owner, const struct i2ctarget_request *request);
/* The library's request() closes it too; this also tells the object.  Between enter and leave. */
void request_close(struct request_object *self);

/* What was asked of the library, for the words of an exception. */
enum asked { ASKED_OPEN, ASKED_REQUEST, ASKED_READ, ASKED_WRITE, ASKED_ACK, ASKED_DESCRIPTOR };

/* Set the exception for a negative code.  NULL, to be returned. */
PyObject *raise_error(enum asked asked, unsigned bus, int error);

#endif
