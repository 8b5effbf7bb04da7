/* SPDX-License-Identifier: MIT */
/*
 * The port of a target that lives in one process while its wires live in another, the bus server.
 *
 *     core ── answer(), ahead(), wait() ──► COMMIT ──► server
 *     core ◄───── i2ctarget_raise_event() ─────── EVENTS ◄── server
 *
 * What the application has committed itself to travels ahead of the events it answers: a read(8)
 * lets the server acknowledge eight bytes on its own, a write() gives it all the bytes.  The server
 * comes back when it needs an answer nobody committed.  Its EVENTS are then played to the core one
 * by one; the core's answers to events the server has already dealt with are those it was told, and
 * are dropped.
 *
 * Linux: allocates one struct per open target.  Events are raised only inside poll() and wait().
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "i2ctarget/bus.h"
#include "i2ctarget/port.h"
#include "link/claim.h"
#include "link/link.h"
#include "remote/readiness.h"
#include "remote/roster.h"

_Static_assert(I2CTARGET_ENOENT == ENOENT && I2CTARGET_EINTR == EINTR && I2CTARGET_EIO == EIO &&
                   I2CTARGET_EBADF == EBADF && I2CTARGET_ENOMEM == ENOMEM &&
                   I2CTARGET_EACCES == EACCES && I2CTARGET_EBUSY == EBUSY &&
                   I2CTARGET_ENODEV == ENODEV && I2CTARGET_EINVAL == EINVAL &&
                   I2CTARGET_EDEADLK == EDEADLK && I2CTARGET_EPROTO == EPROTO &&
                   I2CTARGET_ETIMEDOUT == ETIMEDOUT,
               "our error codes are Linux' errno values");

/* Bytes of a long write() that travel at once; the rest follows when the server asks for more. */
enum { AHEAD_MAX_BYTES = 256 * 1024 };

struct remote_target {
    struct link link;
    struct claim claim;
    struct i2ctarget *target;
    struct roster_entry entry;
    bool lost;    /* the server is gone */
    bool raised;  /* an event, since the last wait() returned */
    bool serving; /* inside poll() or wait(): answers should ask for what comes next */
    bool asked;   /* the last COMMIT said waiting, and no EVENTS came since */
    bool open;    /* a message is under way: ADDRESSED was raised, ENDED was not */
    bool called;  /* ADDRESSED is held: request() would take it */
    struct readiness readiness;
    uint32_t serial;
    uint32_t hold; /* the number of what is held, until it is claimed; 0: nothing that we know of */
    uint32_t glitches, stretches, longest_stretch_us;
};

static void raise_event(struct remote_target *self, const struct i2ctarget_event *event,
                        int *answer)
{
    self->raised = true;
    *answer = i2ctarget_raise_event(self->target, event);
}

/* The server is gone: an open message ends, and nothing more will come. */
static void lose(struct remote_target *self)
{
    if (self->lost)
        return;
    self->lost = true;
    if (!self->open)
        return;
    struct i2ctarget_commitment commitment;
    int answer;
    i2ctarget_get_commitment(self->target, &commitment);
    struct i2ctarget_event ended = {
        .kind = I2CTARGET_ENDED, .value = I2CTARGET_PORT_LOST, .moved = commitment.moved};
    self->open = false;
    raise_event(self, &ended, &answer);
}

/* ---- COMMIT ------------------------------------------------------------------------------- */

static enum protocol_reason reason_of(const struct i2ctarget_commitment *commitment)
{
    if (commitment->then == I2CTARGET_HOLD)
        return PROTOCOL_REASON_NONE;
    return commitment->closed ? PROTOCOL_REASON_CLOSED : PROTOCOL_REASON_APPLICATION;
}

/*
 * An answer that comes too late leaves the hold as it is: whatever else is said to it does, too.
 */
static bool claim(struct remote_target *self, bool ack)
{
    if (self->hold && !i2ctarget_claim_take(&self->claim, self->hold, ack ? CLAIM_ACK : CLAIM_NACK))
        return false;
    self->hold = 0;
    return true;
}

static void send_commit(struct remote_target *self, const uint8_t head[], size_t head_bytes,
                        const struct i2ctarget_commitment *commitment)
{
    int error = i2ctarget_link_send(&self->link, PROTOCOL_COMMIT, head, head_bytes,
                                    commitment->bytes, commitment->bytes ? commitment->count : 0);
    if (error)
        lose(self);
}

/*
 * Everything the application has committed itself to as of now.  `answer`: the one just given to
 * the event that was owed, or I2CTARGET_HOLD: none was.  The core counts that byte as dealt with;
 * the server does not yet, so the commitment begins with it.
 */
static void commit(struct remote_target *self, int answer)
{
    struct i2ctarget_commitment commitment;
    uint8_t head[PROTOCOL_COMMIT_BYTES + 1] = {0};
    i2ctarget_get_commitment(self->target, &commitment);
    if (commitment.count > AHEAD_MAX_BYTES)
        commitment.count = AHEAD_MAX_BYTES;
    bool is_byte = answer <= 0xFF;
    bool is_dealt_with = is_byte || (answer == I2CTARGET_ACK && commitment.moved > 0);
    bool is_refused = answer == I2CTARGET_NACK || answer == I2CTARGET_RELEASE;
    self->asked = commitment.waiting || (self->serving && commitment.by_device);
    put_u32(head, self->serial);
    head[4] = self->open ? PROTOCOL_ADDRESS_ACK : PROTOCOL_ADDRESS_NACK;
    head[5] =
        is_refused || commitment.then != I2CTARGET_HOLD ? PROTOCOL_THEN_REFUSE : PROTOCOL_THEN_HOLD;
    head[6] = (uint8_t)(is_refused && !commitment.closed ? PROTOCOL_REASON_APPLICATION
                                                         : reason_of(&commitment));
    head[7] = self->asked;
    put_u32(head + 8, commitment.moved - is_dealt_with);
    put_u32(head + 12, (commitment.bytes ? commitment.count : commitment.acks) + is_dealt_with);
    head[PROTOCOL_COMMIT_BYTES] = (uint8_t)answer;
    send_commit(self, head, PROTOCOL_COMMIT_BYTES + is_byte, &commitment);
}

/* ---- EVENTS ------------------------------------------------------------------------------- */

static int play_addressed(struct remote_target *self, const uint8_t *record)
{
    struct i2ctarget_event event = {
        .kind = I2CTARGET_ADDRESSED,
        .address = record[1],
        .is_read = record[2] != 0,
        .is_restart = record[3] != 0,
    };
    int answer;
    self->serial = get_u32(record + 4);
    self->open = true;
    raise_event(self, &event, &answer);
    self->open = answer != I2CTARGET_NACK;
    self->called = answer == I2CTARGET_HOLD;
    return answer;
}

static int play_received(struct remote_target *self, const uint8_t *bytes, uint32_t count)
{
    int answer = I2CTARGET_HOLD;
    for (uint32_t i = 0; i < count; i++) {
        struct i2ctarget_event event = {.kind = I2CTARGET_RECEIVED, .value = bytes[i]};
        raise_event(self, &event, &answer);
    }
    return answer;
}

static int play_requested(struct remote_target *self, uint32_t count)
{
    struct i2ctarget_event event = {.kind = I2CTARGET_REQUESTED};
    int answer = I2CTARGET_HOLD;
    for (uint32_t i = 0; i < count; i++)
        raise_event(self, &event, &answer);
    return answer;
}

static int play_ended(struct remote_target *self, const uint8_t *record)
{
    struct i2ctarget_event event = {
        .kind = I2CTARGET_ENDED, .value = record[1], .moved = get_u32(record + 8)};
    int answer;
    if (self->open) /* else a device's NACK came too late: the core is done with the message */
        raise_event(self, &event, &answer);
    self->open = false;
    self->called = false;
    return I2CTARGET_HOLD;
}

/*
 * One record; its length, or 0 if it makes no sense.  *answer: what the core says to its (last)
 * event.
 */
static size_t play_record(struct remote_target *self, const uint8_t *record, size_t left,
                          int *answer)
{
    if (left < PROTOCOL_RECORD_BYTES)
        return 0;
    uint32_t number = get_u32(record + 8);
    switch (record[0]) {
    case I2CTARGET_ADDRESSED:
        *answer = play_addressed(self, record);
        return PROTOCOL_RECORD_BYTES;
    case I2CTARGET_RECEIVED:
        if (number > left - PROTOCOL_RECORD_BYTES)
            return 0;
        *answer = play_received(self, record + PROTOCOL_RECORD_BYTES, number);
        return PROTOCOL_RECORD_BYTES + number;
    case I2CTARGET_REQUESTED:
        *answer = play_requested(self, number);
        return PROTOCOL_RECORD_BYTES;
    case I2CTARGET_ENDED:
        *answer = play_ended(self, record);
        return PROTOCOL_RECORD_BYTES;
    default:
        return 0;
    }
}

/* Nobody takes back a byte that is given: how many were clocked is told at the end. */
static bool is_in_time(struct remote_target *self, int answer)
{
    return (answer != I2CTARGET_ACK && answer != I2CTARGET_NACK) ||
           claim(self, answer == I2CTARGET_ACK);
}

static bool play_records(struct remote_target *self, const uint8_t *records, size_t length,
                         uint32_t hold)
{
    int answer = I2CTARGET_HOLD;
    for (size_t at = 0; at < length;) {
        size_t bytes = play_record(self, records + at, length - at, &answer);
        if (bytes == 0)
            return false;
        at += bytes;
    }
    self->hold = hold;
    if (hold && answer != I2CTARGET_HOLD && is_in_time(self, answer))
        commit(self, answer);
    return true;
}

static void play(struct remote_target *self, const struct link_frame *frame)
{
    if (frame->type != PROTOCOL_EVENTS || frame->length < PROTOCOL_EVENTS_BYTES) {
        lose(self);
        return;
    }
    self->asked = false;
    self->glitches = get_u32(frame->payload);
    self->stretches = get_u32(frame->payload + 4);
    self->longest_stretch_us = get_u32(frame->payload + 8);
    self->hold = 0;
    if (!play_records(self, frame->payload + PROTOCOL_EVENTS_BYTES,
                      frame->length - PROTOCOL_EVENTS_BYTES, get_u32(frame->payload + 12)))
        lose(self);
}

/* This frame, and those that came with it: a late target may read of a call and of its end at once. */
static void play_all(struct remote_target *self, struct link_frame *frame)
{
    int got = 1;
    while (got == 1 && !self->lost) {
        play(self, frame);
        got = i2ctarget_link_next(&self->link, frame);
    }
    if (got < 0)
        lose(self);
}

/* Can the application, or a device, not go on without the server, which does not know it yet? */
static bool must_ask(const struct remote_target *self)
{
    struct i2ctarget_commitment commitment;
    if (!self->open || self->asked)
        return false;
    i2ctarget_get_commitment(self->target, &commitment);
    return commitment.waiting || commitment.by_device;
}

static void ask(struct remote_target *self)
{
    if (must_ask(self))
        commit(self, I2CTARGET_HOLD);
}

/*
 * A call that came while the application was in read() or write() is in the core already, and a
 * frame that the link has read ahead in its buffer: the socket is silent about both.
 */
static void mark(struct remote_target *self)
{
    const struct link *link = &self->link;
    size_t have = link->end - link->begin;
    bool has_frame = have >= PROTOCOL_HEADER_BYTES &&
                     have - PROTOCOL_HEADER_BYTES >= get_u32(link->buffer + link->begin);
    i2ctarget_readiness_mark(&self->readiness, self->called || has_frame);
}

static struct remote_target *remote_of(const struct i2ctarget *target)
{
    return target && target->port == &i2ctarget_remote_port ? target->instance : NULL;
}

int i2ctarget_bus_descriptor(struct i2ctarget *target)
{
    struct remote_target *self = remote_of(target);
    if (!self)
        return -I2CTARGET_EBADF;
    int error = i2ctarget_readiness_open(&self->readiness, self->link.fd);
    mark(self);
    return error ? error : self->readiness.fd;
}

/* ---- the port ----------------------------------------------------------------------------- */

static int listen_for(struct remote_target *self, const struct i2ctarget_address_set *addresses,
                      bool smbus)
{
    uint8_t payload[PROTOCOL_LISTEN_BYTES];
    struct link_frame frame;
    put_address_set(payload, addresses);
    put_u32(payload + PROTOCOL_ADDRESS_SET_BYTES, smbus ? PROTOCOL_SMBUS : 0);
    int error = i2ctarget_link_send(&self->link, PROTOCOL_LISTEN, payload, sizeof payload, NULL, 0);
    if (error)
        return error;
    int descriptor;
    error = i2ctarget_link_receive_descriptor(
        &self->link, &frame, i2ctarget_link_now_us() + LINK_PATIENCE_US, &descriptor);
    if (error == 1)
        error = frame.type == PROTOCOL_LISTENING && descriptor >= 0
                    ? i2ctarget_claim_join(&self->claim, descriptor)
                    : -EPROTO;
    if (descriptor >= 0)
        close(descriptor);
    return error;
}

static int join(struct remote_target *self, unsigned bus,
                const struct i2ctarget_address_set *addresses, bool smbus)
{
    int error =
        i2ctarget_link_open(&self->link, bus, PROTOCOL_TARGET, program_invocation_short_name);
    if (error)
        return error;
    return listen_for(self, addresses, smbus);
}

static void port_close(void *instance)
{
    struct remote_target *self = instance;
    i2ctarget_readiness_close(&self->readiness);
    i2ctarget_claim_close(&self->claim);
    i2ctarget_link_close(&self->link);
    i2ctarget_roster_strike(&self->entry);
    free(self);
}

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    if (scl->unit != sda->unit || scl->number != 0 || sda->number != 1 ||
        scl->unit > I2CTARGET_BUS_MAX)
        return -I2CTARGET_EINVAL;
    struct remote_target *self = calloc(1, sizeof *self);
    if (!self)
        return -I2CTARGET_ENOMEM;
    self->target = target;
    self->readiness = readiness_none;
    if (!i2ctarget_roster_enter(&self->entry, (unsigned)scl->unit)) {
        free(self);
        return -I2CTARGET_EBUSY;
    }
    int error = join(self, (unsigned)scl->unit, addresses, smbus);
    if (error) {
        port_close(self);
        return error;
    }
    *instance = self;
    return 0;
}

static bool port_claim(void *instance, bool ack)
{
    struct remote_target *self = instance;
    bool is_refused = self->called && !ack;
    self->called = false;
    self->open = self->open && !is_refused;
    mark(self);
    return claim(self, ack);
}

static void port_answer(void *instance, int answer)
{
    struct remote_target *self = instance;
    if (!self->lost)
        commit(self, answer);
}

static void port_ahead(void *instance)
{
    struct remote_target *self = instance;
    if (!self->lost && self->open)
        commit(self, I2CTARGET_HOLD);
}

/* Events come only from inside poll() and wait(): there is nothing to lock out. */
static void port_lock(void *instance)
{
    (void)instance;
}

static int port_poll(void *instance)
{
    struct remote_target *self = instance;
    struct link_frame frame;
    int got = 0;
    self->serving = true;
    while (!self->lost && (got = i2ctarget_link_poll(&self->link, &frame)) == 1)
        play(self, &frame);
    if (got < 0)
        lose(self);
    if (!self->lost)
        ask(self);
    self->serving = false;
    if (self->readiness.is_marked)
        mark(self);
    return self->lost ? -I2CTARGET_EIO : 0;
}

static int receive(struct remote_target *self, int64_t until_us)
{
    struct link_frame frame;
    ask(self);
    if (self->lost)
        return -I2CTARGET_EIO;
    int got = i2ctarget_link_receive(&self->link, &frame, until_us);
    if (got == 1)
        play_all(self, &frame);
    else if (got != -ETIMEDOUT && got != -EINTR)
        lose(self);
    return self->lost ? -I2CTARGET_EIO : got;
}

static int port_wait(void *instance, int64_t until_us)
{
    struct remote_target *self = instance;
    int got = 1;
    self->serving = true;
    while (!self->raised && got == 1)
        got = receive(self, until_us);
    self->serving = false;
    mark(self);
    if (!self->raised)
        return got;
    self->raised = false;
    return 0;
}

static int64_t port_now_us(void *instance)
{
    (void)instance;
    return i2ctarget_link_now_us();
}

static void port_counters(void *instance, struct i2ctarget_counters *counters)
{
    const struct remote_target *self = instance;
    counters->glitches = self->glitches;
    counters->stretches = self->stretches;
    counters->longest_stretch_us = self->longest_stretch_us;
}

const struct i2ctarget_port_ops i2ctarget_remote_port = {
    .capabilities =
        {
            .scl_hz_max = 1000000,
            .stranger_stretch_ns = 0,
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
            .spike_ns = 50,
        },
    .open = port_open,
    .close = port_close,
    .answer = port_answer,
    .lock = port_lock,
    .unlock = port_lock,
    .poll = port_poll,
    .wait = port_wait,
    .now_us = port_now_us,
    .counters = port_counters,
    .ahead = port_ahead,
    .claim = port_claim,
};

const char *i2ctarget_bus_explain(unsigned bus, int error, char *text, size_t size)
{
    struct link link = {.fd = -1, .bus = bus};
    return i2ctarget_link_explain(&link, error, text, size);
}
