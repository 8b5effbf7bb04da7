/* SPDX-License-Identifier: MIT */
/*
 * The back end's side of vhost-user (QEMU docs/interop/vhost-user.rst): a virtio device for a
 * virtual machine, in a process of its own.
 *
 * The machine tells over a socket where its memory is (file descriptors to map) and where in it the
 * virtqueues are; from then on driver and device talk through that memory, each waking the other
 * with an eventfd.  No thread: the caller polls the socket and the queues' kick_fd.
 */
#ifndef VHOST_VHOST_USER_H
#define VHOST_VHOST_USER_H

#include "vhost/virtqueue.h"

enum { VHOST_USER_QUEUES = 2, VHOST_USER_CONFIG_BYTES = 8 };

struct vhost_user {
    int socket;
    uint64_t device_features; /* of the device type */
    uint8_t config[VHOST_USER_CONFIG_BYTES];
    uint64_t features; /* what the driver took of those offered */
    struct guest_memory memory;
    struct virtqueue queues[VHOST_USER_QUEUES];
};

void vhost_user_init(struct vhost_user *machine, int socket, uint64_t device_features,
                     const uint8_t config[VHOST_USER_CONFIG_BYTES]);
/* Handle one message; blocks if there is none.  1; 0: the machine has gone; -1: it talks nonsense. */
int vhost_user_serve(struct vhost_user *machine);
/* Let go of all memory and descriptors but the socket. */
void vhost_user_close(struct vhost_user *machine);

#endif
