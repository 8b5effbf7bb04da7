/* SPDX-License-Identifier: MIT */
#include "event.h"

volatile bool i2ctarget_cpu_event;
