/* SPDX-License-Identifier: MIT */
/*
 * The port of a target in one process whose wires are in another process, the bus server.
 *
 *     core ── answer(), ahead(), wait() ──► COMMIT ──► server
 *     core ◄───── i2ctarget_raise_event() ─────── EVENTS ◄── server
 *
 * What the application has committed itself to is sent before the events that it answers.  A
 * read(8) lets the server acknowledge eight bytes by itself; a write() gives it all the bytes.  The
 * server sends EVENTS when it needs an answer that is not committed.  These events are then raised
 * to the core one by one.  If the server has already used an answer, the core's answer to that
 * event is the same, and is dropped.
 *
 * Linux: allocates one struct for each open target.  Events are raised only inside poll(),
 * wait() and set_addresses().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "i2ctarget/bus.h"
#include "i2ctarget/port.h"
#include "remote/quirk.h"
#include "remote/session.h"

_Static_assert(I2CTARGET_ENOENT == ENOENT && I2CTARGET_EINTR == EINTR && I2CTARGET_EIO == EIO &&
                   I2CTARGET_EBADF == EBADF && I2CTARGET_ENOMEM == ENOMEM &&
                   I2CTARGET_EACCES == EACCES && I2CTARGET_EBUSY == EBUSY &&
                   I2CTARGET_ENODEV == ENODEV && I2CTARGET_EINVAL == EINVAL &&
                   I2CTARGET_EDEADLK == EDEADLK && I2CTARGET_EPROTO == EPROTO &&
                   I2CTARGET_ETIMEDOUT == ETIMEDOUT,
               "our error codes are Linux' errno values");

/*
 * News that the socket does not show: a message that was addressed while the application was in
 * read() or write() is in the core already, and a frame that was read ahead is in the link's
 * buffer.
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
    /* A binding may have put its own wait() into a copy of the table. */
    return target && target->port && target->port->open == i2ctarget_remote_port.open
               ? target->instance
               : NULL;
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

/* ---- the port -------------------------------------------------------------------------------- */

static int join_claim(struct remote_target *self, const struct link_frame *answer, int descriptor)
{
    if (answer->type != PROTOCOL_LISTENING)
        return -EPROTO;
    return descriptor < 0 ? descriptor : i2ctarget_claim_join(&self->claim, descriptor);
}

static int listen_for(struct remote_target *self, const struct i2ctarget_address_set *addresses,
                      bool smbus)
{
    uint8_t payload[PROTOCOL_LISTEN_BYTES];
    struct link_frame frame;
    put_address_set(payload, addresses);
    put_u32(payload + PROTOCOL_ADDRESS_SET_BYTES,
            PROTOCOL_FORECASTS | (smbus ? PROTOCOL_SMBUS : 0));
    int error = i2ctarget_link_send(&self->link, PROTOCOL_LISTEN, payload, sizeof payload, NULL, 0);
    if (error)
        return error;
    int descriptor;
    error = i2ctarget_link_receive_descriptor(
        &self->link, &frame, i2ctarget_link_now_us() + LINK_PATIENCE_US, &descriptor);
    if (error == 1)
        error = join_claim(self, &frame, descriptor);
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
    if (!error)
        error = i2ctarget_quirk_take(target, &self->quirk);
    if (error) {
        port_close(self);
        return error;
    }
    *instance = self;
    return 0;
}

/*
 * Until the server has said that it is so, calls for the old set may come.  Whether a signal arrives
 * meanwhile matters to nobody.
 */
static void await_addresses(struct remote_target *self)
{
    int64_t until_us = i2ctarget_link_now_us() + LINK_PATIENCE_US;
    struct link_frame frame = {0};
    int got = -EINTR;
    while (!self->lost && (got == 1 || got == -EINTR)) {
        got = i2ctarget_link_receive(&self->link, &frame, until_us);
        if (got == 1 && frame.type == PROTOCOL_ADDRESSES_SET && frame.length == 0)
            return;
        if (got == 1)
            i2ctarget_remote_play(self, &frame);
    }
    i2ctarget_remote_lose(self);
}

static int port_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    struct remote_target *self = instance;
    uint8_t payload[PROTOCOL_ADDRESS_SET_BYTES];
    put_address_set(payload, addresses);
    if (self->lost)
        return -I2CTARGET_EIO;
    self->serving = true;
    if (i2ctarget_link_send(&self->link, PROTOCOL_ADDRESSES, payload, sizeof payload, NULL, 0) < 0)
        i2ctarget_remote_lose(self);
    await_addresses(self);
    self->serving = false;
    mark(self);
    return self->lost ? -I2CTARGET_EIO : 0;
}

static bool port_claim(void *instance, bool ack)
{
    struct remote_target *self = instance;
    bool is_refused = self->called && !ack;
    self->called = false;
    self->open = self->open && !is_refused;
    mark(self);
    return i2ctarget_remote_claim(self, ack);
}

/*
 * That a call was accepted stands in the claim, which was made right before.  The COMMIT of the
 * read(), write() or close() that follows says it, too; and if none follows soon, the server looks.
 */
static void port_answer(void *instance, int answer)
{
    struct remote_target *self = instance;
    bool is_looked_for = answer == I2CTARGET_ACK && self->is_looked_for;
    if (!self->lost && !is_looked_for)
        i2ctarget_remote_commit(self, answer);
}

static void port_ahead(void *instance)
{
    struct remote_target *self = instance;
    if (!self->lost && self->open)
        i2ctarget_remote_commit(self, I2CTARGET_HOLD);
}

/* Events come only from inside poll() and wait(), so nothing has to be locked out. */
static void port_lock(void *instance)
{
    (void)instance;
}

/*
 * While a hold is offered, nothing else has come.  Most polls are made then, right before an answer,
 * and cost no system call.
 */
static bool may_have_news(const struct remote_target *self)
{
    return !self->lost &&
           (self->hold == 0 || !i2ctarget_claim_is_offered(&self->claim, self->hold));
}

static int port_poll(void *instance)
{
    struct remote_target *self = instance;
    struct link_frame frame;
    int got = 0;
    self->serving = true;
    while (may_have_news(self) && (got = i2ctarget_link_poll(&self->link, &frame)) == 1)
        i2ctarget_remote_play(self, &frame);
    if (got < 0)
        i2ctarget_remote_lose(self);
    if (!self->lost)
        i2ctarget_remote_ask(self);
    self->serving = false;
    mark(self);
    return self->lost ? -I2CTARGET_EIO : 0;
}

/*
 * Raises the events of this frame and of those that came with it.  A late target may learn of a
 * message and of its end at once.
 */
static void play_all(struct remote_target *self, struct link_frame *frame)
{
    int got = 1;
    while (got == 1 && !self->lost) {
        i2ctarget_remote_play(self, frame);
        got = i2ctarget_link_next(&self->link, frame);
    }
    if (got < 0)
        i2ctarget_remote_lose(self);
}

static int receive(struct remote_target *self, int64_t until_us)
{
    struct link_frame frame;
    i2ctarget_remote_ask(self);
    if (self->lost)
        return -I2CTARGET_EIO;
    if (self->raised)
        return 1; /* the forecast's events */
    int got = i2ctarget_link_receive(&self->link, &frame, until_us);
    if (got == 1)
        play_all(self, &frame);
    else if (got != -ETIMEDOUT && got != -EINTR)
        i2ctarget_remote_lose(self);
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
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
            .scl_hz_max = 1000000,
            .spike_ns = 0, /* simulated wires have no spikes */
        },
    .open = port_open,
    .close = port_close,
    .set_addresses = port_set_addresses,
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
    struct link link = {.bus = bus};
    bool is_of_init =
        error == -I2CTARGET_EINVAL || error == -I2CTARGET_EBUSY || error == -I2CTARGET_ENOMEM;
    if (!is_of_init)
        return i2ctarget_link_explain(&link, error, text, size);
    if (error != -I2CTARGET_EINVAL || !i2ctarget_quirk_explain(text, size))
        snprintf(text, size, "bus %u: %s", bus, i2ctarget_explain(I2CTARGET_ASKED_INIT, error));
    return text;
}
