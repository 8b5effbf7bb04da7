/* SPDX-License-Identifier: MIT */
/*
 * What a target and its requests share.
 *
 * One call at a time: a call on the target or on a request enters the service, and leaves it when
 * it is done.  Meanwhile the GIL may be away, and code of others may run:
 *
 *     another thread       everything raises RuntimeError
 *     a signal handler     runs in the thread whose call it interrupted.  The library is not in
 *                          that call just then: it has returned -EINTR, and is called again with
 *                          the very same arguments when the handler has returned.  What moves
 *                          bytes or waits raises RuntimeError, because the interrupted call's bytes
 *                          and place in the message would be lost.  To end things (deinit()), and
 *                          to look at them, is safe: the repeated call finds that all is over.
 */
#ifndef PYTHON_SERVICE_H
#define PYTHON_SERVICE_H

#include "binding.h"

struct request_object;

struct service {
    unsigned long thread;          /* the one that is in a call; 0: none is */
    struct request_object *latest; /* the request that may be open, not owned; NULL: none */
    unsigned bus;
};

/* Begin a call that moves bytes or waits.  False: RuntimeError is set. */
bool service_enter(struct service *service);
void service_leave(struct service *service);

/* May this thread end or look at what is served?  False: RuntimeError is set. */
bool service_allows(const struct service *service);

/* A signal has come, in a call: let Python's handlers run.  False: one raised. */
bool service_heed_signals(void);

#endif
