/* SPDX-License-Identifier: MIT */
#include "service.h"

#include <time.h>

#include "common/device.h"
#include "common/words.h"
#include "i2ctarget/testbus.h"

/* ---- who is in a call ------------------------------------------------------------------------ */

static bool refuse(unsigned long thread)
{
    PyErr_SetString(PyExc_RuntimeError,
                    thread == PyThread_get_thread_ident() ? WORDS_REENTRANT : WORDS_OTHER_THREAD);
    return false;
}

static bool enter(unsigned long *thread)
{
    if (*thread)
        return refuse(*thread);
    *thread = PyThread_get_thread_ident();
    return true;
}

static unsigned long *thread_of(struct service *service)
{
    return service->shared ? &service->shared->thread : &service->thread;
}

static unsigned long thread_in(const struct service *service)
{
    return service->shared ? service->shared->thread : service->thread;
}

bool service_enter(struct service *service)
{
    return enter(thread_of(service));
}

void service_leave(struct service *service)
{
    *thread_of(service) = 0;
    i2ctarget_close(&service->dropped);
    service->dropped = (struct i2ctarget_request){0};
}

bool service_enter_shared(struct shared *shared)
{
    return enter(&shared->thread);
}

void service_leave_shared(struct shared *shared)
{
    shared->thread = 0;
}

bool service_is_in_call(const struct service *service)
{
    return thread_in(service) != 0;
}

/* Calls on a test bus keep the GIL, so whoever asks is the only one in the library. */
bool service_is_elsewhere(const struct service *service)
{
    return !service->shared && service->thread && service->thread != PyThread_get_thread_ident();
}

void service_drop(struct service *service, const struct i2ctarget_request *request)
{
    service->dropped = *request;
}

bool service_allows(const struct service *service)
{
    unsigned long thread = thread_in(service);
    return !thread || thread == PyThread_get_thread_ident() || refuse(thread);
}

bool service_heed_signals(void)
{
    return PyErr_CheckSignals() == 0;
}

/* ---- time ------------------------------------------------------------------------------------ */

/*
 * Devices ask for the time without saying on which bus, in the thread that raises events.  As to the
 * model of thread-local variables, see device.c.
 */
static _Thread_local const struct i2ctarget_testbus *clock_bus
    __attribute__((tls_model("initial-exec")));

static int64_t now_us_on(const struct i2ctarget_testbus *bus)
{
    if (bus)
        return (int64_t)(i2ctarget_testbus_now_ns(bus) / 1000);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t i2ctarget_binding_now_us(void)
{
    return now_us_on(clock_bus);
}

int64_t service_now_us(const struct service *service)
{
    return now_us_on(service->shared ? service->shared->bus : NULL);
}

PyThreadState *service_to_shared_library(const struct shared *shared)
{
    clock_bus = shared->bus;
    return NULL;
}

PyThreadState *service_to_library(const struct service *service)
{
    return service->shared ? service_to_shared_library(service->shared) : PyEval_SaveThread();
}

void service_from_library(PyThreadState *thread)
{
    clock_bus = NULL;
    if (thread)
        PyEval_RestoreThread(thread);
}

/* ---- the targets of a test bus --------------------------------------------------------------- */

void service_join(struct service *service, const struct i2ctarget *target, PyObject *owner)
{
    service->target = target;
    service->owner = owner;
    service->next = service->shared->services;
    service->shared->services = service;
}

void service_part(struct service *service)
{
    if (!service->owner)
        return;
    struct service **at = &service->shared->services;
    while (*at != service)
        at = &(*at)->next;
    *at = service->next;
    service->next = NULL;
    service->owner = NULL;
}
