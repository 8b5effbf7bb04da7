/* SPDX-License-Identifier: MIT */
#ifndef MICROPYTHON_ERRORS_H
#define MICROPYTHON_ERRORS_H

#include "common/words.h"
#include "service.h"

/* Raises the exception for a negative code. */
_Noreturn void i2ctarget_mp_raise(enum asked asked, unsigned bus, int error);

/* Raises ValueError with these words, which are copied. */
_Noreturn void i2ctarget_mp_raise_value(const char *words);

#endif
