/* SPDX-License-Identifier: MIT */
#ifndef PYTHON_REQUEST_H
#define PYTHON_REQUEST_H

#include "service.h"

extern PyTypeObject *request_type;

/* Make the class.  False: an exception is set. */
bool request_make_type(void);

/*
 * A request without a message.  A new reference, or NULL with an exception.
 *
 * owner    its target, which it keeps alive service  the owner's
 */
struct request_object *request_new(PyObject *owner, struct service *service);

/* A message has come, and belongs to this request. */
void request_begin(struct request_object *self, const struct i2ctarget_request *request);

/* Close the latest request, if there is one. */
void request_close_latest(struct service *service);

/* Tell the latest request that its target has ended. */
void request_end_latest(struct service *service);

#endif
