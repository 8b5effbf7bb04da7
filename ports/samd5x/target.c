/* SPDX-License-Identifier: MIT */
/*
 * Makes events of the SERCOM's flags, and commands for it of the answers.
 *
 *     LISTENING  no message of ours goes on        ─ AMATCH ─ ADDRESSED ─► RECEIVING, TURNING
 *     RECEIVING  the controller writes             ─ DRDY ─── RECEIVED ──► RECEIVING
 *     TURNING    a read was ACKed                  ─ DRDY ─── REQUESTED ─► SENDING
 *     SENDING    a byte goes out                   ─ DRDY ─── REQUESTED ─► SENDING
 *
 * After HOLD the stage is CALL_HELD, BYTE_HELD or REQUEST_HELD.  The flag stays set, and so SCL stays
 * held; the flag just interrupts no more.  After a refusal the stage is LISTENING again, but the
 * message stays open until its STOP or Sr.
 *
 * The order of the flags.  While SCL is held for AMATCH or for DRDY, no STOP or START can come.  So a
 * PREC that is seen together with AMATCH is the older one, and a command for AMATCH would clear it
 * unseen.  A NACK of the controller sets DRDY without a hold, so STOP and the next address can follow
 * before the handler looks: then DRDY is the oldest.
 */
#include "samd5x/target.h"

#include "samd5x/alarm.h"
#include "samd5x/time.h"

struct samd5x_target i2ctarget_samd5x_targets[SERCOMS];

/* ---- events ---------------------------------------------------------------------------------- */

static int raise_event(struct samd5x_target *self, enum i2ctarget_event_kind kind)
{
    self->event.kind = (uint8_t)kind;
    int answer = i2ctarget_raise_event(self->target, &self->event);
    self->raised = true;
    return answer;
}

static void end_message(struct samd5x_target *self, enum i2ctarget_end cause)
{
    if (!self->open)
        return;
    self->open = false;
    self->event.value = (uint8_t)cause;
    (void)raise_event(self, I2CTARGET_ENDED);
}

/* ---- holds ----------------------------------------------------------------------------------- */

static void stop_watching(struct samd5x_target *self, uint8_t flags)
{
    self->watched &= (uint8_t)~flags;
    i2ctarget_samd5x_sercom_ignore(&self->sercom, flags);
}

static void watch_holds(struct samd5x_target *self)
{
    self->watched |= INT_HOLDS;
    i2ctarget_samd5x_sercom_watch(&self->sercom, INT_HOLDS);
}

static void begin_hold(struct samd5x_target *self, enum stage stage)
{
    self->stage = (uint8_t)stage;
    stop_watching(self, INT_HOLDS);
    i2ctarget_stretching_begin(&self->stretching, (uint64_t)i2ctarget_samd5x_time_us());
}

static void end_hold(struct samd5x_target *self)
{
    if (!self->stretching.is_on)
        return;
    watch_holds(self);
    i2ctarget_stretching_end(&self->stretching, (uint64_t)i2ctarget_samd5x_time_us());
}

/* ---- answers --------------------------------------------------------------------------------- */

/* The command clears a DRDY of the message before that is not watched any more: on_nack(). */
static void answer_address(struct samd5x_target *self, uint32_t command)
{
    i2ctarget_samd5x_sercom_command(&self->sercom, command);
    if (!self->stretching.is_on && !(self->watched & INT_DRDY))
        watch_holds(self);
}

/*
 * After the NACK of an address AMATCH may stay set.  Then it is cleared as soon as SCL is no longer
 * held, or else it would interrupt for ever.  The next address is nine clocks away at least.
 */
static void refuse_address(struct samd5x_target *self)
{
    self->stage = LISTENING;
    answer_address(self, CTRLB_CMD_GO_ON | CTRLB_NACK);
    if (!(i2ctarget_samd5x_sercom_flags(&self->sercom) & INT_AMATCH))
        return;
    (void)i2ctarget_samd5x_sercom_wait_for_release(&self->sercom);
    i2ctarget_samd5x_sercom_clear(&self->sercom, INT_AMATCH);
}

/* NACK a byte, or send no more: what follows is not for us, up to the next START. */
static void leave(struct samd5x_target *self)
{
    self->stage = LISTENING;
    i2ctarget_samd5x_sercom_command(&self->sercom, CTRLB_CMD_END | CTRLB_NACK);
}

static void accept_address(struct samd5x_target *self)
{
    self->stage = self->event.is_read ? TURNING : RECEIVING;
    answer_address(self, CTRLB_CMD_GO_ON);
}

static void accept_byte(struct samd5x_target *self)
{
    i2ctarget_samd5x_sercom_command(&self->sercom, CTRLB_CMD_GO_ON);
    self->stage = RECEIVING;
    self->event.moved++;
}

static void send(struct samd5x_target *self, int answer)
{
    self->fill = answer > 0xFF;
    i2ctarget_samd5x_sercom_send(&self->sercom, self->fill ? 0xFF : (uint8_t)answer);
    self->stage = SENDING;
}

/* The answer comes before the book: until then SCL is held. */
void i2ctarget_samd5x_target_answer(struct samd5x_target *self, int answer)
{
    switch ((enum stage)self->stage) {
    case CALL_HELD:
        if (answer == I2CTARGET_ACK) {
            accept_address(self);
        } else {
            self->open = false;
            refuse_address(self);
        }
        break;
    case BYTE_HELD:
        if (answer == I2CTARGET_ACK)
            accept_byte(self);
        else
            leave(self);
        break;
    case REQUEST_HELD:
        send(self, answer);
        break;
    case LISTENING:
    case RECEIVING:
    case TURNING:
    case SENDING:
        return;
    }
    end_hold(self);
}

/* ---- AMATCH ---------------------------------------------------------------------------------- */

/* What ended the message before.  A lost arbitration may be seen only now. */
static enum i2ctarget_end end_before(uint16_t status)
{
    if (status & STATUS_COLL)
        return I2CTARGET_ARBITRATION_LOST;
    return status & STATUS_SR ? I2CTARGET_RESTART : I2CTARGET_STOP;
}

static void forget_collision(const struct samd5x_target *self, uint16_t status)
{
    if (status & STATUS_COLL)
        i2ctarget_samd5x_sercom_clear_errors(&self->sercom, STATUS_COLL);
}

/* The START byte is nobody's address (UM10204 §3.1.15). */
static bool is_ours(const struct samd5x_target *self, uint8_t byte)
{
    enum { START_BYTE = 0x01 };
    return byte != START_BYTE && i2ctarget_address_set_has(&self->addresses, byte >> 1);
}

/* A stranger's message is let go first: until then SCL is held. */
static void on_address(struct samd5x_target *self, uint16_t status)
{
    uint8_t byte = i2ctarget_samd5x_sercom_read(&self->sercom);
    bool is_mine = is_ours(self, byte);
    if (!is_mine)
        refuse_address(self);
    end_message(self, end_before(status));
    forget_collision(self, status);
    if (!(status & STATUS_SR))
        i2ctarget_stretching_restart(&self->stretching);
    if (!is_mine)
        return;
    self->event.address = byte >> 1;
    self->event.is_read = (status & STATUS_DIR) != 0;
    self->event.is_restart = (status & STATUS_SR) != 0;
    self->event.moved = 0;
    self->fill = false;
    int answer = raise_event(self, I2CTARGET_ADDRESSED);
    self->open = answer != I2CTARGET_NACK;
    if (answer == I2CTARGET_ACK)
        accept_address(self);
    else if (answer == I2CTARGET_HOLD)
        begin_hold(self, CALL_HELD);
    else
        refuse_address(self);
}

/* ---- DRDY ------------------------------------------------------------------------------------ */

static void on_byte(struct samd5x_target *self)
{
    self->event.value = i2ctarget_samd5x_sercom_read(&self->sercom);
    int answer = raise_event(self, I2CTARGET_RECEIVED);
    if (answer == I2CTARGET_ACK)
        accept_byte(self);
    else if (answer == I2CTARGET_HOLD)
        begin_hold(self, BYTE_HELD);
    else
        leave(self);
}

/* RXNACK is left over from the message before until a byte has been sent. */
static void on_request(struct samd5x_target *self, uint16_t status)
{
    self->stale = status & STATUS_RXNACK;
    if (self->stage == SENDING && !self->fill)
        self->event.moved++;
    if (self->fill) {
        send(self, I2CTARGET_RELEASE);
        return;
    }
    int answer = raise_event(self, I2CTARGET_REQUESTED);
    if (answer == I2CTARGET_HOLD)
        begin_hold(self, REQUEST_HELD);
    else
        send(self, answer);
}

/*
 * The controller has NACKed the byte.  SCL is not held, so a STOP, or even the next address, may have
 * come, or come right now.  Then no command may be given: it would answer the address.  DRDY stays
 * set until the answer to the next address clears it.
 */
static void on_nack(struct samd5x_target *self, uint8_t flags)
{
    self->event.moved += !self->fill;
    if (flags & (INT_PREC | INT_AMATCH)) {
        self->stage = LISTENING;
        stop_watching(self, INT_DRDY);
    } else {
        leave(self);
    }
    end_message(self, I2CTARGET_CONTROLLER_NACK);
}

static void on_data(struct samd5x_target *self, uint16_t status)
{
    switch ((enum stage)self->stage) {
    case RECEIVING:
        on_byte(self);
        break;
    case TURNING:
    case SENDING:
        on_request(self, status);
        break;
    case LISTENING:
    case CALL_HELD:
    case BYTE_HELD:
    case REQUEST_HELD: /* nobody has asked for it */
        leave(self);
        break;
    }
}

/* ---- STOP and faults ------------------------------------------------------------------------- */

/*
 * Was the byte that was sent last NACKed?  DRDY says so if anything has come after it: an ACKed byte
 * would have held SCL.  RXNACK alone says so if it was 0 before.
 */
static bool is_nacked(const struct samd5x_target *self, uint8_t flags, uint16_t status)
{
    if (self->stage != SENDING || status & STATUS_COLL)
        return false;
    if (flags & INT_DRDY)
        return status & STATUS_RXNACK || flags & (INT_PREC | INT_AMATCH);
    return flags & (INT_PREC | INT_AMATCH) && status & STATUS_RXNACK && !self->stale;
}

static void on_stop(struct samd5x_target *self, uint16_t status)
{
    i2ctarget_samd5x_sercom_clear(&self->sercom, INT_PREC);
    self->stage = LISTENING;
    end_message(self, end_before(status & STATUS_COLL));
    forget_collision(self, status);
    if (self->must_widen)
        i2ctarget_samd5x_alarm_widen_after_stop(self);
}

/*
 * A fault releases the lines.  If AMATCH or DRDY is set and does not hold SCL, it is what is left of
 * the message.
 */
static void abandon(struct samd5x_target *self, uint8_t flags, uint16_t status)
{
    if (flags & INT_HOLDS && !(status & STATUS_CLKHOLD))
        i2ctarget_samd5x_sercom_clear(&self->sercom, flags & INT_HOLDS);
    end_hold(self);
    self->stage = LISTENING;
    end_message(self, status & STATUS_TIMEOUTS ? I2CTARGET_TIMEOUT : I2CTARGET_ARBITRATION_LOST);
}

/*
 * A START or STOP inside a byte is a bus error.  The message is over then; which of them it was will
 * be told by PREC, by the next address, or by a bus at rest.  While an answer is owed SCL is low, and
 * there is none.  Only a time-out lets SCL go then, and its bit stays set beside that of a bus error.
 */
static void on_error(struct samd5x_target *self, uint8_t flags, uint16_t status)
{
    i2ctarget_samd5x_sercom_clear_errors(&self->sercom, status);
    i2ctarget_samd5x_sercom_clear(&self->sercom, INT_ERROR);
    if (status & (STATUS_TIMEOUTS | STATUS_COLL))
        abandon(self, flags, status);
    else if (status & STATUS_BUSERR)
        self->stage = LISTENING;
}

/* A held call, byte or request is answered NACK, or with nothing. */
void i2ctarget_samd5x_target_cut(struct samd5x_target *self)
{
    if (self->stage == CALL_HELD)
        refuse_address(self);
    else
        leave(self);
    end_hold(self);
    end_message(self, I2CTARGET_TIMEOUT);
}

void i2ctarget_samd5x_target_end_left(struct samd5x_target *self)
{
    end_message(self, I2CTARGET_STOP);
}

/* ---- all of it ------------------------------------------------------------------------------- */

void i2ctarget_samd5x_target_widen(struct samd5x_target *self)
{
    self->must_widen = false;
    self->match = i2ctarget_samd5x_match_all();
    i2ctarget_samd5x_sercom_stop(&self->sercom);
    i2ctarget_samd5x_sercom_listen(&self->sercom, &self->match);
}

void i2ctarget_samd5x_target_work_off(struct samd5x_target *self)
{
    for (;;) {
        uint8_t set = i2ctarget_samd5x_sercom_flags(&self->sercom);
        uint8_t flags = set & self->watched;
        if (!flags)
            return;
        uint16_t status = i2ctarget_samd5x_sercom_status(&self->sercom);
        if (flags & INT_ERROR)
            on_error(self, set, status);
        else if (is_nacked(self, flags, status))
            on_nack(self, flags);
        else if (flags & INT_PREC)
            on_stop(self, status);
        else if (flags & INT_AMATCH)
            on_address(self, status);
        else
            on_data(self, status);
    }
}
