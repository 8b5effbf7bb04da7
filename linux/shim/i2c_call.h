/* SPDX-License-Identifier: MIT */
/*
 * ioctl(), read() and write() of an open file: arguments become one REQUEST, and one REPLY becomes
 * results.
 *
 * front/request.h decides what a REQUEST contains and which pointers are used.
 *
 * Results are those of the calls, or -errno.
 */
#ifndef SHIM_I2C_CALL_H
#define SHIM_I2C_CALL_H

#include <sys/types.h>
#include <sys/uio.h>

#include "shim/marks.h"

/* Does i2c-dev know this ioctl? */
bool i2c_call_knows(unsigned request);

int i2c_call_ioctl(const struct mark *mark, unsigned request, unsigned long argument);
ssize_t i2c_call_read(const struct mark *mark, void *buffer, size_t count);
ssize_t i2c_call_write(const struct mark *mark, const void *buffer, size_t count);

/* Each part is a message of its own, as the kernel does for a driver without vectored I/O. */
ssize_t i2c_call_readv(const struct mark *mark, const struct iovec *parts, int count);
ssize_t i2c_call_writev(const struct mark *mark, const struct iovec *parts, int count);

#endif
