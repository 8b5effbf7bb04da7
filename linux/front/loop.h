/* SPDX-License-Identifier: MIT */
/* What the process waits for, in one place: epoll(7). */
#ifndef FRONT_LOOP_H
#define FRONT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct watch {
    void (*ready)(struct watch *watch); /* bytes can be read, or the other end is closed */
};

struct loop {
    int fd;
    bool is_over;
};

/* 0 or -errno. */
int loop_init(struct loop *loop);
/* The watch ends when its descriptor is closed. */
int loop_watch(struct loop *loop, int fd, struct watch *watch);
/* For a descriptor that stays open. */
void loop_unwatch(struct loop *loop, int fd);
/*
 * Wait until a descriptor is ready, at most until `deadline_us` of CLOCK_MONOTONIC (INT64_MAX: for
 * ever), and serve it.
 */
void loop_turn(struct loop *loop, int64_t deadline_us);

#endif
