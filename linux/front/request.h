/* SPDX-License-Identifier: MIT */
/*
 * From the arguments of ioctl(), read() and write() to a REQUEST, and from its REPLY back: what all
 * fronts of /dev/i2c-N have in common.
 *
 * Nothing of i2c-dev's contract is decided here but what needs the caller's memory: which of its
 * pointers are followed, and when they are EFAULT.  The rest is the server's (bus/i2cdev.h).
 *
 * A pointer into the first page is EFAULT; who has its arguments from the kernel has none of these.
 * Results are 0 or more, or -errno.
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
 * A REQUEST, in parts for i2ctarget_link_send_parts().  They point into it: it can not be copied.
 */
struct request {
    struct iovec parts[LINK_PARTS_MAX];
    size_t count;
    uint8_t head[PROTOCOL_REQUEST_BYTES];
    uint8_t arguments[REQUEST_MESSAGES_MAX * PROTOCOL_RDWR_MESSAGE_BYTES];
};

/* `file`: the open file's cookie.  What is to be written stays where it is until it is sent. */

/* I2C_SLAVE and the like. */
void request_set(struct request *request, uint64_t file, unsigned number, uint64_t argument);
void request_functionality(struct request *request, uint64_t file);
int request_smbus(struct request *request, uint64_t file, const struct i2c_smbus_ioctl_data *call);
int request_rdwr(struct request *request, uint64_t file, const struct i2c_rdwr_ioctl_data *call);
/* More than REQUEST_LENGTH_MAX is cut. */
void request_read(struct request *request, uint64_t file, size_t count);
void request_write(struct request *request, uint64_t file, const void *bytes, size_t count);

/* The result that the server gives.  -EPROTO: that is no REPLY. */
int reply_result(const struct link_frame *reply);

/* The same; and what is to be copied out, if it is not negative. */
int reply_functionality(const struct link_frame *reply, uint64_t *bits);
int reply_smbus(const struct link_frame *reply, const struct i2c_smbus_ioctl_data *call);
int reply_rdwr(const struct link_frame *reply, const struct i2c_rdwr_ioctl_data *call);
int reply_read(const struct link_frame *reply, void *bytes, size_t count);
/* The bytes stay in the reply. */
int reply_read_in_place(const struct link_frame *reply, const uint8_t **bytes, size_t count);

/*
 * How many bytes of call->data the kernel takes from the caller, and gives him, if all goes well:
 * 0 for calls that are wrong.
 */
size_t request_smbus_in(const struct i2c_smbus_ioctl_data *call);
size_t request_smbus_out(const struct i2c_smbus_ioctl_data *call);

/*
 * May the message be sent?  -EINVAL, -EFAULT.  They are checked one after the other, because the
 * first wrong one decides.
 */
int request_check_message(const struct i2c_msg *message);

/* To write to it is EFAULT. */
bool request_is_bad(const void *pointer);

#endif
