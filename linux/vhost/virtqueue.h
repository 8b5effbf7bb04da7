/* SPDX-License-Identifier: MIT */
/*
 * The device's side of a split virtqueue (VIRTIO 1.2 §2.7) in memory that is shared with the
 * driver.
 *
 * Nothing that the driver wrote is trusted.  Every address is looked up in the map of the driver's
 * memory, every index is reduced to the ring, and a chain with a loop ends.  A queue with an
 * invalid chain is broken, and is ignored from then on.  Indirect descriptors and event indices are
 * not offered.
 */
#ifndef VHOST_VIRTQUEUE_H
#define VHOST_VIRTQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GUEST_REGIONS = 8, CHAIN_OUT_BYTES = 16, VIRTQUEUE_SIZE_MAX = 1024 };

/* The driver's memory, as it was mapped here. */
struct guest_memory {
    struct guest_region {
        uint64_t physical; /* its address in the driver's view */
        uint64_t user; /* its address in the virtual machine's process; used only for the rings */
        uint64_t size;
        uint8_t *base; /* where it is mapped here */
        void *mapping; /* what to unmap: it begins mapping_size - size before `base` */
        size_t mapping_size;
    } regions[GUEST_REGIONS];
    unsigned count;
};

/* NULL: some of these bytes are not in the driver's memory. */
void *guest_at_physical(const struct guest_memory *memory, uint64_t address, uint64_t size);
void *guest_at_user(const struct guest_memory *memory, uint64_t address, uint64_t size);

struct virtqueue {
    const struct guest_memory *memory;
    uint32_t size;
    const void *descriptors;
    const uint16_t *available; /* flags, index, ring[size]; NULL: the queue does not run */
    uint16_t *used;            /* flags, index, ring[size] of 8 bytes */
    uint16_t taken, given;     /* our indices into them */
    int kick_fd, call_fd;      /* -1: none */
    bool enabled, broken;
};

/* A request of the driver: its bytes, and room for the answer. */
struct virtqueue_chain {
    uint16_t head;
    uint8_t out[CHAIN_OUT_BYTES];
    size_t out_bytes;
    uint8_t *in;
    size_t in_bytes;
};

/* Gets the next chain.  False: there is none, or the queue is broken. */
bool virtqueue_take(struct virtqueue *queue, struct virtqueue_chain *chain);
/* Answers the chain, with as many of the bytes as it has room for. */
void virtqueue_give(struct virtqueue *queue, const struct virtqueue_chain *chain, const void *bytes,
                    size_t count);

#endif
