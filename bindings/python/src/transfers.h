/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_TRANSFERS_H
#define PYTHON_TRANSFERS_H

#include "testbus.h"

/* ---- methods of TestBus ----------------------------------------------------------------------- */

/* Begins a transfer: a list of (address, bytes to write) and (address, how many to read). */
PyObject *transfers_start(PyObject *object, PyObject *list);
/*
 * Goes on until the transfer is over, a target waits for its program, or nothing happens any more.
 * Returns the target that waits, or None.
 */
PyObject *transfers_go_on(PyObject *object, PyObject *unused);
/*
 * Of the transfer that is over, for each message: (addressed, moved, nacked, bytes, start_ns, stop_ns,
 * stretch_ns), as i2ctarget_testbus_message has them.
 */
PyObject *transfers_results(PyObject *object, PyObject *unused);
/*
 * A function that begins the next transfer whenever a request() finds nothing, or returns a pause in
 * nanoseconds.  None: there is none any more.
 */
PyObject *transfers_set_script(PyObject *object, PyObject *script);

/* Frees the messages. */
void transfers_forget(struct testbus_object *self);

#endif
