/* SPDX-License-Identifier: MIT */
/*
 * What all fronts of /dev/i2c-N have in common: the arguments of ioctl(), read() and write() become
 * a REQUEST, and its REPLY becomes results.
 *
 * This module decides only those parts of the i2c-dev contract that need the caller's memory: which
 * pointers are used, and when they are EFAULT.  The server decides the rest (i2cdev/i2cdev.h).
 *
 * A pointer into the first page is EFAULT.  This matters to the shim; under CUSE the kernel has
 * copied the caller's memory already. Results are 0 or more, or -errno.
 */
#ifndef FRONT_REQUEST_H
#define FRONT_REQUEST_H

#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "link/link.h"

#define REQUEST_MESSAGES_MAX I2C_RDWR_IOCTL_MAX_MSGS
#define REQUEST_LENGTH_MAX 8192

/*
 * A REQUEST in parts, for i2ctarget_link_send_parts().  The parts point into the structure, so it
 * must not be copied.
 */
struct request {
    struct iovec parts[LINK_PARTS_MAX];
    size_t count;
    uint8_t head[PROTOCOL_REQUEST_BYTES];
    uint8_t arguments[REQUEST_MESSAGES_MAX * PROTOCOL_RDWR_MESSAGE_BYTES];
};

/*
 * `file`: the open file's cookie.  Bytes to write are not copied: the caller's buffer must stay
 * until the request is sent.
 */

/* I2C_SLAVE and the like. */
void request_set(struct request *request, uint64_t file, unsigned number, uint64_t argument);
void request_functionality(struct request *request, uint64_t file);
int request_smbus(struct request *request, uint64_t file, const struct i2c_smbus_ioctl_data *call);
int request_rdwr(struct request *request, uint64_t file, const struct i2c_rdwr_ioctl_data *call);
/* A count above REQUEST_LENGTH_MAX is reduced to it. */
void request_read(struct request *request, uint64_t file, size_t count);
void request_write(struct request *request, uint64_t file, const void *bytes, size_t count);

/* The result in the server's REPLY; -EPROTO: the frame is not a REPLY. */
int reply_result(const struct link_frame *reply);

/* Like reply_result().  If the result is not negative, the output is copied to the caller, too. */
int reply_functionality(const struct link_frame *reply, uint64_t *bits);
int reply_smbus(const struct link_frame *reply, const struct i2c_smbus_ioctl_data *call);
int reply_rdwr(const struct link_frame *reply, const struct i2c_rdwr_ioctl_data *call);
int reply_read(const struct link_frame *reply, void *bytes, size_t count);
/* The bytes stay in the reply, and are valid as long as it is. */
int reply_read_in_place(const struct link_frame *reply, const uint8_t **bytes, size_t count);

/*
 * How many bytes of call->data the kernel copies from the caller, and to the caller on success.  0
 * for calls that are wrong.
 */
size_t request_smbus_in(const struct i2c_smbus_ioctl_data *call);
size_t request_smbus_out(const struct i2c_smbus_ioctl_data *call);

/*
 * May the message be sent?  -EINVAL, -EFAULT.  Check the messages one after the other: the first
 * wrong one decides.
 */
int request_check_message(const struct i2c_msg *message);

/* Is it a pointer that gives EFAULT? */
bool request_is_bad(const void *pointer);

#endif
