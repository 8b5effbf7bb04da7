/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: it receives the system calls of programs under a filter (filter.h), makes those
 * that concern the node of a bus, and lets the kernel make all others.
 *
 *     program ──open, ioctl, read …──► kernel ──► listener ──► supervisor ──► bus server
 *             ◄──────── result, or "make it yourself" ────────┘
 *
 * Which buses there are, and where, is in the environment (front/place.h).  There is one thread.  A
 * transfer that a target keeps waiting keeps no other call waiting.
 */
#ifndef SECCOMP_SUPERVISOR_H
#define SECCOMP_SUPERVISOR_H

#include "front/calls.h"
#include "front/loop.h"
#include "seccomp/files.h"
#include "seccomp/notified.h"

struct supervisor {
    struct watch watch; /* first member */
    struct loop loop;
    int listener;
    struct files files;
    struct calls *calls; /* one for each bus */
    size_t count;
};

/* Takes the listener.  The owner may add watches to the loop.  0 or -errno. */
int supervisor_init(struct supervisor *supervisor, int listener);

/* Returns when no supervised program is left, or when a watch has ended the loop. */
void supervisor_run(struct supervisor *supervisor);

/* The calls to a bus.  A bus that is not served has none, but no open file is of such a bus. */
struct calls *supervisor_calls(struct supervisor *supervisor, unsigned bus);

#endif
