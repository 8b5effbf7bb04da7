/* SPDX-License-Identifier: MIT */
/*
 * The target's bit engine: two wires in, two pulls and at most one event out.
 *
 * A pure step: no time, no I/O, no pointers, and no own addresses.  It raises ADDRESSED for every
 * address on the bus, and its driver answers NACK for other targets' addresses.  The driver samples
 * the wires, filters spikes, applies the pulls and keeps the times: line_driver.h.
 *
 *     pulls = i2ctarget_target_line_step(&line, scl, sda);
 *     if (i2ctarget_target_line_owes(&line)) {           an event wants an answer: hold SCL
 *         pulls = i2ctarget_target_line_answer(&line, answer);   at once: no stretch is visible
 *     }                                                        or HOLD: apply the pulls; later,
 *     …                                                        with the answer, SDA moves;
 *                                                              t_SU;DAT; resume
 *
 * It pulls SCL low only while SCL is low, and moves SDA only while SCL is low.  The only exception
 * is i2ctarget_target_line_release().
 */
#ifndef LINE_TARGET_LINE_H
#define LINE_TARGET_LINE_H

#include "i2ctarget/event.h"

struct line_pulls {
    bool scl_low, sda_low;
};

enum target_line_phase {
    TARGET_LINE_JOINING, /* before the first sample: earlier levels are not known, so it is no edge */
    TARGET_LINE_DEAF, /* no START yet, another target's message, or refused: waiting for START or STOP */
    TARGET_LINE_ADDRESS, /* bits come in: address and R/W */
    TARGET_LINE_RECEIVE, /* bits come in: data */
    TARGET_LINE_TRANSMIT /* bits go out */
};

enum { TARGET_LINE_BYTE_CLOCKS = 8 };

struct target_line {
    uint8_t phase;    /* enum target_line_phase */
    uint8_t owed;     /* enum in target_line.c: is an answer owed, is a resume due */
    uint8_t clocks;   /* risen SCL edges of this byte, 0..9 */
    uint8_t shift;    /* bits in, or bits still to go out, MSB first */
    bool scl, sda;    /* the last sample */
    bool in_transfer; /* the bus is between START and STOP, or was so when we joined */
    bool open;        /* an ADDRESSED was raised, and not refused or ended */
    bool fill;        /* RELEASE was answered */
    bool lost;        /* we sent 1 and saw 0: arbitration lost if this bit is clocked to its end */
    struct line_pulls pulls;
    struct i2ctarget_event event; /* raised by the last step; kind I2CTARGET_NO_EVENT: none */
};

/*
 * Before the first sample, which only sets the levels: the bus may be in the middle of a transfer.
 */
void i2ctarget_target_line_init(struct target_line *line);

/*
 * One sample.  Call for every change of either wire (more often does no harm).  The event is in
 * line->event.
 */
struct line_pulls i2ctarget_target_line_step(struct target_line *line, bool scl, bool sda);

/* Is the last event's answer still owed? */
bool i2ctarget_target_line_owes(const struct target_line *line);

/*
 * Does nothing matter before the next START?  So it is when idle, in another target's message, or
 * after a refusal.
 */
static inline bool i2ctarget_target_line_is_deaf(const struct target_line *line)
{
    return line->phase <= TARGET_LINE_DEAF;
}

/*
 * Would a clock, SCL's rise with `bit` on SDA and its fall, raise an event or move SDA?  If not, and
 * the line is not deaf, i2ctarget_target_line_take_bit() does the same as the two steps.
 */
static inline bool i2ctarget_target_line_acts(const struct target_line *line)
{
    if (i2ctarget_target_line_is_deaf(line))
        return false;
    return line->phase == TARGET_LINE_TRANSMIT || line->clocks >= TARGET_LINE_BYTE_CLOCKS - 1;
}

static inline void i2ctarget_target_line_take_bit(struct target_line *line, bool bit, bool sda)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    line->clocks++;
    line->shift = (uint8_t)(line->shift << 1 | bit);
    line->scl = false;
    line->sda = sda;
}

/* The bit of a byte that goes out next; after RELEASE a 1. */
static inline void i2ctarget_target_line_put_bit(struct target_line *line)
{
    line->pulls.sda_low = !line->fill && !(line->shift & 0x80);
    line->shift = (uint8_t)(line->shift << 1);
}

/* The same of several clocks, at least one, and their bits, the last one lowest. */
static inline void i2ctarget_target_line_take_bits(struct target_line *line, unsigned clocks,
                                                   uint32_t bits)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    line->clocks = (uint8_t)(line->clocks + clocks);
    line->shift = (uint8_t)((uint32_t)line->shift << clocks | bits);
    line->scl = false;
    line->sda = bits & 1;
}

/*
 * The two steps of each of several clocks, at least one, of the first eight of a byte, in which SDA
 * shows our bits.  Then SDA is `sda`.
 */
static inline void i2ctarget_target_line_give_bits(struct target_line *line, unsigned clocks,
                                                   bool sda)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    line->clocks = (uint8_t)(line->clocks + clocks);
    line->shift = (uint8_t)(line->shift << (clocks - 1));
    if (line->clocks < TARGET_LINE_BYTE_CLOCKS)
        i2ctarget_target_line_put_bit(line);
    else
        line->pulls.sda_low = false;
    line->scl = false;
    line->sda = sda;
}

/*
 * What the line does in the next clocks.  Their falls raise nothing and only move SDA; but for the
 * last one's, of which nothing is said.
 */
struct target_line_prospect {
    unsigned clocks; /* UINT_MAX: it is deaf */
    bool moves;      /* SDA, with these falls */
    /* So many of them, the first ones, carry bits of ours.  Who else pulls SDA ends this. */
    unsigned sent;
    unsigned acked;  /* in this one, counted from 1, SDA must be low; 0: in none */
    uint16_t levels; /* of SDA after each fall, the next one highest; 1: released */
};

/* After SCL's fall.  Nothing is owed. */
struct target_line_prospect i2ctarget_target_line_prospect(const struct target_line *line);

/* The two steps themselves, if nothing is owed and the line is not deaf: one event at most. */
struct line_pulls i2ctarget_target_line_clock(struct target_line *line, bool bit, bool sda);

/* The step of a START where no message is open, whatever the levels were. */
static inline void i2ctarget_target_line_begin(struct target_line *line)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    line->event.is_restart = line->in_transfer;
    line->in_transfer = true;
    line->phase = TARGET_LINE_ADDRESS;
    line->clocks = 0;
    line->shift = 0;
    line->lost = false;
    line->scl = true;
    line->sda = false;
}

/* The address is another target's, and SCL has fallen for its acknowledge bit. */
static inline void i2ctarget_target_line_ignore(struct target_line *line, bool sda)
{
    line->event.kind = I2CTARGET_NO_EVENT;
    line->phase = TARGET_LINE_DEAF;
    line->scl = false;
    line->sda = sda;
}

/* The step of a START or a STOP, whatever the levels were: ENDED, or no event. */
void i2ctarget_target_line_start(struct target_line *line);
void i2ctarget_target_line_stop(struct target_line *line);
/* Only the levels are new; what led to them is not known, or is no START and no STOP.  While deaf. */
void i2ctarget_target_line_skip(struct target_line *line, bool scl, bool sda);

/*
 * Answer the event: 0..255 or enum i2ctarget_answer.  If this is called directly after the step
 * that raised it, before its pulls were applied, SCL is not held at all.  After HOLD: SDA moves,
 * and SCL stays low until i2ctarget_target_line_resume().  Ignored when nothing is owed.
 */
struct line_pulls i2ctarget_target_line_answer(struct target_line *line, int answer);

/* t_SU;DAT after a late answer: release SCL. */
struct line_pulls i2ctarget_target_line_resume(struct target_line *line);

/*
 * Release both lines now, whatever their levels, and hear nothing until the next START.  Raises no
 * event.
 */
struct line_pulls i2ctarget_target_line_release(struct target_line *line);

#endif
