/* SPDX-License-Identifier: MIT */
/*
 * Joins names without stdio.  open(), stat() and similar functions may be called in signal
 * handlers, so the shim's versions of them must not call printf().
 */
#ifndef LINK_TEXT_H
#define LINK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_NUMBER_SIZE sizeof "4294967295"

/* "a", "b", NULL → "ab".  False: it does not fit, and `to` is empty. */
bool i2ctarget_text_join(char *to, size_t size, const char *const parts[]);

/* Decimal; returns `to`. */
const char *i2ctarget_text_number(char to[TEXT_NUMBER_SIZE], unsigned number);

/* "/tmp", "bus", 7 → "/tmp/bus-7".  False: it does not fit. */
bool i2ctarget_text_path(char *to, size_t size, const char *directory, const char *stem,
                         unsigned number);

#endif
