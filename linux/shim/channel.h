/* SPDX-License-Identifier: MIT */
/*
 * A private connection to a bus server.  One thread at a time uses it to ask, and gets its own
 * answers.
 *
 * Requests do not go over the open file itself: parent and child, or two threads, would read each
 * other's replies.  A request names the open file by its cookie instead.
 */
#ifndef SHIM_CHANNEL_H
#define SHIM_CHANNEL_H

#include <signal.h>
#include <stdint.h>

#include "link/link.h"

struct channel;

/*
 * Takes a channel to the bus that no other thread uses, and connects it if necessary.  On failure
 * NULL, and -errno in *error.  Give it back soon, in every case.  The caller holds signals
 * meanwhile (signals.h).
 */
struct channel *channel_take(unsigned bus, int *error);

/*
 * Sends one REQUEST of these parts and receives one REPLY.  0: *reply is valid until the channel is
 * given back; -errno; -ENODEV: the server is gone.  Signals do not interrupt it, just as they do
 * not interrupt a transfer of a kernel driver.  `before`: the thread's mask before signals were
 * held; a signal that ends the process does not wait for the reply.
 */
int channel_ask(struct channel *channel, const struct iovec *parts, size_t count,
                struct link_frame *reply, const sigset_t *before);

void channel_give(struct channel *channel);

/* After fork(), in the child: close the copies of the parent's connections. */
void channel_forked(void);

#endif
