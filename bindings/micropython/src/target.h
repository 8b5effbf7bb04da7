/* SPDX-License-Identifier: MIT */
#ifndef MICROPYTHON_TARGET_H
#define MICROPYTHON_TARGET_H

#include "service.h"

VM_DECLARE_TYPE(i2ctarget_mp_target_type);

/* request(timeout=-1): a request, or None. */
mp_obj_t i2ctarget_mp_look(mp_obj_t target);

#endif
