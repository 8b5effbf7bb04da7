/* SPDX-License-Identifier: MIT */
/*
 * An ioctl of an I2C character device whose caller is in another process.
 *
 * The kernel brings only the number and the argument.  Whatever the argument points to must be
 * asked for.  The kernel then brings the same ioctl once more, together with that memory: first the
 * structure, then what the structure points to.  So every round starts from the beginning, looks at
 * what was brought, and either asks for more or makes a REQUEST of it:
 *
 *     I2C_SMBUS   argument → structure → data
 *     I2C_RDWR    argument → structure → messages → buffers
 *
 * All pieces arrive in one block, in the order in which they were asked for.  The caller may change
 * its memory between two rounds.  Then the lengths do not match, and the pieces are asked for
 * again.
 *
 * 32-bit callers have other structures (i2c-dev.c, compat_i2cdev_ioctl()).  This module makes no
 * system call.
 */
#ifndef FRONT_IOCTL_CALL_H
#define FRONT_IOCTL_CALL_H

#include "front/request.h"

struct ioctl_given {
    unsigned number;
    uint64_t argument;
    bool is_32bit;
    const uint8_t *in; /* what was brought */
    size_t in_bytes;
    size_t out_bytes; /* room for the bytes that the kernel copies back */
};

enum ioctl_next {
    IOCTL_SEND,   /* the request is ready */
    IOCTL_BRING,  /* ask the kernel for `in`, prepare `out`, and begin again */
    IOCTL_REFUSE, /* with -errno `error` */
};

/* This structure is big.  Its owner keeps it and uses it again. */
struct ioctl_call {
    /* Addresses in the caller's memory. */
    struct iovec in[2 + REQUEST_MESSAGES_MAX], out[REQUEST_MESSAGES_MAX];
    size_t in_count, out_count;
    int error;
    const uint8_t *answer; /* set by ioctl_call_end(): goes to the caller's memory */
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
 * `request` points into `call` and into given->in.  Both must stay until it is sent.  `file`: the
 * cookie.
 */
enum ioctl_next ioctl_call_begin(struct ioctl_call *call, struct request *request, uint64_t file,
                                 const struct ioctl_given *given);

/* The bytes of all pieces of `in`, or of `out`: what is to be brought, or what there must be room for. */
size_t ioctl_call_sum(const struct iovec *pieces, size_t count);

/* The ioctl's result, or -errno. */
int ioctl_call_end(struct ioctl_call *call, const struct link_frame *reply);

/* Frees its memory.  Idempotent; the call may be used again. */
void ioctl_call_free(struct ioctl_call *call);

#endif
