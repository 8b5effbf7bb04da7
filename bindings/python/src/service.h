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
 *
 * All targets of a test bus, and the bus itself, count as one here: whoever is in a call on one of
 * them is in a call on all.  Such calls keep the GIL, because they wait for nobody.
 */
#ifndef PYTHON_SERVICE_H
#define PYTHON_SERVICE_H

#include "binding.h"

struct request_object;
struct device_object;
struct service;

/* What a test bus and its targets share. */
struct shared {
    struct i2ctarget_testbus *bus;
    unsigned long thread;     /* the thread that is in a call on any of them; 0: none */
    struct service *services; /* of the targets that are open */
    PyObject *script;         /* begins the next transfer of a script; NULL: there is none */
};

struct service {
    unsigned long thread;             /* the thread that is in a call; 0: none */
    struct request_object *latest;    /* may be open; borrowed; NULL: none */
    struct i2ctarget_request dropped; /* to be closed at the end of the call under way */
    struct device_object *devices;    /* attached to the target */
    unsigned bus;                     /* the number of a virtual bus; of the chip on a test bus */
    struct shared *shared;            /* NULL: a virtual bus */
    /* Of one that is open on a test bus: the target, and its object (borrowed). */
    const struct i2ctarget *target;
    PyObject *owner;
    struct service *next; /* on the same test bus */
};

/* Begin a call that moves bytes or waits.  False: RuntimeError is set. */
bool service_enter(struct service *service);
void service_leave(struct service *service);

/* The same for a test bus. */
bool service_enter_shared(struct shared *shared);
void service_leave_shared(struct shared *shared);

/* Is a thread in a call? */
bool service_is_in_call(const struct service *service);

/*
 * May another thread be in the library now?  Then the library must not be called, and the request is
 * closed when that thread leaves the service.
 */
bool service_is_elsewhere(const struct service *service);
void service_drop(struct service *service, const struct i2ctarget_request *request);

/*
 * Around a call of the library that raises events or waits: without the GIL; on a test bus with it,
 * and with the time of that bus.
 */
PyThreadState *service_to_library(const struct service *service);
PyThreadState *service_to_shared_library(const struct shared *shared);
void service_from_library(PyThreadState *thread);

/* The time in which the service waits: real, or simulated. */
int64_t service_now_us(const struct service *service);

/* A target is open on a test bus, and is not any more. */
void service_join(struct service *service, const struct i2ctarget *target, PyObject *owner);
void service_part(struct service *service);

/* May this thread end the target, or look at it?  False: RuntimeError is set. */
bool service_allows(const struct service *service);

/* A signal interrupted a call: run Python's handlers.  False: one of them raised an exception. */
bool service_heed_signals(void);

#endif
