/* SPDX-License-Identifier: MIT */
#include "service.h"

#include "common/words.h"

static bool refuse(const struct service *service)
{
    PyErr_SetString(PyExc_RuntimeError, service->thread == PyThread_get_thread_ident()
                                            ? WORDS_REENTRANT
                                            : WORDS_OTHER_THREAD);
    return false;
}

bool service_enter(struct service *service)
{
    if (service->thread)
        return refuse(service);
    service->thread = PyThread_get_thread_ident();
    return true;
}

void service_leave(struct service *service)
{
    service->thread = 0;
}

bool service_allows(const struct service *service)
{
    return !service->thread || service->thread == PyThread_get_thread_ident() || refuse(service);
}

bool service_heed_signals(void)
{
    return PyErr_CheckSignals() == 0;
}
