/* SPDX-License-Identifier: MIT */
/*
 * The back end's side of vhost-user (QEMU docs/interop/vhost-user.rst): a virtio device for a
 * virtual machine, in a process of its own.
 *
 * The machine says over a socket where its memory is (file descriptors to map), and where in it the
 * virtqueues are.  After that, driver and device talk through that memory, and each wakes the other
 * with an eventfd.  There is no thread: the caller polls the socket and the queues' kick_fd.
 */
#ifndef VHOST_VHOST_USER_H
#define VHOST_VHOST_USER_H

#include "vhost/virtqueue.h"

enum { VHOST_USER_QUEUES = 2, VHOST_USER_CONFIG_BYTES = 8 };

struct vhost_user {
    int socket;
    uint64_t device_features; /* of the device type */
    uint8_t config[VHOST_USER_CONFIG_BYTES];
    uint64_t features; /* the offered features that the driver accepted */
    struct guest_memory memory;
    struct virtqueue queues[VHOST_USER_QUEUES];
};

void vhost_user_init(struct vhost_user *machine, int socket, uint64_t device_features,
                     const uint8_t config[VHOST_USER_CONFIG_BYTES]);
/*
 * Handle one message; blocks until there is one.  1; 0: the machine has gone; -1: the message is
 * invalid.
 */
int vhost_user_serve(struct vhost_user *machine);
/* Release all memory and all descriptors except the socket. */
void vhost_user_close(struct vhost_user *machine);

#endif
