/* SPDX-License-Identifier: MIT */
/*
 * A thread's private connection to a bus server, on which it asks and gets its own answers.
 *
 * Requests do not go over the open file itself: parent and child, or two threads, would take each
 * other's replies from it.  They name it by its cookie instead.
 */
#ifndef SHIM_CHANNEL_H
#define SHIM_CHANNEL_H

#include <stdint.h>

#include "link/link.h"

struct channel;

/*
 * This thread's channel to the bus, connected if need be; NULL and -errno in *error.  To be given
 * back soon, whatever happens.
 */
struct channel *channel_take(unsigned bus, int *error);

/*
 * One REQUEST of these parts, one REPLY.  0: *reply is valid until the channel is given back;
 * -errno: -ENODEV if the server is gone. Signals do not interrupt it, as they do not interrupt a
 * transfer of a kernel driver.
 */
int channel_ask(struct channel *channel, const struct iovec *parts, size_t count,
                struct link_frame *reply);

void channel_give(struct channel *channel);

/* Around fork(), as pthread_atfork() has it. */
void channel_fork_prepare(void);
void channel_fork_parent(void);
void channel_fork_child(void);

#endif
