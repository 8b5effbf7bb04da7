/* SPDX-License-Identifier: MIT */
/*
 * A controller's connection: REQUEST → REPLY, one at a time.  And an open file of /dev/i2c-N: its
 * plain writes are transfers, too.
 *
 * Both handle one request after the other.  During an exchange nothing more is read from the
 * connection.  So a client that sends faster than the bus can work is slowed down by its own
 * socket.
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
    bool has_answered; /* an exchange has ended since the last look: who is due may continue */
};

struct controller_session {
    struct controller_context *context;
    struct peer *peer;
    struct exchange *exchange;
    struct i2cdev_file state; /* for requests that name no file */
};

struct controller_session *controller_session_new(struct controller_context *context,
                                                  struct peer *peer);
void controller_session_free(struct controller_session *session);
/* Handles a REQUEST; any other frame drops the peer.  Not to be called while it is busy. */
void controller_session_frame(struct controller_session *session, const struct peer_frame *frame);
bool controller_session_is_busy(const struct controller_session *session);

struct file_session {
    struct open_file file; /* first member */
    struct peer *peer;
    struct controller_context *context;
    struct exchange *exchange; /* NULL: not needed yet */
};

/* NULL: no memory, or another open file has this cookie (*error = -EEXIST). */
struct file_session *file_session_new(struct controller_context *context, struct peer *peer,
                                      uint64_t cookie, int *error);
void file_session_free(struct file_session *session);
/*
 * The program wrote to its descriptor without the shim.  Not to be called while the file is busy.
 * False: no memory.
 */
bool file_session_write(struct file_session *session, const uint8_t *bytes, size_t size);
bool file_session_is_busy(const struct file_session *session);

#endif
