/* SPDX-License-Identifier: MIT */
/*
 * A bare chip has no C library.  These functions of <string.h> exist in each chip's folder, because
 * a compiler may call them by itself (GCC manual, "Standards").
 */
#ifndef FIRMWARE_STRING_H
#define FIRMWARE_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *left, const void *right, size_t count);

#endif
