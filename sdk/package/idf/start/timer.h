/* SPDX-License-Identifier: MIT */
/* The timer of time.c. */
#ifndef TIMER_H
#define TIMER_H

#include <stdbool.h>

/*
 * Task context, on the core that serves, before a target is opened.  false: there is no timer or no
 * memory left.
 */
bool i2ctarget_esp_idf_make_timer(void);

#endif
