/* SPDX-License-Identifier: MIT */
/*
 * The bit engine of a SERCOM as I2C target (data sheet 36.6.2.5, "client"), the side of the bus.
 *
 *     SCL, SDA ─► spike filter ─► START, STOP, bits ─► phase ─► SCL held, SDA pulled
 *                                                        ▲ │
 *                                       CMD, DATA ───────┘ └──► AMATCH, DRDY, PREC, ERROR
 *
 * It follows the edges of the two lines.  What is done with whole bytes is in samd5x_message.c.
 */
#include "chips/samd5x/model/samd5x_i2cs.h"

static void fail(struct samd5x_sercom *self, uint32_t status)
{
    self->status |= status;
    self->intflag |= SAMD5X_ERROR;
}

static void forget_message(struct samd5x_sercom *self)
{
    self->is_ours = false;
    self->nacked_address = false;
    self->nacked_byte = false;
    self->collided = false;
}

/* ---- events of the bus ----------------------------------------------------------------------- */

/* A START or STOP is good in the first bit after a whole byte, and nowhere else. */
static bool is_violation(const struct samd5x_sercom *self)
{
    return self->in_transfer && (self->bus_bits < 10 || self->bus_bits % 9 != 1);
}

/* True: it was told. */
static bool tell_violation(struct samd5x *chip, struct samd5x_sercom *self)
{
    bool concerns = self->phase != SAMD5X_WAITING || chip->readings.violations_of_others;
    if (!is_violation(self) || !concerns || chip->readings.violation == SAMD5X_VIOLATION_SILENT)
        return false;
    fail(self, SAMD5X_BUSERR);
    return true;
}

static void take_start(struct samd5x *chip, struct samd5x_sercom *self)
{
    bool is_told = tell_violation(chip, self);
    bool was_ours = self->is_ours;
    samd5x_i2cs_let_go(chip, self);
    if (!self->in_transfer)
        self->held_ns = 0;
    self->is_restart = self->in_transfer && (was_ours || !chip->readings.sr_only_after_own);
    self->in_transfer = true;
    forget_message(self);
    self->bits = 0;
    self->bus_bits = 0;
    if (!is_told || chip->readings.violation != SAMD5X_VIOLATION_FATAL)
        self->phase = SAMD5X_ADDRESS;
}

/* 36.8.6, PREC; 36.6.2.5.6 with GCMD. */
static bool is_stop_told(const struct samd5x *chip, const struct samd5x_sercom *self)
{
    const struct samd5x_readings *readings = &chip->readings;
    if (self->ctrlb & SAMD5X_GCMD && self->was_addressed)
        return true;
    if (self->nacked_address)
        return readings->stop_after_nacked_address;
    if (self->collided)
        return readings->stop_after_collision;
    if (self->nacked_byte)
        return !readings->no_stop_after_nacked_byte;
    return self->is_ours;
}

static void take_stop(struct samd5x *chip, struct samd5x_sercom *self)
{
    bool is_told = tell_violation(chip, self);
    if (is_stop_told(chip, self) && !(is_told && chip->readings.violation_hides_stop))
        self->intflag |= SAMD5X_PREC;
    samd5x_i2cs_let_go(chip, self);
    self->in_transfer = false;
    forget_message(self);
    self->was_addressed = false;
}

/* 36.8.7, COLL: we released SDA, and it is low. */
static void collide(struct samd5x *chip, struct samd5x_sercom *self)
{
    samd5x_i2cs_let_go(chip, self);
    self->status |= SAMD5X_COLL;
    self->collided = true;
    if (chip->readings.collision_is_error)
        self->intflag |= SAMD5X_ERROR;
}

static void take_rise(struct samd5x *chip, struct samd5x_sercom *self, bool sda)
{
    self->timeout_ns = WIRES_NEVER;
    self->bus_bits++;
    switch (self->phase) {
    case SAMD5X_ADDRESS:
    case SAMD5X_RECEIVING:
        self->shift = (uint8_t)(self->shift << 1 | sda);
        self->bits++;
        break;
    case SAMD5X_SENDING:
        if (self->shift >> (7 - self->bits) & 1 && !sda)
            collide(chip, self);
        self->bits++;
        break;
    case SAMD5X_ADDRESS_ACK:
    case SAMD5X_RECEIVED_ACK:
        if (!self->acknowledges && !sda)
            collide(chip, self);
        break;
    case SAMD5X_SENT:
        self->status &= ~(uint32_t)SAMD5X_RXNACK;
        self->status |= sda ? SAMD5X_RXNACK : 0;
        break;
    default:
        break;
    }
}

/* CTRLA.LOWTOUTEN, in cycles of the slow clock; none: never. */
static uint64_t slow_ns(const struct samd5x *chip, uint32_t us)
{
    uint32_t hz = samd5x_channel_hz(chip, SAMD5X_CHANNEL_SLOW);
    return hz ? samd5x_cycles_ns(UINT64_C(32768) * us / 1000000, hz) : WIRES_NEVER;
}

static uint64_t after_ns(uint64_t from_ns, uint64_t ns)
{
    return ns == WIRES_NEVER ? WIRES_NEVER : from_ns + ns;
}

static void take_fall(struct samd5x *chip, struct samd5x_sercom *self)
{
    self->scl_fell_ns = chip->wires->now_ns;
    if (self->ctrla & SAMD5X_LOWTOUTEN)
        self->timeout_ns = after_ns(chip->wires->now_ns, slow_ns(chip, chip->low_timeout_us));
    samd5x_i2cs_clocked(chip, self);
}

/* ---- time-outs ------------------------------------------------------------------------------- */

static uint64_t extend_ns(const struct samd5x *chip, const struct samd5x_sercom *self)
{
    if (!(self->ctrla & SAMD5X_SEXTTOEN) || !self->pulls_scl)
        return WIRES_NEVER;
    uint64_t limit_ns = slow_ns(chip, chip->extend_timeout_us);
    uint64_t left_ns = limit_ns > self->held_ns ? limit_ns - self->held_ns : 0;
    return limit_ns == WIRES_NEVER ? WIRES_NEVER : self->held_since_ns + left_ns;
}

/* 36.8.1, LOWTOUTEN: flags that are set remain set.  36.8.7: in a frame it is a bus error, too. */
static void time_out(struct samd5x *chip, struct samd5x_sercom *self, uint32_t status)
{
    fail(self, status | (self->in_transfer ? SAMD5X_BUSERR : 0));
    samd5x_i2cs_let_go(chip, self);
    forget_message(self);
    self->in_transfer = false;
    self->was_addressed = false;
}

static void run_timeouts(struct samd5x *chip, struct samd5x_sercom *self)
{
    uint64_t now_ns = chip->wires->now_ns;
    if (now_ns >= self->timeout_ns) {
        self->timeout_ns = WIRES_NEVER;
        time_out(chip, self, SAMD5X_LOWTOUT);
    }
    if (now_ns >= extend_ns(chip, self))
        time_out(chip, self, SAMD5X_SEXTTOUT);
}

/* ---- inputs ---------------------------------------------------------------------------------- */

/* A level comes through that lasts for longer than the filter's time. */
static void filter(struct samd5x_input *input, bool raw, uint64_t now_ns, uint32_t filter_ns)
{
    if (raw != input->raw)
        input->settles_ns =
            raw == input->level ? WIRES_NEVER : now_ns + filter_ns + (filter_ns > 0);
    input->raw = raw;
}

static bool settled(struct samd5x_input *input, uint64_t now_ns)
{
    if (now_ns < input->settles_ns)
        return input->level;
    input->settles_ns = WIRES_NEVER;
    return input->raw;
}

/* Of two edges at once, SDA changes while SCL is low. */
static void take_edges(struct samd5x *chip, struct samd5x_sercom *self, bool scl, bool sda)
{
    bool scl_before = self->scl.level;
    bool sda_before = self->sda.level;
    self->scl.level = scl;
    self->sda.level = sda;
    if (scl_before && !scl)
        take_fall(chip, self);
    if (scl_before && scl && sda_before && !sda)
        take_start(chip, self);
    if (scl_before && scl && !sda_before && sda)
        take_stop(chip, self);
    if (!scl_before && scl)
        take_rise(chip, self, sda);
}

static uint32_t filter_ns(const struct samd5x *chip, const struct samd5x_input *input)
{
    return input->is_i2c_pad ? chip->i2c_filter_ns : chip->other_filter_ns;
}

static void run_outputs(struct samd5x *chip, struct samd5x_sercom *self)
{
    uint64_t now_ns = chip->wires->now_ns;
    if (now_ns >= self->sda_ns) {
        self->pulls_sda = self->next_sda;
        self->sda_ns = WIRES_NEVER;
    }
    if (now_ns >= self->release_ns)
        samd5x_i2cs_release(chip, self);
}

void samd5x_i2cs_run(struct samd5x *chip, struct samd5x_sercom *self, bool scl, bool sda)
{
    uint64_t now_ns = chip->wires->now_ns;
    filter(&self->scl, scl, now_ns, filter_ns(chip, &self->scl));
    filter(&self->sda, sda, now_ns, filter_ns(chip, &self->sda));
    take_edges(chip, self, settled(&self->scl, now_ns), settled(&self->sda, now_ns));
    run_outputs(chip, self);
    run_timeouts(chip, self);
}

uint64_t samd5x_i2cs_ns(const struct samd5x *chip, const struct samd5x_sercom *self)
{
    uint64_t next_ns = samd5x_sooner(self->scl.settles_ns, self->sda.settles_ns);
    next_ns = samd5x_sooner(next_ns, samd5x_sooner(self->sda_ns, self->release_ns));
    return samd5x_sooner(next_ns, samd5x_sooner(self->timeout_ns, extend_ns(chip, self)));
}

/* ---- begin and end --------------------------------------------------------------------------- */

void samd5x_i2cs_begin(struct samd5x *chip, struct samd5x_sercom *self, bool scl, bool sda)
{
    samd5x_i2cs_end(chip, self);
    self->scl.level = self->scl.raw = scl;
    self->sda.level = self->sda.raw = sda;
}

void samd5x_i2cs_end(struct samd5x *chip, struct samd5x_sercom *self)
{
    samd5x_i2cs_let_go(chip, self);
    forget_message(self);
    self->in_transfer = false;
    self->was_addressed = false;
    self->timeout_ns = WIRES_NEVER;
    self->scl.settles_ns = WIRES_NEVER;
    self->sda.settles_ns = WIRES_NEVER;
}
