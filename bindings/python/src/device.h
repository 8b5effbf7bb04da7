/* SPDX-License-Identifier: MIT */
/*
 * Memory and EEPROM: devices of the library, in an object.
 *
 * Their callbacks run inside the library's calls, without the GIL; they touch nothing of Python.  A
 * target keeps its devices alive until it ends, and a device its buffer, which can not be resized
 * meanwhile.
 */
#ifndef PYTHON_DEVICE_H
#define PYTHON_DEVICE_H

#include "binding.h"
#include "common/device.h"
#include "service.h"

struct device_object {
    PyObject_HEAD struct python_device device;
    Py_buffer view;             /* .obj is NULL: none yet */
    PyObject *on_write;         /* NULL: none */
    struct service *service;    /* of the target that it is attached to; NULL: none */
    struct device_object *next; /* of the same target */
    /* Of a Memory. */
    uint8_t *read_only;  /* a map, or NULL */
    struct change *kept; /* changes of update() that are not freed yet */
};

/* ---- for the classes -------------------------------------------------------------------------- */

/* NULL: an exception is set. */
struct device_object *device_new(PyTypeObject *type);
/* Takes the buffer and the function.  False: an exception is set. */
bool device_take(struct device_object *self, PyObject *buffer, PyObject *on_write);
/* The object; or, if there are words, NULL with a ValueError, and the object is dropped. */
PyObject *device_or_complain(struct device_object *self, const char *words);
/* May this thread change it?  False: RuntimeError; another one is in a call that raises events. */
bool device_allows(const struct device_object *self);

void device_dealloc(PyObject *object);
int device_traverse(PyObject *object, visitproc visit, void *arg);
int device_clear(PyObject *object);

/* ---- for targets ------------------------------------------------------------------------------ */

/* The service's target has this device from now on. */
void device_keep(struct device_object *self, struct service *service);
/* The target has ended: it forgets all of its devices. */
void device_forget_all(struct service *service);
int device_visit_all(const struct service *service, visitproc visit, void *arg);

/*
 * Calls the functions that are to be told what controllers have written.  False: one of them has
 * raised what ends a program (KeyboardInterrupt, SystemExit); other exceptions are reported and go no
 * further.
 */
bool device_tell_all(struct service *service);
/* The functions of all targets of a test bus. */
bool device_tell_shared(struct shared *shared);
/* Is one of them to be called? */
bool device_is_due(void);

/*
 * The library has returned -EINTR: a signal has come, or a function is to be called.  Does both.
 * False: an exception has ended the call.
 */
bool device_heed(struct service *service);

/*
 * The same when the target has ended, as no call would tell it any more.  Meanwhile the target is in
 * a call, as in all functions of devices: so it is not made anew before it has forgotten them.
 */
bool device_tell_last(struct service *service);

/* Ends a call, and calls the functions if no exception is set.  One may be set afterwards. */
void device_leave(struct service *service);

/* The same port; but its wait returns -EINTR when a function is to be called. */
struct i2ctarget_pin device_pin(struct i2ctarget_pin pin);

#endif
