/* SPDX-License-Identifier: MIT */
/*
 * The character device: what the kernel asks of it (CUSE, Linux fs/fuse/cuse.c), as calls to the bus
 * server.
 */
#ifndef CUSE_DEVICE_H
#define CUSE_DEVICE_H

#include <stdbool.h>

#define FUSE_USE_VERSION 31
#include <cuse_lowlevel.h>

#include "cuse/calls.h"

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
 * Begin to make the device; `device` has number, calls and appeared.  0; -errno of what failed, which is
 * opening /dev/cuse or setting up libfuse.
 */
int device_open(struct device *device);
/* Who waits is told: ENODEV.  The rest goes with the process, which is to end now. */
void device_close(struct device *device);

#endif
