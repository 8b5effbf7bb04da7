/* SPDX-License-Identifier: MIT */
/*
 * Messages of a SERCOM as I2C target: what is done with an address and with bytes, and what a
 * command of the software does (data sheet 36.6.2.5, 36.8.2).
 *
 * With SCLSM = 0 SCL is held before the ACK bit of an address and of a byte received, and before
 * each byte to be sent.  With SCLSM = 1 the engine answers by itself and holds SCL after the ACK bit.
 */
#include "chips/samd5x/model/samd5x_i2cs.h"

static bool answers_alone(const struct samd5x_sercom *self)
{
    return self->ctrla & SAMD5X_SCLSM;
}

static bool is_read(const struct samd5x_sercom *self)
{
    return self->status & SAMD5X_DIR;
}

/* ---- outputs --------------------------------------------------------------------------------- */

bool samd5x_i2cs_holds(const struct samd5x_sercom *self)
{
    return self->pulls_scl && self->release_ns == WIRES_NEVER;
}

static void hold(struct samd5x *chip, struct samd5x_sercom *self)
{
    self->pulls_scl = true;
    self->held_since_ns = chip->wires->now_ns;
    self->release_ns = WIRES_NEVER;
}

void samd5x_i2cs_release(struct samd5x *chip, struct samd5x_sercom *self)
{
    if (self->pulls_scl)
        self->held_ns += chip->wires->now_ns - self->held_since_ns;
    self->pulls_scl = false;
    self->release_ns = WIRES_NEVER;
}

/* Not before the hold time after SCL fell (CTRLA.SDAHOLD).  Returns when. */
static uint64_t set_sda(struct samd5x *chip, struct samd5x_sercom *self, bool pulls)
{
    uint64_t hold_ns = self->scl_fell_ns + chip->sda_hold_ns[self->ctrla >> 20 & 3];
    self->next_sda = pulls;
    self->sda_ns = samd5x_later(chip->wires->now_ns, hold_ns);
    return self->sda_ns;
}

static void request(struct samd5x_sercom *self, uint32_t flag)
{
    self->intflag |= flag;
    self->set_ackact = false;
}

/* SDA first; then SCL, after the set-up time (36.8.3, CTRLC.SDASETUP). */
static void go_on(struct samd5x *chip, struct samd5x_sercom *self, bool pulls_sda)
{
    uint64_t cycles = 6 + 16 * (self->ctrlc & 15);
    uint64_t set_ns = set_sda(chip, self, pulls_sda);
    if (self->pulls_scl)
        self->release_ns = set_ns + samd5x_cycles_ns(cycles, samd5x_apb_hz(chip));
}

void samd5x_i2cs_let_go(struct samd5x *chip, struct samd5x_sercom *self)
{
    samd5x_i2cs_release(chip, self);
    self->pulls_sda = false;
    self->sda_ns = WIRES_NEVER;
    self->phase = SAMD5X_WAITING;
    self->has_command = false;
}

/* ---- messages -------------------------------------------------------------------------------- */

/* 33.6.3.1: the address modes of CTRLB.AMODE, and the general call. */
static bool matches(const struct samd5x_sercom *self, uint8_t byte)
{
    enum { GENCEN = 1, MASK = 0, TWO = 1 };
    uint32_t address = byte >> 1;
    uint32_t addr = self->addr >> 1 & 0x7F;
    uint32_t mask = self->addr >> 17 & 0x7F;
    unsigned mode = self->ctrlb >> 14 & 3;
    if (byte == 0 && self->addr & GENCEN)
        return true;
    if (mode == MASK)
        return ((address ^ addr) & ~mask) == 0;
    if (mode == TWO)
        return address == addr || address == mask;
    return address >= mask && address <= addr;
}

static void answer_address(struct samd5x *chip, struct samd5x_sercom *self, bool acknowledges)
{
    self->acknowledges = acknowledges;
    self->is_ours = acknowledges;
    self->was_addressed |= acknowledges;
    self->nacked_address = !acknowledges;
    self->phase = SAMD5X_ADDRESS_ACK;
    go_on(chip, self, acknowledges);
}

static bool wants_ack(const struct samd5x_sercom *self)
{
    return !(self->ctrlb & SAMD5X_ACKACT);
}

static void take_address(struct samd5x *chip, struct samd5x_sercom *self)
{
    self->phase = SAMD5X_WAITING;
    if (!matches(self, self->shift))
        return;
    self->data = self->shift;
    self->status &= ~(uint32_t)(SAMD5X_DIR | SAMD5X_SR);
    self->status |= (self->shift & 1 ? SAMD5X_DIR : 0) | (self->is_restart ? SAMD5X_SR : 0);
    if (answers_alone(self)) {
        answer_address(chip, self, wants_ack(self));
        return;
    }
    request(self, SAMD5X_AMATCH);
    if (self->ctrlb & SAMD5X_AACKEN) {
        answer_address(chip, self, true);
        return;
    }
    hold(chip, self);
    self->phase = SAMD5X_ADDRESS_HELD;
}

static void answer_byte(struct samd5x *chip, struct samd5x_sercom *self, bool acknowledges)
{
    self->acknowledges = acknowledges;
    self->nacked_byte = !acknowledges;
    self->phase = SAMD5X_RECEIVED_ACK;
    go_on(chip, self, acknowledges);
}

static void take_byte(struct samd5x *chip, struct samd5x_sercom *self)
{
    self->data = self->shift;
    self->waits_after_ack = false;
    if (answers_alone(self)) {
        answer_byte(chip, self, wants_ack(self));
        return;
    }
    request(self, SAMD5X_DRDY);
    hold(chip, self);
    self->phase = SAMD5X_RECEIVED_HELD;
}

static void ask_for_byte(struct samd5x *chip, struct samd5x_sercom *self)
{
    request(self, SAMD5X_DRDY);
    hold(chip, self);
    self->phase = SAMD5X_SEND_HELD;
}

static void receive(struct samd5x *chip, struct samd5x_sercom *self)
{
    self->bits = 0;
    self->phase = SAMD5X_RECEIVING;
    go_on(chip, self, false);
}

static void put_bit(struct samd5x *chip, struct samd5x_sercom *self)
{
    go_on(chip, self, !(self->shift >> (7 - self->bits) & 1));
}

static void send(struct samd5x *chip, struct samd5x_sercom *self)
{
    self->shift = (uint8_t)self->data;
    self->bits = 0;
    self->phase = SAMD5X_SENDING;
    put_bit(chip, self);
}

/* The ninth clock of an address has fallen. */
static void end_address_ack(struct samd5x *chip, struct samd5x_sercom *self)
{
    set_sda(chip, self, false);
    self->phase = SAMD5X_WAITING;
    if (answers_alone(self))
        request(self, SAMD5X_AMATCH);
    if (!self->acknowledges)
        return;
    if (is_read(self)) {
        ask_for_byte(chip, self);
    } else if (answers_alone(self)) {
        hold(chip, self);
        self->phase = SAMD5X_ADDRESS_HELD;
    } else {
        receive(chip, self);
    }
}

/* The ninth clock of a byte received has fallen. */
static void end_byte_ack(struct samd5x *chip, struct samd5x_sercom *self)
{
    bool ends =
        self->waits_after_ack || (!self->acknowledges && !chip->readings.receives_after_nack);
    set_sda(chip, self, false);
    self->phase = SAMD5X_WAITING;
    if (answers_alone(self)) {
        request(self, SAMD5X_DRDY);
        hold(chip, self);
        self->phase = SAMD5X_RECEIVED_HELD;
    } else if (!ends) {
        receive(chip, self);
    }
}

/* The ninth clock of a byte sent has fallen. */
static void end_sent(struct samd5x *chip, struct samd5x_sercom *self)
{
    bool is_over = self->status & SAMD5X_RXNACK;
    self->phase = SAMD5X_WAITING;
    if (!is_over && self->has_command) {
        self->has_command = false;
        send(chip, self);
    } else if (!is_over || chip->readings.holds_after_nack) {
        ask_for_byte(chip, self);
    } else {
        request(self, SAMD5X_DRDY);
    }
}

void samd5x_i2cs_clocked(struct samd5x *chip, struct samd5x_sercom *self)
{
    bool is_whole = self->bits == 8;
    if (self->phase == SAMD5X_ADDRESS && is_whole) {
        take_address(chip, self);
    } else if (self->phase == SAMD5X_RECEIVING && is_whole) {
        take_byte(chip, self);
    } else if (self->phase == SAMD5X_SENDING && !is_whole) {
        put_bit(chip, self);
    } else if (self->phase == SAMD5X_SENDING) {
        set_sda(chip, self, false);
        self->phase = SAMD5X_SENT;
    } else if (self->phase == SAMD5X_ADDRESS_ACK) {
        end_address_ack(chip, self);
    } else if (self->phase == SAMD5X_RECEIVED_ACK) {
        end_byte_ack(chip, self);
    } else if (self->phase == SAMD5X_SENT) {
        end_sent(chip, self);
    }
}

/* ---- commands of the software ---------------------------------------------------------------- */

static void wait_for_start(struct samd5x *chip, struct samd5x_sercom *self)
{
    go_on(chip, self, false);
    self->phase = SAMD5X_WAITING;
}

static void command_received(struct samd5x *chip, struct samd5x_sercom *self, bool finishes)
{
    self->waits_after_ack = finishes;
    if (!answers_alone(self))
        answer_byte(chip, self, wants_ack(self));
    else if (finishes)
        wait_for_start(chip, self);
    else
        receive(chip, self);
}

void samd5x_i2cs_answer(struct samd5x *chip, struct samd5x_sercom *self)
{
    if (self->phase != SAMD5X_ADDRESS_HELD)
        return;
    if (answers_alone(self))
        receive(chip, self);
    else
        answer_address(chip, self, wants_ack(self));
}

/* 36.8.2: a command clears all three flags, whatever it does then.  36.8.6 has it otherwise. */
void samd5x_i2cs_command(struct samd5x *chip, struct samd5x_sercom *self, unsigned command)
{
    enum { FINISH = 2 };
    bool leaves_stop = chip->readings.command_leaves_stop && !(self->intflag & SAMD5X_AMATCH);
    bool stays = chip->readings.nacked_amatch_stays && self->phase == SAMD5X_ADDRESS_HELD &&
                 !wants_ack(self);
    self->intflag &= ~(uint32_t)(SAMD5X_AMATCH | SAMD5X_DRDY | (leaves_stop ? 0 : SAMD5X_PREC));
    self->intflag |= stays ? SAMD5X_AMATCH : 0;
    switch (self->phase) {
    case SAMD5X_ADDRESS_HELD:
        samd5x_i2cs_answer(chip, self);
        break;
    case SAMD5X_RECEIVED_HELD:
        command_received(chip, self, command == FINISH);
        break;
    case SAMD5X_SEND_HELD:
        if (command == FINISH)
            wait_for_start(chip, self);
        else
            send(chip, self);
        break;
    case SAMD5X_SENDING:
    case SAMD5X_SENT:
        self->has_command =
            command != FINISH && chip->readings.data_write == SAMD5X_DATA_AND_CMD_TWICE;
        break;
    default:
        break;
    }
}

/* 36.8.11: only while SCL is held. */
void samd5x_i2cs_data(struct samd5x *chip, struct samd5x_sercom *self, uint8_t value)
{
    if (self->phase != SAMD5X_SEND_HELD)
        return;
    self->data = value;
    self->intflag &= ~(uint32_t)SAMD5X_DRDY;
    if (chip->readings.data_write != SAMD5X_DATA_NEEDS_CMD)
        send(chip, self);
}

/* 36.6.2.5, smart mode: the acknowledge action follows when DATA is read. */
void samd5x_i2cs_data_read(struct samd5x *chip, struct samd5x_sercom *self)
{
    if (self->phase != SAMD5X_RECEIVED_HELD)
        return;
    self->intflag &= ~(uint32_t)SAMD5X_DRDY;
    command_received(chip, self, false);
}
