/* SPDX-License-Identifier: MIT */
/*
 *              BEGIN                    more follow
 *     IDLE ────────────► ON_WIRES ──────────────────► PAUSED
 *       ▲                 │  ▲ │ GIVE_UP               │ │
 *       │  last, NACK     │  │ ▼               GIVE_UP │ │
 *       ├─────────────────┘  │ ENDING ◄────────────────┘ │
 *       │ wires are done     └─┼─────────────────────────┘
 *       └──────────────────────┘        next message
 *
 * While it is ENDING nothing is read from the peer; that takes no time, because the bus ends a
 * transfer that is given up at once.  In all other states a frame is looked at as it comes, so that
 * a message can be given up while a target holds it.
 */
#include "server/adapter_session.h"

#include <errno.h>
#include <stdlib.h>

#include "i2cdev/i2cdev.h"

/* The time-out of the driver that adapters are for (Linux, i2c-tiny-usb.c). */
#define PATIENCE_NS UINT64_C(2000000000)

/* A length that the target tells is not among them: nobody has room for it. */
enum {
    HONOURED = CONTROLLER_READ | CONTROLLER_NO_READ_ACK | CONTROLLER_IGNORE_NACK |
               CONTROLLER_REVERSE_DIRECTION | CONTROLLER_NO_START | CONTROLLER_STOP
};

enum state { IDLE, ON_WIRES, PAUSED, ENDING };

struct adapter_session {
    struct bus_transfer transfer; /* first member */
    struct controller_context *context;
    struct peer *peer; /* NULL: gone */
    enum state state;
    bool is_owed; /* the last STEP has no answer yet */
    struct controller_message messages[BUS_MESSAGES_MAX];
};

/* A STEP. */
struct step {
    uint16_t address, flags, length;
    bool begins, ends;
    const uint8_t *bytes; /* of a write */
};

/* ---- answers --------------------------------------------------------------------------------- */

/* `result`: 0 or -errno. */
static void answer(struct adapter_session *session, int result, const uint8_t *bytes, size_t size)
{
    uint8_t head[PROTOCOL_STEPPED_BYTES];
    put_u32(head, (uint32_t)result);
    peer_send(session->peer, PROTOCOL_STEPPED, head, sizeof head, bytes, size);
    session->is_owed = false;
}

static void answer_message(struct adapter_session *session)
{
    const struct controller_message *message = &session->messages[session->transfer.count - 1];
    bool is_read = message->flags & CONTROLLER_READ;
    answer(session, 0, is_read ? message->buffer : NULL, is_read ? message->length : 0);
}

/* ---- transfers ------------------------------------------------------------------------------- */

static void forget_messages(struct adapter_session *session)
{
    for (size_t i = 0; i < BUS_MESSAGES_MAX; i++)
        free(session->messages[i].buffer);
    memset(session->messages, 0, sizeof session->messages);
    session->transfer.count = 0;
    session->state = IDLE;
}

/*
 * STOP at once.  A target that holds SCL, even against the STOP of a pause, is cut off.  False: there
 * is nothing to stop, the transfer had not begun.
 */
static bool end_transfer(struct adapter_session *session)
{
    session->state = ENDING;
    return !bus_cancel(session->context->bus, &session->transfer);
}

static void on_paused(struct bus_transfer *transfer)
{
    struct adapter_session *session = (struct adapter_session *)transfer;
    bool is_given_up = session->state == ENDING; /* and the message came through all the same */
    session->state = PAUSED;
    answer_message(session);
    if (is_given_up)
        end_transfer(session);
}

static void on_done(struct bus_transfer *transfer, const struct bus_report *report)
{
    struct adapter_session *session = (struct adapter_session *)transfer;
    bool is_owed = session->peer && session->is_owed;
    if (is_owed && report->result == CONTROLLER_DONE)
        answer_message(session);
    else if (is_owed)
        answer(session, i2cdev_error(report->result), NULL, 0);
    session->context->has_answered = true; /* what came meanwhile can be handled now */
    forget_messages(session);
    if (session->peer)
        peer_call(session->peer);
    else
        free(session);
}

/* Adds a message, with its bytes or with room for them.  False: no memory. */
static bool add_message(struct adapter_session *session, const struct step *step)
{
    uint8_t *buffer = calloc(1, step->length + 1u);
    if (!buffer)
        return false;
    if (!(step->flags & CONTROLLER_READ))
        memcpy(buffer, step->bytes, step->length);
    session->messages[session->transfer.count] =
        (struct controller_message){.address = (uint8_t)step->address,
                                    .flags = step->flags,
                                    .length = step->length,
                                    .buffer = buffer};
    return true;
}

static void begin_transfer(struct adapter_session *session, bool is_open)
{
    session->transfer.count = 1;
    session->transfer.is_open = is_open;
    bus_submit(session->context->bus, &session->transfer);
}

/* With the message its transfer has ended. */
static void refuse(struct adapter_session *session, int result)
{
    answer(session, result, NULL, 0);
    if (session->state == PAUSED)
        end_transfer(session);
}

/* ---- frames ---------------------------------------------------------------------------------- */

static bool is_step(const struct peer_frame *frame)
{
    if (frame->type != PROTOCOL_STEP || frame->length < PROTOCOL_STEP_BYTES)
        return false;
    bool is_read = get_u16(frame->payload + 2) & CONTROLLER_READ;
    uint32_t bytes = is_read ? 0 : get_u16(frame->payload + 4);
    return frame->length == PROTOCOL_STEP_BYTES + bytes &&
           get_u16(frame->payload + 6) <= (PROTOCOL_STEP_BEGINS | PROTOCOL_STEP_ENDS);
}

/* Can that be done, and does it follow on what there is? */
static bool fits(const struct adapter_session *session, const struct step *step)
{
    if ((step->flags & ~HONOURED) || step->address > 0x7f || step->length > I2CDEV_LENGTH_MAX)
        return false;
    if (step->begins)
        return session->state == IDLE;
    return bus_is_paused(session->context->bus, &session->transfer) &&
           session->transfer.count < BUS_MESSAGES_MAX;
}

static void on_step(struct adapter_session *session, const uint8_t *payload)
{
    unsigned place = get_u16(payload + 6);
    struct step step = {.address = get_u16(payload),
                        .flags = get_u16(payload + 2),
                        .length = get_u16(payload + 4),
                        .begins = place & PROTOCOL_STEP_BEGINS,
                        .ends = place & PROTOCOL_STEP_ENDS,
                        .bytes = payload + PROTOCOL_STEP_BYTES};
    if (!fits(session, &step)) {
        refuse(session, -EINVAL);
        return;
    }
    if (!add_message(session, &step)) {
        refuse(session, -ENOMEM);
        return;
    }
    session->is_owed = true;
    if (session->state == IDLE)
        begin_transfer(session, !step.ends);
    else
        bus_go_on(session->context->bus, &session->transfer, session->transfer.count + 1,
                  !step.ends);
    session->state = ON_WIRES;
}

/* What is on the wires ends as by a time-out. */
static void give_up(struct adapter_session *session)
{
    if (session->state == IDLE || end_transfer(session))
        return; /* on_done() answers */
    answer(session, -ECANCELED, NULL, 0);
    forget_messages(session);
}

void adapter_session_frame(struct adapter_session *session, const struct peer_frame *frame)
{
    if (frame->type == PROTOCOL_GIVE_UP && frame->length == 0)
        give_up(session);
    else if (is_step(frame) && session->state != ON_WIRES)
        on_step(session, frame->payload);
    else
        peer_drop(session->peer, "a frame that no adapter sends");
}

bool adapter_session_is_busy(const struct adapter_session *session)
{
    return session->state == ENDING;
}

/* ---- coming and going ------------------------------------------------------------------------ */

struct adapter_session *adapter_session_new(struct controller_context *context, struct peer *peer)
{
    struct adapter_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    *session = (struct adapter_session){
        .transfer = {.messages = session->messages,
                     .timeout_ns = PATIENCE_NS,
                     .paused = on_paused,
                     .done = on_done},
        .context = context,
        .peer = peer,
    };
    return session;
}

void adapter_session_free(struct adapter_session *session)
{
    session->peer = NULL;
    if (session->state != IDLE && !bus_withdraw(session->context->bus, &session->transfer))
        return; /* on_done() frees it */
    forget_messages(session);
    free(session);
}
