/* SPDX-License-Identifier: MIT */
/*
 * stdio on an open file of a bus.  stdio reads and writes descriptors inside the C library, without
 * our read() and write().  So such a stream is made with fopencookie(3).
 */
#ifndef SHIM_STREAM_H
#define SHIM_STREAM_H

#include <stdio.h>

/* The flags of open() for a mode of fopen(); -1: no such mode. */
int stream_flags(const char *mode);

/* A stream over the descriptor.  Closing the stream closes it, too.  NULL and errno on failure. */
FILE *stream_open(int fd, const char *mode);

/* The stream's descriptor; -1: it is not one of these streams. */
int stream_fd(FILE *stream);

#endif
