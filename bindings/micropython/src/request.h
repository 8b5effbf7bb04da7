/* SPDX-License-Identifier: MIT */
#ifndef MICROPYTHON_REQUEST_H
#define MICROPYTHON_REQUEST_H

#include "service.h"

VM_DECLARE_TYPE(i2ctarget_mp_request_type);
VM_DECLARE_TYPE(i2ctarget_mp_end_type);

/*
 * A request without a message.
 *
 * owner      its target, which it keeps alive
 * service    the owner's
 */
struct request_object *i2ctarget_mp_request_new(mp_obj_t owner, struct service *service);

/* A message has come, and belongs to this request. */
void i2ctarget_mp_request_begin(struct request_object *self,
                                const struct i2ctarget_request *request);

/* Close the latest request, if there is one. */
void i2ctarget_mp_close_latest(struct service *service);

/* Tell the latest request that its target has ended. */
void i2ctarget_mp_end_latest(struct service *service);

#endif
