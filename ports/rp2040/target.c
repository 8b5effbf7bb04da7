/* SPDX-License-Identifier: MIT */
/*
 * Events out of what the engine pushes, words for it out of the answers.
 *
 *     JOINING    what goes on is not known yet: the first of START, STOP, or a fall of SCL tells
 *     LISTENING  the engine waits for START, then for 7 bits    ─ not ours ─► LISTENING
 *     CALLED     for the R/W bit                                ─ ADDRESSED ─► owed
 *     RECEIVING  for our ACK and 8 bits                         ─ RECEIVED ──► owed
 *     TURNING    for our ACK of a read's address                ─ REQUESTED ─► owed
 *     SENDING    for 8 bits out and the controller's ACK        ─ REQUESTED ─► owed
 *
 * After each but the first two the engine holds SCL, so the answer may come at once or much later;
 * a refused message is LISTENING again, and stays open until its STOP or Sr.  START and STOP come as
 * flags.  The order in which they are looked at is the subject of on_flags().
 */
#include "rp2040/target.h"

#include "cpu.h"
#include "i2ctarget/rp2040.h"
#include "rp2040/clock.h"
#include "rp2040/fast.h"

struct rp2040_target rp2040_targets[BLOCKS];

/* ---- events -------------------------------------------------------------------------------- */

static FAST int raise_event(struct rp2040_target *self, enum i2ctarget_event_kind kind,
                            unsigned value)
{
    self->event.kind = (uint8_t)kind;
    self->event.value = (uint8_t)value;
    self->raised = true;
    return i2ctarget_event(self->target, &self->event);
}

FAST void rp2040_target_listen(struct rp2040_target *self)
{
    self->stage = LISTENING;
    uint32_t flags = engine_rearm(&self->engine);
    if (flags & FLAG_START)
        self->in_transfer = !(flags & FLAG_STOP_SINCE_START);
}

static FAST void end_message(struct rp2040_target *self, enum i2ctarget_end cause)
{
    if (!self->open)
        return;
    self->open = false;
    raise_event(self, I2CTARGET_ENDED, cause);
}

FAST void rp2040_target_end_hold(struct rp2040_target *self)
{
    if (!self->held)
        return;
    self->held = false;
    uint32_t stretch_us = clock_low_us() - self->held_us;
    self->stretched_us += stretch_us;
    if (stretch_us > self->longest_stretch_us)
        self->longest_stretch_us = stretch_us;
}

/* Both lines go now; deaf to the next START. */
FAST void rp2040_target_cut(struct rp2040_target *self, enum i2ctarget_end cause)
{
    rp2040_target_end_hold(self);
    engine_let_go(&self->engine);
    rp2040_target_listen(self);
    end_message(self, cause);
}

/* A word of nine bits has none of these. */
#define NEVER_PUSHED UINT32_MAX

/* ---- answers ------------------------------------------------------------------------------- */

static FAST void begin_hold(struct rp2040_target *self)
{
    self->held = true;
    self->held_us = clock_low_us();
    self->stretches++;
    if (self->smbus)
        rp2040_alarm_set();
}

static FAST void send(struct rp2040_target *self, int answer)
{
    self->stage = SENDING;
    self->event.kind = I2CTARGET_REQUESTED;
    self->fill = answer > 0xFF;
    self->sent = self->fill ? NEVER_PUSHED : (uint32_t)answer << 1;
    engine_write(&self->engine, self->fill ? WORD_FILL : word_for((uint8_t)answer));
}

static FAST inline void accept_call(struct rp2040_target *self)
{
    if (self->event.is_read) {
        engine_write(&self->engine, WORD_ACK);
        self->stage = TURNING;
        self->event.kind = I2CTARGET_REQUESTED;
    } else {
        engine_write(&self->engine, WORD_ACK_BYTE);
        self->stage = RECEIVING;
        self->event.kind = I2CTARGET_RECEIVED;
    }
}

/* To ADDRESSED and RECEIVED. */
static FAST void acknowledge(struct rp2040_target *self, bool ack)
{
    if (!ack) {
        self->open = self->stage == RECEIVING;
        rp2040_target_listen(self);
    } else if (self->stage == RECEIVING) {
        self->event.moved++;
        engine_write(&self->engine, WORD_ACK_BYTE);
    } else {
        accept_call(self);
    }
}

FAST SEPARATE void rp2040_target_answer(struct rp2040_target *self, int answer)
{
    if (answer == I2CTARGET_HOLD)
        begin_hold(self);
    else if (self->stage >= TURNING)
        send(self, answer);
    else
        acknowledge(self, answer == I2CTARGET_ACK);
}

/* ---- what the engine pushed ---------------------------------------------------------------- */

static FAST SEPARATE void on_address(struct rp2040_target *self, uint32_t word)
{
    /* A refused message may still be open: the START that ended it was taken by the engine. */
    end_message(self, I2CTARGET_RESTART);
    unsigned address = word & 0x7F;
    self->event.kind = I2CTARGET_ADDRESSED;
    self->event.value = (uint8_t)address;
    self->event.is_restart = self->in_transfer;
    self->event.moved = 0;
    if (!self->in_transfer)
        self->stretched_us = 0;
    self->in_transfer = true;
    if (i2ctarget_is_member(self->addresses, (uint8_t)address))
        self->stage = CALLED;
    else
        rp2040_target_listen(self);
}

static FAST inline void on_direction(struct rp2040_target *self, uint32_t word)
{
    self->event.is_read = word & 1;
    if (self->event.is_read && self->event.value == 0) { /* the START byte */
        rp2040_target_listen(self);
        return;
    }
    self->open = true;
    int answer = i2ctarget_event(self->target, &self->event);
    if (answer == I2CTARGET_ACK)
        accept_call(self);
    else
        rp2040_target_answer(self, answer);
    self->raised = true;
}

static FAST SEPARATE void on_sent(struct rp2040_target *self, uint32_t word)
{
    bool is_nack = word & 1;
    if (!self->fill) {
        if ((word & ~1u) != self->sent) {
            rp2040_target_listen(self);
            end_message(self, I2CTARGET_ARBITRATION_LOST);
            return;
        }
        self->event.moved++;
    }
    if (is_nack) {
        rp2040_target_listen(self);
        end_message(self, I2CTARGET_CONTROLLER_NACK);
    } else if (self->fill) {
        engine_write(&self->engine, WORD_FILL);
    } else {
        rp2040_target_answer(self, raise_event(self, I2CTARGET_REQUESTED, 0));
    }
}

static FAST void on_word(struct rp2040_target *self, uint32_t word)
{
    if (self->stage == RECEIVING)
        rp2040_target_answer(self, raise_event(self, I2CTARGET_RECEIVED, word & 0xFF));
    else if (self->stage == SENDING)
        on_sent(self, word);
    else if (self->stage == TURNING)
        rp2040_target_answer(self, raise_event(self, I2CTARGET_REQUESTED, 0));
    else if (self->stage == LISTENING)
        on_address(self, word);
    else if (self->stage == CALLED)
        on_direction(self, word);
    else { /* JOINING: SCL fell, so we are in the middle of somebody's transfer */
        self->in_transfer = true;
        rp2040_target_listen(self);
    }
}

/* ---- START and STOP ------------------------------------------------------------------------ */

/*
 * A byte on its way out is cut short.  If its ninth clock has risen it counts, and its ACK bit with
 * it; a bit that was lost in a clock that is over makes it a lost arbitration.
 */
static FAST enum i2ctarget_end end_of_partial(struct rp2040_target *self, enum i2ctarget_end cause)
{
    enum { CLOCKS = 9 };
    unsigned clocks_left;
    uint32_t bits = engine_take_partial(&self->engine, &clocks_left);
    if (clocks_left >= CLOCKS)
        return cause;
    if (!self->fill) {
        /* All clocks but the last are over; of nine, the last is no bit of ours. */
        unsigned over = CLOCKS - 1 - clocks_left;
        if ((uint8_t)(bits >> 1 << (CLOCKS - 1 - over)) !=
            (uint8_t)(self->sent >> 1 & 0xFF00u >> over))
            return I2CTARGET_ARBITRATION_LOST;
        self->event.moved += clocks_left == 0;
    }
    return clocks_left == 0 && (bits & 1) ? I2CTARGET_CONTROLLER_NACK : cause;
}

static FAST void interrupt_byte(struct rp2040_target *self, uint32_t flags)
{
    enum i2ctarget_end cause = flags & FLAG_STOP ? I2CTARGET_STOP : I2CTARGET_RESTART;
    if (self->stage == SENDING)
        cause = end_of_partial(self, cause);
    bool was_joining = self->stage == JOINING;
    engine_clear_flags(&self->engine, flags & FLAG_STOP);
    if (flags & FLAG_STOP)
        self->in_transfer = false;
    rp2040_target_listen(self);
    if (was_joining)
        self->in_transfer = false;
    end_message(self, cause);
}

static FAST bool is_bus_high(const struct rp2040_target *self)
{
    uint32_t levels = mmio_read32(SIO_GPIO_IN);
    return levels >> self->scl & levels >> self->sda & 1;
}

/*
 * LISTENING.  At `idle` the engine takes a START by itself, so its flag is gone a moment later; at
 * `armed` it has one, and another means nothing.  A STOP is from before that START, or else the
 * address, if any, is cut short.  (A START that is followed by a STOP leaves both lines high.)
 */
static FAST void on_flags_listening(struct rp2040_target *self, uint32_t place, uint32_t flags)
{
    uint32_t seen = flags & FLAG_STOP;
    if (place == ENGINE_ARMED)
        seen |= flags & FLAG_START;
    engine_clear_flags(&self->engine, seen);
    if (!(flags & FLAG_STOP))
        return;
    self->in_transfer = false;
    if (flags & FLAG_STOP_SINCE_START && !is_waiting_for_start(place))
        rp2040_target_listen(self);
    else if (place == ENGINE_ARMED && is_bus_high(self))
        engine_disarm(&self->engine);
    end_message(self, I2CTARGET_STOP);
}

/*
 * The place is read before the flags: an engine that was in a byte, and then has START set, has not
 * taken that START.  The other way round it might have.
 */
static FAST void on_flags(struct rp2040_target *self)
{
    uint32_t place = engine_place(&self->engine);
    uint32_t flags = engine_flags(&self->engine);
    bool is_in_byte = !is_waiting_for_start(place);
    if (self->stage == LISTENING && !(is_in_byte && flags & FLAG_START))
        on_flags_listening(self, place, flags);
    else
        interrupt_byte(self, flags);
}

/* Whatever there is.  Nothing may come between two accesses of engine.c. */
FAST SEPARATE void rp2040_target_work_off(struct rp2040_target *self)
{
    if (!self->target)
        return;
    uint32_t state = cpu_irq_save();
    uint32_t pending;
    while ((pending = engine_pending(&self->engine)) != 0) {
        if (pending & (PENDING_START | PENDING_STOP))
            on_flags(self);
        else
            on_word(self, engine_read(&self->engine));
    }
    cpu_irq_restore(state);
}

/*
 * The ways on which every cycle counts: a byte came in, or went out and was acknowledged, or an
 * address came, and nothing else has happened.  The events are those of on_word().
 */
static FAST inline bool has_word(const struct rp2040_target *self)
{
    return engine_pending(&self->engine) == PENDING_WORD;
}

static FAST inline void finish(struct rp2040_target *self)
{
    self->raised = true;
    if (engine_pending(&self->engine))
        rp2040_target_work_off(self);
}

static FAST SEPARATE void on_byte_in(struct rp2040_target *self)
{
    self->event.value = (uint8_t)engine_read(&self->engine);
    int answer = i2ctarget_event(self->target, &self->event);
    if (answer == I2CTARGET_ACK) {
        engine_write(&self->engine, WORD_ACK_BYTE);
        self->event.moved++;
    } else {
        rp2040_target_answer(self, answer);
    }
    finish(self);
}

static FAST SEPARATE void on_byte_out(struct rp2040_target *self)
{
    uint32_t word = engine_read(&self->engine);
    if (word != self->sent) {
        on_sent(self, word);
        return;
    }
    self->event.moved++;
    int answer = i2ctarget_event(self->target, &self->event);
    if (answer <= 0xFF) {
        engine_write(&self->engine, word_for((uint8_t)answer));
        self->sent = (uint32_t)answer << 1;
    } else {
        rp2040_target_answer(self, answer);
    }
    finish(self);
}

static FAST SEPARATE void on_turn(struct rp2040_target *self)
{
    (void)engine_read(&self->engine);
    int answer = i2ctarget_event(self->target, &self->event);
    if (answer <= 0xFF)
        send(self, answer);
    else
        rp2040_target_answer(self, answer);
    finish(self);
}

/*
 * An address comes a clock before its R/W bit.  If it is ours, that bit is waited for, as entering the
 * interrupt again would take longer than an answer at 400 kHz has; on a slower bus there is time.
 */
static FAST SEPARATE void on_call(struct rp2040_target *self)
{
    enum { LOOKS = 48 }; /* 10 cycles each: 4 us */
    on_address(self, engine_read(&self->engine));
    if (self->stage != CALLED)
        return;
    for (unsigned looks = LOOKS; looks > 0; looks--) {
        uint32_t pending = engine_pending(&self->engine);
        if (pending == 0)
            continue;
        if (pending == PENDING_WORD)
            on_direction(self, engine_read(&self->engine));
        break;
    }
    finish(self);
}

static FAST inline void on_interrupt(struct rp2040_target *self)
{
    unsigned stage = self->stage;
    if (stage == JOINING || !has_word(self))
        rp2040_target_work_off(self);
    else if (stage == RECEIVING)
        on_byte_in(self);
    else if (stage == SENDING)
        on_byte_out(self);
    else if (stage == LISTENING)
        on_call(self);
    else if (stage == TURNING)
        on_turn(self);
    else
        rp2040_target_work_off(self);
}

FAST void i2ctarget_rp2040_pio0_irq(void)
{
    on_interrupt(&rp2040_targets[0]);
}

FAST void i2ctarget_rp2040_pio1_irq(void)
{
    on_interrupt(&rp2040_targets[1]);
}

FAST void i2ctarget_rp2040_pio_irq(unsigned block)
{
    on_interrupt(&rp2040_targets[block]);
}
