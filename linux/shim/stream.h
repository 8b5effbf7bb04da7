/* SPDX-License-Identifier: MIT */
/*
 * stdio on an open file of a bus.  Inside the C library stdio reads and writes descriptors
 * directly, past our read() and write(); so such a stream is made with fopencookie(3).
 */
#ifndef SHIM_STREAM_H
#define SHIM_STREAM_H

#include <stdio.h>

/* open()'s flags for a mode of fopen(), -1: no such mode. */
int stream_flags(const char *mode);

/* A stream over the descriptor, which it closes when it is closed; NULL and errno. */
FILE *stream_open(int fd, const char *mode);

/* Its descriptor; -1: it is not one of these streams. */
int stream_fd(FILE *stream);

#endif
