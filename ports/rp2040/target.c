/* SPDX-License-Identifier: MIT */
/*
 * Makes events of what the engine pushes, and words for it of the answers.
 *
 *     JOINING    it joins a busy bus: the first START, STOP, or fall of SCL shows its state
 *     LISTENING  the engine waits for START, then for 7 bits    ─ not ours ─► LISTENING
 *     CALLED     for the R/W bit                                ─ ADDRESSED ─► owed
 *     RECEIVING  for our ACK and 7 bits                                      ─► RECEIVED
 *     RECEIVED   for the last bit of the byte                   ─ RECEIVED ──► owed
 *     TURNING    for our ACK of a read's address                ─ REQUESTED ─► owed
 *     SENDING    for 8 bits out                                              ─► SENT
 *     SENT       for the controller's ACK                       ─ REQUESTED ─► owed
 *
 * Where an answer is owed the engine holds SCL, so the answer may come at once or much later.
 * After a refusal the stage is LISTENING again, but the message stays open until its STOP or Sr.
 * START and STOP come as flags.  on_flags() explains the order in which they are looked at.
 *
 * If only one bit is missing, the handler waits for it for a while: see is_word_soon().
 */
#include "rp2040/target.h"

#include "core/events.h"
#include "rp2040/clock.h"
#include "rp2040/fast.h"

struct rp2040_target i2ctarget_rp2040_targets[BLOCKS];

/* ---- events ---------------------------------------------------------------------------------- */

FAST SEPARATE void i2ctarget_rp2040_target_listen(struct rp2040_target *self)
{
    self->stage = LISTENING;
    uint32_t flags = i2ctarget_rp2040_engine_rearm(&self->engine);
    self->in_transfer = !(flags & FLAG_STOP_SINCE_START);
}

static FAST SEPARATE void end_message(struct rp2040_target *self, enum i2ctarget_end cause)
{
    if (!self->open)
        return;
    self->open = false;
    self->event.kind = I2CTARGET_ENDED;
    self->event.value = (uint8_t)cause;
    (void)i2ctarget_raise_event(self->target, &self->event);
    self->raised = true;
}

FAST void i2ctarget_rp2040_target_end_hold(struct rp2040_target *self)
{
    i2ctarget_stretching_end(&self->stretching, (uint64_t)i2ctarget_rp2040_clock_us());
}

/* Both lines are released at once.  Nothing is heard until the next START. */
FAST void i2ctarget_rp2040_target_cut(struct rp2040_target *self, enum i2ctarget_end cause)
{
    i2ctarget_rp2040_target_end_hold(self);
    i2ctarget_rp2040_target_listen(self);
    end_message(self, cause);
}

/* ---- answers --------------------------------------------------------------------------------- */

static FAST SEPARATE void begin_hold(struct rp2040_target *self)
{
    i2ctarget_stretching_begin(&self->stretching, (uint64_t)i2ctarget_rp2040_clock_us());
}

static FAST JOINED void send(struct rp2040_target *self, int answer)
{
    i2ctarget_rp2040_engine_write(&self->engine,
                                  answer > 0xFF ? WORD_FILL : word_for((uint8_t)answer));
    self->stage = SENDING;
    self->fill = answer > 0xFF;
    self->sent = (uint8_t)answer;
}

/* The address is ours. */
static FAST JOINED void accept_call(struct rp2040_target *self)
{
    i2ctarget_rp2040_engine_write(&self->engine, self->event.is_read ? WORD_ACK : WORD_ACK_BYTE);
    self->stage = self->event.is_read ? TURNING : RECEIVING;
}

static FAST JOINED void accept_byte(struct rp2040_target *self)
{
    i2ctarget_rp2040_engine_write(&self->engine, WORD_ACK_BYTE);
    self->stage = RECEIVING;
    self->event.moved++;
}

/*
 * An answer is owed, and the target will send nothing more.  SCL is held, so there is no START or
 * STOP that i2ctarget_rp2040_engine_rearm() would have to look for.
 */
static FAST JOINED void refuse(struct rp2040_target *self)
{
    i2ctarget_rp2040_engine_refuse(&self->engine);
    self->stage = LISTENING;
}

/* Answers ADDRESSED and RECEIVED. */
static FAST JOINED void acknowledge(struct rp2040_target *self, bool ack)
{
    if (!ack) {
        self->open = self->stage == RECEIVED;
        refuse(self);
    } else if (self->stage == RECEIVED) {
        accept_byte(self);
    } else {
        accept_call(self);
    }
}

FAST SEPARATE void i2ctarget_rp2040_target_answer(struct rp2040_target *self, int answer)
{
    if (answer == I2CTARGET_HOLD)
        begin_hold(self);
    else if (self->stage >= TURNING)
        send(self, answer);
    else
        acknowledge(self, answer == I2CTARGET_ACK);
}

/* ---- what the engine pushed ------------------------------------------------------------------ */

/*
 * At 400 kHz an answer is due about 1 us after SCL fell.  Entering an interrupt and finding its
 * reason take half of that.  So if only a single bit is missing (the R/W bit, the last bit of a
 * byte, its ACK), the handler stays and waits for it: LOOKS of 8 cycles, 5 us in all.  A slower bus
 * leaves time for another interrupt.
 *
 * False: not yet, or there is a START or STOP.
 */
static FAST JOINED bool is_word_soon(const struct rp2040_target *self)
{
    enum { LOOKS = 78 };
    const struct engine *engine = &self->engine;
    for (unsigned looks = LOOKS; looks > 0; looks--) {
        uint32_t pending = i2ctarget_rp2040_engine_pending(engine);
        if (pending)
            return pending == PENDING_WORD;
    }
    return false;
}

static FAST JOINED void on_turn(struct rp2040_target *self)
{
    int answer = i2ctarget_core_requested(self->target);
    if (answer <= 0xFF)
        send(self, answer);
    else
        i2ctarget_rp2040_target_answer(self, answer);
    self->raised = true;
}

static FAST JOINED void on_direction(struct rp2040_target *self, uint32_t word,
                                     struct i2ctarget_device *device)
{
    self->event.is_read = word & 1;
    if (self->event.is_read && self->event.address == 0) { /* the START byte (UM10204 §3.1.15) */
        refuse(self);
        return;
    }
    int answer = i2ctarget_core_addressed(self->target, &self->event, device);
    if (answer == I2CTARGET_ACK) {
        accept_call(self);
        self->open = true;
    } else if (answer == I2CTARGET_NACK) {
        refuse(self);
    } else {
        begin_hold(self);
        self->open = true;
    }
    self->raised = true;
    if (self->stage == TURNING && is_word_soon(self)) {
        (void)i2ctarget_rp2040_engine_read(&self->engine);
        on_turn(self);
    }
}

/* It can be looked for before the R/W bit is there, because interrupts are off until then. */
static FAST JOINED struct i2ctarget_device *device_called(const struct rp2040_target *self)
{
    return i2ctarget_core_device_at(self->target, self->event.address);
}

static FAST SEPARATE void on_address(struct rp2040_target *self, uint32_t word)
{
    /* A refused message may still be open: the engine handled the START that ended it by itself. */
    end_message(self, I2CTARGET_RESTART);
    self->event.address = word & 0x7F;
    self->event.is_restart = self->in_transfer;
    self->event.moved = 0;
    if (!self->in_transfer)
        i2ctarget_stretching_restart(&self->stretching);
    self->in_transfer = true;
    if (!i2ctarget_address_set_has(&self->addresses, self->event.address)) {
        i2ctarget_rp2040_target_listen(self);
        return;
    }
    self->stage = CALLED;
    struct i2ctarget_device *device = device_called(self);
    if (is_word_soon(self))
        on_direction(self, i2ctarget_rp2040_engine_read(&self->engine), device);
}

static FAST JOINED void on_last_bit(struct rp2040_target *self, uint32_t word)
{
    int answer = i2ctarget_core_received(self->target, (uint8_t)(self->early | (word & 1)));
    if (answer == I2CTARGET_ACK)
        accept_byte(self);
    else
        i2ctarget_rp2040_target_answer(self, answer);
    self->raised = true;
}

static FAST SEPARATE void on_seven_bits(struct rp2040_target *self, uint32_t word)
{
    self->stage = RECEIVED;
    self->early = (uint8_t)(word << 1);
    if (is_word_soon(self))
        on_last_bit(self, i2ctarget_rp2040_engine_read(&self->engine));
}

/* No byte follows, or the answer is no byte. */
static FAST SEPARATE void on_unusual_ack(struct rp2040_target *self, bool is_nack)
{
    if (!self->fill) {
        if (self->early != self->sent) {
            refuse(self);
            end_message(self, I2CTARGET_ARBITRATION_LOST);
            return;
        }
        self->event.moved++;
    }
    if (is_nack) {
        refuse(self);
        end_message(self, I2CTARGET_CONTROLLER_NACK);
    } else {
        self->stage = SENDING;
        i2ctarget_rp2040_engine_write(&self->engine, WORD_FILL);
    }
}

static FAST JOINED void on_ack(struct rp2040_target *self, uint32_t word)
{
    bool is_nack = word & 1;
    if (is_nack || !self->plain) {
        on_unusual_ack(self, is_nack);
        return;
    }
    on_turn(self);
    self->event.moved++;
}

static FAST JOINED void take_eight_bits(struct rp2040_target *self, uint32_t word)
{
    self->stage = SENT;
    self->early = (uint8_t)word;
    self->plain = !self->fill && self->early == self->sent;
}

static FAST SEPARATE void on_eight_bits(struct rp2040_target *self, uint32_t word)
{
    take_eight_bits(self, word);
    if (is_word_soon(self))
        on_ack(self, i2ctarget_rp2040_engine_read(&self->engine));
}

static FAST SEPARATE void on_word(struct rp2040_target *self, uint32_t word)
{
    switch ((enum stage)self->stage) {
    case JOINING: /* SCL fell, so another transfer is under way */
        i2ctarget_rp2040_target_listen(self);
        break;
    case LISTENING:
        on_address(self, word);
        break;
    case CALLED:
        on_direction(self, word, device_called(self));
        break;
    case RECEIVING:
        on_seven_bits(self, word);
        break;
    case RECEIVED:
        on_last_bit(self, word);
        break;
    case TURNING:
        on_turn(self);
        break;
    case SENDING:
        on_eight_bits(self, word);
        break;
    case SENT:
        on_ack(self, word);
        break;
    }
}

/* ---- START and STOP -------------------------------------------------------------------------- */

/*
 * A byte that is being sent is cut.  If its ninth clock has risen it counts, together with its ACK
 * bit.  If a bit was lost in a complete clock, the end is a lost arbitration.
 */
static FAST enum i2ctarget_end end_of_partial(struct rp2040_target *self, enum i2ctarget_end cause)
{
    enum { CLOCKS = 9 };
    unsigned clocks_left;
    if (self->stage == SENDING && i2ctarget_rp2040_engine_pending(&self->engine) & PENDING_WORD)
        take_eight_bits(self, i2ctarget_rp2040_engine_read(&self->engine));
    uint32_t bits = i2ctarget_rp2040_engine_take_partial(&self->engine, &clocks_left);
    if (clocks_left >= CLOCKS)
        return cause;
    if (self->stage == SENT)
        bits |= (uint32_t)self->early << (clocks_left == 0);
    if (!self->fill) {
        /* All clocks but the last are complete.  Of nine, the last is no bit of ours. */
        unsigned over = CLOCKS - 1 - clocks_left;
        if ((uint8_t)(bits >> 1 << (CLOCKS - 1 - over)) != (uint8_t)(self->sent & 0xFF00u >> over))
            return I2CTARGET_ARBITRATION_LOST;
        self->event.moved += clocks_left == 0;
    }
    return clocks_left == 0 && (bits & 1) ? I2CTARGET_CONTROLLER_NACK : cause;
}

static FAST void interrupt_byte(struct rp2040_target *self, uint32_t flags)
{
    enum i2ctarget_end cause = flags & FLAG_STOP ? I2CTARGET_STOP : I2CTARGET_RESTART;
    if (self->stage == SENDING || self->stage == SENT)
        cause = end_of_partial(self, cause);
    bool was_joining = self->stage == JOINING;
    if (flags & FLAG_STOP)
        i2ctarget_rp2040_engine_clear_flags(&self->engine, FLAG_STOP);
    i2ctarget_rp2040_target_listen(self);
    if (was_joining)
        self->in_transfer = false;
    end_message(self, cause);
}

static FAST bool is_armed(const struct rp2040_target *self)
{
    return i2ctarget_rp2040_engine_place(&self->engine) == ENGINE_ARMED;
}

static FAST bool is_bus_high(const struct rp2040_target *self)
{
    uint32_t levels = mmio_read32(SIO_GPIO_IN);
    return levels >> self->scl & levels >> self->sda & 1;
}

/*
 * LISTENING.  At `idle` the engine handles a START by itself, so its flag is cleared a moment
 * later.  At `armed` it has one, and another one means nothing.  A STOP is older than that START,
 * or it cuts the address, if there is one.  (A START that is followed by a STOP leaves both lines
 * high.)  Before the engine is disarmed its place is read again: since the first look it may have
 * begun an address.
 */
static FAST void on_flags_listening(struct rp2040_target *self, uint32_t place, uint32_t flags)
{
    uint32_t seen = flags & FLAG_STOP;
    if (place == ENGINE_ARMED)
        seen |= flags & FLAG_START;
    i2ctarget_rp2040_engine_clear_flags(&self->engine, seen);
    if (!(flags & FLAG_STOP))
        return;
    self->in_transfer = false;
    if (flags & FLAG_STOP_SINCE_START && !is_waiting_for_start(place))
        i2ctarget_rp2040_target_listen(self);
    else if (place == ENGINE_ARMED && is_bus_high(self) && is_armed(self))
        i2ctarget_rp2040_engine_disarm(&self->engine);
    end_message(self, I2CTARGET_STOP);
}

/*
 * The place is read before the flags.  If the engine was in a byte, and START is set afterwards, it
 * has not handled that START.  In the other order it might have.
 */
static FAST SEPARATE void on_flags(struct rp2040_target *self)
{
    uint32_t place = i2ctarget_rp2040_engine_place(&self->engine);
    uint32_t flags = i2ctarget_rp2040_engine_flags(&self->engine);
    bool is_in_byte = !is_waiting_for_start(place);
    if (self->stage == LISTENING && !(is_in_byte && flags & FLAG_START))
        on_flags_listening(self, place, flags);
    else
        interrupt_byte(self, flags);
}

FAST SEPARATE void i2ctarget_rp2040_target_work_off(struct rp2040_target *self)
{
    uint32_t pending;
    while ((pending = i2ctarget_rp2040_engine_pending(&self->engine)) != 0) {
        if (pending & (PENDING_START | PENDING_STOP))
            on_flags(self);
        else
            on_word(self, i2ctarget_rp2040_engine_read(&self->engine));
    }
}
