/* SPDX-License-Identifier: MIT */
#ifndef MICROPYTHON_REQUESTS_H
#define MICROPYTHON_REQUESTS_H

#include "service.h"

extern const mp_obj_type_t i2ctarget_mp_requests_type;

#endif
