/* SPDX-License-Identifier: MIT */
/*
 * What a target and its requests share.
 *
 * Only one call at a time is allowed.  A call on the target or on a request enters the service, and
 * leaves it when it is done.  Between these, the GIL may be released, and other code may run:
 *
 *     another thread       every call raises RuntimeError
 *     a signal handler     runs in the thread whose call it interrupted.  At that time the library is
 *                          not in that call: it has returned -EINTR, and is called again with the very
 *                          same arguments when the handler has returned.  Calls that move bytes or wait
 *                          raise RuntimeError, because the interrupted call would lose its bytes and its
 *                          place in the message.  Ending (deinit()) and looking are safe: the repeated
 *                          call finds that all is over.
 */
#ifndef PYTHON_SERVICE_H
#define PYTHON_SERVICE_H

#include "binding.h"

struct request_object;
struct device_object;

struct service {
    unsigned long thread;          /* the thread that is in a call; 0: none */
    struct request_object *latest; /* may be open; borrowed; NULL: none */
    struct device_object *devices; /* attached to the target */
    unsigned bus;
};

/* Begin a call that moves bytes or waits.  False: RuntimeError is set. */
bool service_enter(struct service *service);
void service_leave(struct service *service);

/* May this thread end the target, or look at it?  False: RuntimeError is set. */
bool service_allows(const struct service *service);

/* A signal interrupted a call: run Python's handlers.  False: one of them raised an exception. */
bool service_heed_signals(void);

#endif
