/* SPDX-License-Identifier: MIT */
/*
 * A virtio GPIO controller (VIRTIO 1.2 §5.18, device id 41): the meaning of the bytes on its
 * request queue.  What the lines are connected to is the owner's.  No interrupts (the second
 * queue), no names.
 */
#ifndef GPIO_CHIP_H
#define GPIO_CHIP_H

#include "vhost/virtqueue.h"

enum { GPIO_LINES_MAX = 8, GPIO_REQUEST_QUEUE = 0 };

enum gpio_direction { GPIO_NONE, GPIO_OUT, GPIO_IN };

struct gpio_line {
    enum gpio_direction direction;
    bool value; /* what it is driven to while it is an output */
};

struct gpio_chip {
    struct gpio_line lines[GPIO_LINES_MAX];
    unsigned count;
    void *owner;
    /* The driver set direction or value: see lines[line]. */
    void (*driven)(void *owner, unsigned line);
    /* The level that can be measured on the line now. */
    bool (*level)(void *owner, unsigned line);
};

/* The driver kicked the queue: handle the next chain in it.  False: there is none. */
bool gpio_chip_request(struct gpio_chip *chip, struct virtqueue *queue);

#endif
