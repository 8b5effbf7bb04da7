/* SPDX-License-Identifier: MIT */
#ifndef HARDWARE_TIMER_H
#define HARDWARE_TIMER_H

#include "sdk.h"

typedef unsigned uint;

int hardware_alarm_claim_unused(bool required);
void hardware_alarm_unclaim(uint alarm);

#endif
