/* SPDX-License-Identifier: MIT */
/*
 * A private connection to a bus server, on which one thread at a time asks and gets its own
 * answers.
 *
 * Requests do not go over the open file itself: parent and child, or two threads, would take each
 * other's replies from it.  They name it by its cookie instead.
 */
#ifndef SHIM_CHANNEL_H
#define SHIM_CHANNEL_H

#include <signal.h>
#include <stdint.h>

#include "link/link.h"

struct channel;

/*
 * A channel to the bus that nobody else has, connected if need be; NULL and -errno in *error.  To
 * be given back soon, whatever happens.  The caller holds signals meanwhile (signals.h).
 */
struct channel *channel_take(unsigned bus, int *error);

/*
 * One REQUEST of these parts, one REPLY.  0: *reply is valid until the channel is given back;
 * -errno: -ENODEV if the server is gone.  Signals do not interrupt it, as they do not interrupt a
 * transfer of a kernel driver.  `before`: the thread's mask before signals were held; a signal
 * that ends the process need not wait for the reply.
 */
int channel_ask(struct channel *channel, const struct iovec *parts, size_t count,
                struct link_frame *reply, const sigset_t *before);

void channel_give(struct channel *channel);

/* After fork(), in the child: closes the copies of its parent's connections. */
void channel_forked(void);

#endif
