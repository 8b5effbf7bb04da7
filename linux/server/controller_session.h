/* SPDX-License-Identifier: MIT */
/*
 * A controller's connection: REQUEST → REPLY, one at a time; and an open file of /dev/i2c-N, whose
 * plain writes are transfers too.
 *
 * Both ask for one thing after the other: while an exchange is under way no more is read from them,
 * so whoever sends faster than the bus can work is slowed down by his own socket.
 */
#ifndef SERVER_CONTROLLER_SESSION_H
#define SERVER_CONTROLLER_SESSION_H

#include "server/exchange.h"
#include "i2cdev/file_table.h"
#include "server/peer.h"

/* What all controllers share. */
struct controller_context {
    struct bus *bus;
    struct i2cdev_adapter adapter;
    struct file_table files;
    bool has_answered; /* since somebody looked: an exchange is over, its owner may ask for more */
};

struct client;

struct controller_session {
    struct controller_context *context;
    struct peer *peer;
    struct exchange *exchange;
    struct i2cdev_file state; /* for requests that name no file */
};

struct controller_session *controller_session_new(struct controller_context *context,
                                                  struct peer *peer);
void controller_session_free(struct controller_session *session);
/* REQUEST; anything else drops the peer.  Not while it is busy. */
void controller_session_frame(struct controller_session *session, const struct peer_frame *frame);
bool controller_session_is_busy(const struct controller_session *session);

struct file_session {
    struct open_file file; /* first member */
    struct client *client; /* whose it is */
    struct controller_context *context;
    struct exchange *exchange; /* NULL: not needed yet */
};

/* NULL: no memory, or (*error = -EEXIST) another open file has this cookie. */
struct file_session *file_session_new(struct controller_context *context, uint64_t cookie,
                                      int *error);
void file_session_free(struct file_session *session);
/*
 * The program wrote to its descriptor behind the shim's back.  Not while it is busy.  False: no
 * memory.
 */
bool file_session_write(struct file_session *session, const uint8_t *bytes, size_t size);
bool file_session_is_busy(const struct file_session *session);

#endif
