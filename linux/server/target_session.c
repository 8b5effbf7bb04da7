/* SPDX-License-Identifier: MIT */
#include "server/target_session.h"

#include <stdlib.h>
#include <unistd.h>

#include "bus/forecast.h"

/* The values are sent as they are. */
_Static_assert(I2CTARGET_ADDRESSED == 1 && I2CTARGET_RECEIVED == 2 && I2CTARGET_REQUESTED == 3 &&
                   I2CTARGET_ENDED == 4,
               "kinds of records in docs/PROTOCOL.md");
_Static_assert(I2CTARGET_STOP == 1 && I2CTARGET_RESTART == 2 && I2CTARGET_CONTROLLER_NACK == 3 &&
                   I2CTARGET_ARBITRATION_LOST == 4 && I2CTARGET_TIMEOUT == 5 &&
                   I2CTARGET_BUS_ERROR == 6,
               "causes of ENDED in docs/PROTOCOL.md");

/* ---- events from the wires ------------------------------------------------------------------- */

/* Tells monitors why we answered with a NACK, or with 0xFF to the end. */
static void note(struct target_session *session, int answer)
{
    uint8_t reason = session->commitment.reason;
    if (answer != I2CTARGET_NACK && answer != I2CTARGET_RELEASE)
        return;
    if (reason == PROTOCOL_REASON_NONE)
        reason = session->owed == I2CTARGET_ADDRESSED ? PROTOCOL_REASON_APPLICATION
                                                      : PROTOCOL_REASON_CLOSED;
    bus_note(session->bus, (enum protocol_reason)reason);
}

/* The answer to the owed event, as far as it is known. */
static int answer_owed(struct target_session *session)
{
    uint8_t kind = session->owed;
    int answer = commitment_answer(&session->commitment, (enum i2ctarget_event_kind)kind);
    if (answer == I2CTARGET_HOLD)
        return answer;
    note(session, answer);
    session->owed = I2CTARGET_NO_EVENT;
    session->hold = 0;
    if (kind == I2CTARGET_ADDRESSED && answer == I2CTARGET_NACK)
        session->commitment.is_open = false;
    return answer;
}

/*
 * The number under which the peer may answer the held event; 0: no event is held.  The word changes
 * in any case, so that a peer with an older hold sees that there is news.
 */
static uint32_t offer(struct target_session *session)
{
    if (session->owed == I2CTARGET_NO_EVENT) {
        i2ctarget_claim_clear(&session->claim);
        return 0;
    }
    session->holds = session->hold = i2ctarget_claim_next(session->holds);
    bool looks = session->owed == I2CTARGET_ADDRESSED;
    i2ctarget_claim_offer(&session->claim, session->hold, looks);
    if (looks)
        bus_look_later(session->bus);
    return session->hold;
}

/* ---- forecasts ------------------------------------------------------------------------------- */

enum { FORECAST_RECORDS_BYTES = 3 * PROTOCOL_RECORD_BYTES };

_Static_assert(PROTOCOL_FORECAST_MAX == FORECAST_RECORDS_BYTES + BUS_FORECAST_BYTES_MAX,
               "no forecast is longer");

/* The bytes that the controller writes, the end of the message, and the call of the next one. */
static void write_forecast(struct event_log *log, uint32_t serial,
                           const struct bus_forecast *forecast)
{
    struct i2ctarget_event received = {.kind = I2CTARGET_RECEIVED};
    struct i2ctarget_event ended = {
        .kind = I2CTARGET_ENDED, .value = I2CTARGET_RESTART, .moved = (uint32_t)forecast->count};
    struct i2ctarget_event addressed = {.kind = I2CTARGET_ADDRESSED,
                                        .address = forecast->address,
                                        .is_read = forecast->is_read,
                                        .is_restart = true};
    for (size_t i = 0; i < forecast->count; i++) {
        received.value = forecast->bytes[i];
        event_log_add(log, serial, &received);
    }
    event_log_add(log, serial, &ended);
    event_log_add(log, serial + 1, &addressed);
}

/* What goes with the held event.  Returns its bytes. */
static size_t add_forecast(struct target_session *session)
{
    struct bus_forecast forecast;
    event_log_clear(&session->forecast);
    if (session->takes_forecasts && session->owed == I2CTARGET_ADDRESSED &&
        !session->commitment.is_read && bus_forecast(session->bus, &session->target, &forecast))
        write_forecast(&session->forecast, session->commitment.serial, &forecast);
    if (session->forecast.has_failed || !event_log_append(&session->log, &session->forecast))
        event_log_clear(&session->forecast);
    return event_log_bytes(&session->forecast);
}

static uint32_t forecast_data_bytes(const struct target_session *session)
{
    return (uint32_t)(event_log_bytes(&session->forecast) - FORECAST_RECORDS_BYTES);
}

/* The bus has got to where the peer is: both have the same call. */
static void arrive_at_peer(struct target_session *session)
{
    session->is_following = false;
    if (!event_log_equals(&session->log, &session->forecast))
        peer_drop(session->peer, "it was told what did not happen");
    event_log_clear(&session->log);
    event_log_clear(&session->forecast);
    session->holds = session->hold = i2ctarget_claim_next(session->holds);
    i2ctarget_claim_follow(&session->claim, session->hold);
    bus_look_later(session->bus);
}

/* ---- EVENTS ---------------------------------------------------------------------------------- */

static void tell(struct target_session *session)
{
    size_t forecast_bytes = add_forecast(session);
    const struct line_driver *driver = &session->target.wired.driver;
    uint8_t head[PROTOCOL_EVENTS_BYTES];
    put_u32(head, driver->glitches);
    put_u32(head + 4, driver->stretching.count);
    put_u32(head + 8, (uint32_t)(driver->stretching.longest / 1000));
    put_u32(head + 12, offer(session));
    put_u32(head + 16, (uint32_t)forecast_bytes);
    peer_send(session->peer, PROTOCOL_EVENTS, head, sizeof head, session->log.records.bytes,
              event_log_bytes(&session->log));
    event_log_clear(&session->log);
    session->tell = session->is_put_off = false;
}

static bool is_fault(uint8_t cause)
{
    return cause == I2CTARGET_TIMEOUT || cause == I2CTARGET_BUS_ERROR ||
           cause == I2CTARGET_ARBITRATION_LOST;
}

static void on_ended(struct target_session *session, uint8_t cause)
{
    session->owed = I2CTARGET_NO_EVENT;
    session->hold = 0;
    session->commitment.is_open = false;
    if (is_fault(cause)) {
        session->is_following = false;
        tell(session); /* at once: before the controller learns of it */
    } else if (session->commitment.waiting) {
        session->tell = true;
    }
    if (cause == I2CTARGET_TIMEOUT)
        bus_note(session->bus, PROTOCOL_REASON_LIMIT);
}

/*
 * A fault left a byte unanswered, and the peer was not told of it.  So the byte did not move, and
 * is removed.
 */
static void forget_owed_byte(struct target_session *session)
{
    bool is_byte = session->owed == I2CTARGET_RECEIVED || session->owed == I2CTARGET_REQUESTED;
    if (is_byte && event_log_bytes(&session->log) > 0)
        event_log_take_back(&session->log);
}

static int on_event(void *owner, const struct i2ctarget_event *event)
{
    struct target_session *session = owner;
    if (event->kind == I2CTARGET_ADDRESSED)
        commitment_begin(&session->commitment, session->commitment.serial + 1, event->is_read);
    if (event->kind == I2CTARGET_ENDED)
        forget_owed_byte(session);
    event_log_add(&session->log, session->commitment.serial, event);
    if (event->kind == I2CTARGET_ENDED) {
        on_ended(session, event->value);
        return 0;
    }
    session->owed = event->kind;
    if (session->is_following && event->kind == I2CTARGET_ADDRESSED) {
        arrive_at_peer(session);
        return I2CTARGET_HOLD;
    }
    int answer = answer_owed(session);
    if (answer == I2CTARGET_HOLD &&
        (event->kind == I2CTARGET_ADDRESSED || session->commitment.waiting))
        session->tell = true;
    return answer;
}

/*
 * Events that need no answer are put off once.  If the next transfer is there already, both travel
 * together and wake the application only once.  The delay is at most one look at the sockets.
 */
static bool may_put_off(const struct target_session *session)
{
    return session->owed == I2CTARGET_NO_EVENT && !session->is_put_off;
}

static void on_rest(struct bus_target *target)
{
    struct target_session *session = (struct target_session *)target;
    if (session->log.has_failed)
        peer_drop(session->peer, "its events do not fit in memory");
    if (event_log_bytes(&session->log) == 0)
        session->tell = false;
    if (session->tell && may_put_off(session)) {
        session->is_put_off = true;
        bus_announce(session->bus, target);
        return;
    }
    if (session->tell)
        tell(session);
    session->is_put_off = false;
}

/* The peer has agreed to the forecast.  The bus is going to make it come true. */
static void accept_forecast(struct target_session *session)
{
    session->is_following = true;
    commitment_gone_through(&session->commitment, forecast_data_bytes(session));
    bus_answer(session->bus, &session->target, answer_owed(session));
}

/*
 * Gives the bus the answer that was found in the claim.  False: there is none.  Also ends the
 * forecast: from now on the peer can not go through.
 */
static bool accept_claim(struct target_session *session, enum claim_answer answer)
{
    bool has_forecast = event_log_bytes(&session->forecast) > 0;
    if (answer == CLAIM_THROUGH && has_forecast) {
        accept_forecast(session);
        return true;
    }
    event_log_clear(&session->forecast);
    if (answer != CLAIM_ACK && answer != CLAIM_NACK)
        return false;
    commitment_answered(&session->commitment, (enum i2ctarget_event_kind)session->owed,
                        answer == CLAIM_ACK);
    bus_answer(session->bus, &session->target, answer_owed(session));
    return true;
}

/* Has the application accepted a call, and not sent it?  Then the bus has the answer now. */
static bool look_for_answer(struct target_session *session)
{
    return session->hold > 0 && session->owed == I2CTARGET_ADDRESSED &&
           accept_claim(session, i2ctarget_claim_look(&session->claim, session->hold));
}

static void on_looked(struct bus_target *target)
{
    look_for_answer((struct target_session *)target);
}

/*
 * The peer can not have answered an event that it was not told of.  And a byte that was given
 * counts only when it was clocked.
 */
static bool on_revoked(struct bus_target *target)
{
    struct target_session *session = (struct target_session *)target;
    if (session->hold == 0 || session->owed == I2CTARGET_REQUESTED)
        return true;
    return !accept_claim(session, i2ctarget_claim_withdraw(&session->claim, session->hold));
}

/* ---- frames from the peer -------------------------------------------------------------------- */

static void forget_claim_fd(struct target_session *session)
{
    if (session->claim_fd >= 0)
        close(session->claim_fd);
    session->claim_fd = -1;
}

static void on_listen(struct target_session *session, const struct peer_frame *frame)
{
    struct i2ctarget_address_set addresses = get_address_set(frame->payload);
    uint32_t flags = get_u32(frame->payload + PROTOCOL_ADDRESS_SET_BYTES);
    if (i2ctarget_address_set_is_empty(&addresses) ||
        (flags & ~(PROTOCOL_SMBUS | PROTOCOL_FORECASTS))) {
        peer_drop(session->peer, "LISTEN without addresses, or with unknown flags");
        return;
    }
    session->is_listening = true;
    session->takes_forecasts = flags & PROTOCOL_FORECASTS;
    bus_join(session->bus, &session->target, &addresses, flags & PROTOCOL_SMBUS, on_event);
    peer_send_descriptor(session->peer, PROTOCOL_LISTENING, session->claim_fd);
    forget_claim_fd(session);
}

static void on_addresses(struct target_session *session, const struct peer_frame *frame)
{
    struct i2ctarget_address_set addresses = get_address_set(frame->payload);
    bus_set_addresses(session->bus, &session->target, &addresses);
    /* Above all a call for an address that is gone is told before the answer. */
    if (session->tell && event_log_bytes(&session->log) > 0)
        tell(session);
    peer_send(session->peer, PROTOCOL_ADDRESSES_SET, NULL, 0, NULL, 0);
}

/*
 * A COMMIT ends a forecast.  Either the peer has gone through before, and the bus follows; or it can
 * not go through any more, and the COMMIT is its answer.
 */
static void end_forecast(struct target_session *session)
{
    if (session->hold == 0 || event_log_bytes(&session->forecast) == 0)
        return;
    if (i2ctarget_claim_close_hold(&session->claim, session->hold) != CLAIM_THROUGH) {
        event_log_clear(&session->forecast);
        return;
    }
    accept_forecast(session);
    bus_run_active(session->bus);
}

static void on_commit(struct target_session *session, const struct peer_frame *frame)
{
    bus_catch_up(session->bus); /* an SMBus limit may have struck before this frame came */
    end_forecast(session);
    switch (commitment_take(&session->commitment, frame->payload, frame->length)) {
    case COMMITMENT_BROKEN:
        peer_drop(session->peer, "a COMMIT that makes no sense");
        return;
    case COMMITMENT_STALE:
        return;
    case COMMITMENT_TAKEN:
        break;
    }
    if (session->owed != I2CTARGET_NO_EVENT) {
        int answer = answer_owed(session);
        if (answer != I2CTARGET_HOLD)
            bus_answer(session->bus, &session->target, answer);
    }
    bool is_due = session->owed != I2CTARGET_NO_EVENT || !session->commitment.is_open;
    if (session->commitment.waiting && is_due) {
        session->tell = true;
        bus_announce(session->bus, &session->target);
    }
}

void target_session_frame(struct target_session *session, const struct peer_frame *frame)
{
    if (frame->type == PROTOCOL_LISTEN && frame->length == PROTOCOL_LISTEN_BYTES &&
        !session->is_listening)
        on_listen(session, frame);
    else if (frame->type == PROTOCOL_COMMIT && session->is_listening)
        on_commit(session, frame);
    else if (frame->type == PROTOCOL_ADDRESSES && frame->length == PROTOCOL_ADDRESS_SET_BYTES &&
             session->is_listening)
        on_addresses(session, frame);
    else
        peer_drop(session->peer, "a frame that no target sends here");
}

/* ---- coming and going ------------------------------------------------------------------------ */

struct target_session *target_session_new(struct bus *bus, struct peer *peer)
{
    struct target_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    if (i2ctarget_claim_create(&session->claim, &session->claim_fd) < 0) {
        free(session);
        return NULL;
    }
    session->target.rested = on_rest;
    session->target.revoked = on_revoked;
    session->target.looked = on_looked;
    session->bus = bus;
    session->peer = peer;
    return session;
}

void target_session_free(struct target_session *session)
{
    if (session->is_listening) {
        bus_catch_up(session->bus); /* an SMBus limit may have struck before it went */
        while (look_for_answer(session))
            bus_run_active(session->bus); /* the ACK is made before the lines are released */
        i2ctarget_claim_clear(&session->claim);
        if (session->commitment.is_open)
            bus_note(session->bus, PROTOCOL_REASON_LOST);
        bus_leave(session->bus, &session->target);
    }
    i2ctarget_claim_close(&session->claim);
    forget_claim_fd(session);
    commitment_free(&session->commitment);
    event_log_free(&session->log);
    event_log_free(&session->forecast);
    free(session);
}
