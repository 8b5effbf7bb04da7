/* SPDX-License-Identifier: MIT */
/*
 * The character device: what the kernel asks (CUSE, Linux fs/fuse/cuse.c) becomes calls to the bus
 * server.
 */
#ifndef CUSE_DEVICE_H
#define CUSE_DEVICE_H

#include <stdbool.h>

#define FUSE_USE_VERSION 31
#include <cuse_lowlevel.h>

#include "front/calls.h"

struct device {
    struct watch watch; /* first member */
    struct fuse_session *session;
    struct fuse_buf buffer;
    struct calls calls;
    unsigned number; /* of the node: /dev/i2c-NUMBER */
    bool is_there;   /* the kernel has made it */
    void (*appeared)(const struct device *device);
};

/*
 * Begin to make the device.  The caller has filled in `device->number`, `calls` and `appeared`.  0,
 * or -errno from opening /dev/cuse or from setting up libfuse.
 */
int device_open(struct device *device);
/*
 * All waiting callers get ENODEV.  Everything else is freed by the end of the process, which comes
 * next.
 */
void device_close(struct device *device);

#endif
