/* SPDX-License-Identifier: MIT */
/*
 * An ioctl of an I2C character device whose caller's memory is far away.
 *
 * The kernel brings the number and the argument, nothing else.  What is behind the argument has to be
 * asked for, and it is brought with the same ioctl once more: first the structure, then what it
 * points to.  So every round begins anew, looks at what is there, and either asks for more or makes
 * a REQUEST of it:
 *
 *     I2C_SMBUS   argument → structure → data
 *     I2C_RDWR    argument → structure → messages → buffers
 *
 * What was brought is all in one piece, in the order in which it was asked for.  The caller may change
 * his memory between two rounds; then the pieces do not have the lengths that they should have, and
 * are asked for again.
 *
 * Callers of 32 bits have other structures (i2c-dev.c, compat_i2cdev_ioctl()).  Pure: no system call.
 */
#ifndef CUSE_IOCTL_CALL_H
#define CUSE_IOCTL_CALL_H

#include "front/request.h"

struct ioctl_given {
    unsigned number;
    uint64_t argument;
    bool is_32bit;
    const uint8_t *in; /* what was brought */
    size_t in_bytes;
    size_t out_bytes; /* room for what is to be taken back */
};

enum ioctl_next {
    IOCTL_SEND,   /* the request is ready */
    IOCTL_BRING,  /* have `in` brought and `out` prepared, and begin again */
    IOCTL_REFUSE, /* with -errno `error` */
};

/* Big; its owner keeps it and uses it again. */
struct ioctl_call {
    /* Addresses in the caller's memory. */
    struct iovec in[2 + REQUEST_MESSAGES_MAX], out[REQUEST_MESSAGES_MAX];
    size_t in_count, out_count;
    int error;
    const uint8_t *answer; /* after ioctl_call_end(): for the caller's memory */
    size_t answer_bytes;

    /* Private. */
    unsigned number;
    bool is_32bit;
    struct i2c_smbus_ioctl_data smbus;
    union i2c_smbus_data data;
    struct i2c_rdwr_ioctl_data rdwr;
    struct i2c_msg messages[REQUEST_MESSAGES_MAX];
    uint64_t bits;
    uint8_t *store; /* the buffers of all reads */
};

/*
 * `request` has pointers into `call` and into given->in, which must stay until it is sent.
 * `file`: the cookie.
 */
enum ioctl_next ioctl_call_begin(struct ioctl_call *call, struct request *request, uint64_t file,
                                 const struct ioctl_given *given);

/* The ioctl's result, or -errno. */
int ioctl_call_end(struct ioctl_call *call, const struct link_frame *reply);

/* Gives its memory back.  Idempotent; the call may be used again. */
void ioctl_call_free(struct ioctl_call *call);

#endif
