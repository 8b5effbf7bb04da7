/* SPDX-License-Identifier: MIT */
#ifndef MICROPYTHON_REQUESTS_H
#define MICROPYTHON_REQUESTS_H

#include "service.h"

VM_DECLARE_TYPE(i2ctarget_mp_requests_type);

#endif
