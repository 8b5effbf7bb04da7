/* SPDX-License-Identifier: MIT */
#include "server/controller_session.h"

#include <errno.h>
#include <stdlib.h>

#include "server/fault_requests.h"

/* ---- connections ----------------------------------------------------------------------------- */

static void on_answer(void *owner)
{
    struct controller_session *session = owner;
    session->context->has_answered = true;
    peer_call(session->peer);
    peer_send(session->peer, PROTOCOL_REPLY, session->exchange->i2c.reply,
              session->exchange->i2c.reply_bytes, NULL, 0);
}

struct controller_session *controller_session_new(struct controller_context *context,
                                                  struct peer *peer)
{
    struct controller_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->context = context;
    session->peer = peer;
    session->exchange = exchange_new(context->bus, &context->adapter, on_answer, session);
    if (session->exchange)
        return session;
    free(session);
    return NULL;
}

void controller_session_free(struct controller_session *session)
{
    exchange_release(session->exchange);
    free(session);
}

/* Not an ioctl: programs wait with it for targets. */
static void tell_present(struct controller_session *session)
{
    uint8_t reply[PROTOCOL_REPLY_BYTES + PROTOCOL_ADDRESS_SET_BYTES] = {0};
    struct i2ctarget_address_set present = bus_present(session->context->bus);
    put_address_set(reply + PROTOCOL_REPLY_BYTES, &present);
    peer_send(session->peer, PROTOCOL_REPLY, reply, sizeof reply, NULL, 0);
}

void controller_session_frame(struct controller_session *session, const struct peer_frame *frame)
{
    struct i2cdev_file *state = &session->state;
    if (frame->type != PROTOCOL_REQUEST || frame->length < PROTOCOL_REQUEST_BYTES) {
        peer_drop(session->peer, "a frame that no controller sends");
        return;
    }
    bool is_bare = frame->length == PROTOCOL_REQUEST_BYTES;
    if (is_bare && get_u32(frame->payload + 8) == PROTOCOL_OP_PRESENT) {
        tell_present(session);
        return;
    }
    if (fault_requests_serve(session->context->bus, session->peer, frame->payload, frame->length))
        return;
    uint64_t cookie = get_u64(frame->payload);
    if (cookie != 0) {
        struct open_file *file = file_table_find(&session->context->files, cookie);
        if (!file) {
            exchange_fail(session->exchange, -EBADF);
            return;
        }
        state = &file->state;
    }
    if (!exchange_request(session->exchange, state, frame->payload, frame->length))
        peer_drop(session->peer, "a REQUEST that makes no sense");
}

bool controller_session_is_busy(const struct controller_session *session)
{
    return session->exchange->is_running;
}

/* ---- open files ------------------------------------------------------------------------------ */

static void on_written(void *owner)
{
    struct file_session *session = owner;
    session->context->has_answered = true;
    peer_call(session->peer);
}

struct file_session *file_session_new(struct controller_context *context, struct peer *peer,
                                      uint64_t cookie, int *error)
{
    struct file_session *session = calloc(1, sizeof *session);
    *error = session ? -EEXIST : -ENOMEM;
    if (!session)
        return NULL;
    session->context = context;
    session->peer = peer;
    session->file.cookie = cookie;
    if (file_table_add(&context->files, &session->file))
        return session;
    free(session);
    return NULL;
}

void file_session_free(struct file_session *session)
{
    file_table_remove(&session->context->files, &session->file);
    if (session->exchange)
        exchange_release(session->exchange);
    free(session);
}

/* Few files are ever written to in this way, so the exchange is made at the first write. */
bool file_session_write(struct file_session *session, const uint8_t *bytes, size_t size)
{
    struct controller_context *context = session->context;
    if (!session->exchange)
        session->exchange = exchange_new(context->bus, &context->adapter, on_written, session);
    if (session->exchange)
        exchange_write(session->exchange, &session->file.state, bytes, size);
    return session->exchange != NULL;
}

bool file_session_is_busy(const struct file_session *session)
{
    return session->exchange && session->exchange->is_running;
}
