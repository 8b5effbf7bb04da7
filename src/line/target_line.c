/* SPDX-License-Identifier: MIT */
/*
 * A byte and its acknowledge bit are nine clocks.  SDA is sampled where SCL rises.  Everything that
 * needs an answer, and every change that we make on SDA, happens where SCL falls: only then is it
 * certain that no START or STOP came in the middle of the bit:
 *
 *     clock    1   2   …   8   9   1
 *     SCL    __|~|_|~|_…_|~|_|~|_|~|_
 *                           ^   ^
 *                 ADDRESSED ┘   └ REQUESTED (reads): the next byte's first bit must go out now
 *                 RECEIVED          our ACK is taken back
 *
 * ENDED comes with the START or STOP; with the ninth rise of a read byte that the controller does
 * not acknowledge; and with the fall after a bit that another target won.  The last one waits for
 * the fall: a controller that makes a STOP where we send a 1 looks the same until SDA rises again.
 */
#include "line/target_line.h"

#include <limits.h>

enum owed {
    NOTHING,
    ANSWER, /* an event was raised by the last step */
    HELD,   /* it was answered HOLD */
    RESUME  /* the late answer is on SDA; SCL is still low */
};

enum { BYTE_CLOCKS = TARGET_LINE_BYTE_CLOCKS, ALL_CLOCKS = 9 };

static const struct line_pulls released = {false, false};

void i2ctarget_target_line_init(struct target_line *line)
{
    *line = (struct target_line){.phase = TARGET_LINE_JOINING};
}

static void raise(struct target_line *line, enum i2ctarget_event_kind kind, unsigned value)
{
    line->event.kind = (uint8_t)kind;
    line->event.value = (uint8_t)value;
}

/* An event that needs an answer: until the answer comes, SCL is held. */
static void ask(struct target_line *line, enum i2ctarget_event_kind kind, unsigned value)
{
    raise(line, kind, value);
    line->owed = ANSWER;
    line->pulls.scl_low = true;
}

static void let_go(struct target_line *line)
{
    line->open = false;
    line->phase = TARGET_LINE_DEAF;
    line->owed = NOTHING;
    line->pulls = released;
}

static void end(struct target_line *line, enum i2ctarget_end cause)
{
    if (line->open)
        raise(line, I2CTARGET_ENDED, cause);
    let_go(line);
}

static void begin_byte(struct target_line *line, enum target_line_phase phase)
{
    line->phase = (uint8_t)phase;
    line->clocks = 0;
    line->shift = 0;
    line->lost = false;
}

static void on_start(struct target_line *line)
{
    end(line, I2CTARGET_RESTART);
    line->event.is_restart = line->in_transfer;
    line->in_transfer = true;
    begin_byte(line, TARGET_LINE_ADDRESS);
}

static void on_stop(struct target_line *line)
{
    end(line, I2CTARGET_STOP);
    line->in_transfer = false;
}

static void on_ninth_rise(struct target_line *line, bool sda)
{
    if (line->phase != TARGET_LINE_TRANSMIT)
        return;
    if (!line->fill)
        line->event.moved++;
    if (sda) {
        end(line, I2CTARGET_CONTROLLER_NACK);
    }
}

static void on_rise(struct target_line *line, bool sda)
{
    line->clocks++;
    if (line->clocks == ALL_CLOCKS) {
        on_ninth_rise(line, sda);
    } else if (line->phase == TARGET_LINE_TRANSMIT) {
        line->lost = !line->fill && !line->pulls.sda_low && !sda;
    } else {
        line->shift = (uint8_t)(line->shift << 1 | sda);
    }
}

/* A byte is complete: handle the address, or the data. */
static void on_byte_in(struct target_line *line)
{
    if (line->phase == TARGET_LINE_RECEIVE) {
        ask(line, I2CTARGET_RECEIVED, line->shift);
        return;
    }
    line->event.address = line->shift >> 1;
    line->event.is_read = line->shift & 1;
    line->fill = false;
    line->event.moved = 0;
    line->open = true;
    ask(line, I2CTARGET_ADDRESSED, 0);
}

static void on_acknowledged(struct target_line *line)
{
    line->pulls.sda_low = false;
    begin_byte(line, line->event.is_read ? TARGET_LINE_TRANSMIT : TARGET_LINE_RECEIVE);
    if (line->event.is_read && !line->fill)
        ask(line, I2CTARGET_REQUESTED, 0);
}

static void on_fall(struct target_line *line)
{
    if (line->clocks == ALL_CLOCKS) {
        on_acknowledged(line);
    } else if (line->lost) {
        end(line, I2CTARGET_ARBITRATION_LOST);
    } else if (line->phase == TARGET_LINE_TRANSMIT) {
        if (line->clocks < BYTE_CLOCKS)
            i2ctarget_target_line_put_bit(line);
        else
            line->pulls.sda_low = false;
    } else if (line->clocks == BYTE_CLOCKS) {
        on_byte_in(line);
    }
}

struct line_pulls i2ctarget_target_line_step(struct target_line *line, bool scl, bool sda)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    if (line->phase == TARGET_LINE_JOINING) {
        line->phase = TARGET_LINE_DEAF;
        line->in_transfer = !sda;
    } else if (scl && line->scl) {
        if (line->sda && !sda)
            on_start(line);
        else if (!line->sda && sda)
            on_stop(line);
    } else if (scl != line->scl && line->phase != TARGET_LINE_DEAF && line->owed == NOTHING) {
        if (scl)
            on_rise(line, sda);
        else
            on_fall(line);
    }
    if (!scl)
        line->in_transfer = true;
    line->scl = scl;
    line->sda = sda;
    return line->pulls;
}

bool i2ctarget_target_line_owes(const struct target_line *line)
{
    return line->owed == ANSWER || line->owed == HELD;
}

/* After a rise that ended the message there is nothing to do at the fall. */
struct line_pulls i2ctarget_target_line_clock(struct target_line *line, bool bit, bool sda)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    on_rise(line, bit);
    if (line->phase != TARGET_LINE_DEAF)
        on_fall(line);
    line->scl = false;
    line->sda = sda;
    return line->pulls;
}

static struct target_line_prospect sending_prospect(const struct target_line *line)
{
    unsigned sent = (unsigned)BYTE_CLOCKS - line->clocks;
    struct target_line_prospect prospect = {
        .clocks = sent + 1, .moves = sent > 0, .acked = sent + 1, .levels = 0xFFFF};
    if (line->fill || sent == 0)
        return prospect;
    prospect.sent = sent;
    prospect.levels = (uint16_t)((unsigned)line->shift << BYTE_CLOCKS | 0xFFFFu >> (sent - 1));
    return prospect;
}

/*
 * Of a byte that comes in, the last fall brings the event.  Our acknowledge bit ends with a fall.
 * A byte that comes in may follow it; one that goes out has to be asked for.
 */
struct target_line_prospect i2ctarget_target_line_prospect(const struct target_line *line)
{
    if (line->phase == TARGET_LINE_TRANSMIT)
        return sending_prospect(line);
    struct target_line_prospect prospect = {.clocks = 1, .levels = 0xFFFF};
    if (i2ctarget_target_line_is_deaf(line))
        prospect.clocks = UINT_MAX;
    else if (line->clocks < BYTE_CLOCKS)
        prospect.clocks = (unsigned)BYTE_CLOCKS - line->clocks;
    else if (!line->event.is_read)
        prospect =
            (struct target_line_prospect){.clocks = ALL_CLOCKS, .moves = true, .levels = 0xFFFF};
    return prospect;
}

void i2ctarget_target_line_start(struct target_line *line)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    line->scl = true;
    line->sda = false;
    on_start(line);
}

void i2ctarget_target_line_stop(struct target_line *line)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    line->scl = line->sda = true;
    on_stop(line);
}

void i2ctarget_target_line_skip(struct target_line *line, bool scl, bool sda)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    line->in_transfer = line->in_transfer || !scl;
    line->scl = scl;
    line->sda = sda;
}

static void acknowledge(struct target_line *line, bool ack)
{
    line->pulls.sda_low = ack;
    if (ack) {
        line->event.moved += line->phase == TARGET_LINE_RECEIVE;
        return;
    }
    if (line->phase == TARGET_LINE_ADDRESS)
        line->open = false;
    line->phase = TARGET_LINE_DEAF;
}

static void transmit(struct target_line *line, int answer)
{
    line->fill = answer > 0xFF;
    line->shift = (uint8_t)answer;
    i2ctarget_target_line_put_bit(line);
}

struct line_pulls i2ctarget_target_line_answer(struct target_line *line, int answer)
{
    if (!i2ctarget_target_line_owes(line))
        return line->pulls;
    if (answer == I2CTARGET_HOLD) {
        line->owed = HELD;
        return line->pulls;
    }
    if (line->phase == TARGET_LINE_TRANSMIT)
        transmit(line, answer);
    else
        acknowledge(line, answer == I2CTARGET_ACK);
    if (line->owed == HELD) {
        line->owed = RESUME;
    } else {
        line->owed = NOTHING;
        line->pulls.scl_low = false;
    }
    return line->pulls;
}

struct line_pulls i2ctarget_target_line_resume(struct target_line *line)
{
    if (line->owed == RESUME) {
        line->owed = NOTHING;
        line->pulls.scl_low = false;
    }
    return line->pulls;
}

struct line_pulls i2ctarget_target_line_release(struct target_line *line)
{
    let_go(line);
    return line->pulls;
}
