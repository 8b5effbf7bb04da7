/* SPDX-License-Identifier: MIT */
/*
 * What a process inherited and does not need.  Others may wait for the end of a pipe, so a process
 * that stays must not hold it.
 */
#ifndef CLI_DESCRIPTORS_H
#define CLI_DESCRIPTORS_H

#include <stddef.h>

/* Closes all descriptors above stderr but these.  Changes their order. */
void descriptors_keep(int *fds, size_t count);

/* The descriptor, usually one of stdin, stdout and stderr, is /dev/null from now on. */
void descriptors_point_at_null(int fd);

#endif
