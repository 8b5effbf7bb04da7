/* SPDX-License-Identifier: MIT */
/*
 * A target on two pins: what turns levels into pulls at the right moment.
 *
 *   levels ──► input filter ──► target_line ──► SDA hold, t_SU;DAT ──► pulls
 *                                  │ ▲
 *                       own addresses only, SMBus limits
 *                                  ▼ │
 *                                answerer
 *
 * It has no clock and no pins.  Who has both calls step() at every edge of either line, and when
 * due_ns has come, and does to the pins what step() returns:
 *
 *     pulls = i2ctarget_line_driver_step(&driver, now_ns, read_scl(), read_sda());
 *
 * wired_target.h does that on simulated wires.  A port with GPIO pins needs four operations for it:
 * read both lines, and pull or let go each.  Where both pulls change, SCL is pulled before SDA
 * moves, and let go after it.
 *
 * An answer that comes late is two steps: SDA moves at once, and t_SU;DAT later, when due_ns comes,
 * SCL is let go.
 */
#ifndef LINE_LINE_DRIVER_H
#define LINE_LINE_DRIVER_H

#include "line/stretching.h"
#include "line/target_line.h"

#define LINE_DRIVER_NEVER UINT64_MAX

struct line_driver_timing {
    /* Spikes no longer than this are rejected: 50 in Fm and Fm+ (t_SP); 0: none. */
    uint32_t filter_ns;
    /* SDA moves this long after SCL fell: 300 (UM10204 Table 10 note 3); 120 for Fm+. */
    uint32_t hold_ns;
    /* SDA is valid this long before a held SCL is let go: t_SU;DAT; 1250 for Fm parts on Sm buses. */
    uint32_t setup_ns;
};

/*
 * Without a filter.  A target that stretches must meet the set-up of the slowest mode that allows
 * this speed.
 */
struct line_driver_timing i2ctarget_line_driver_timing_for(uint32_t scl_hz);

/* The event's answer, 0..255 or enum i2ctarget_answer.  Called from inside step() and cut(). */
typedef int line_driver_answerer(void *owner, const struct i2ctarget_event *event);

struct line_driver {
    struct target_line line;
    struct line_driver_timing timing;
    struct i2ctarget_address_set addresses;
    bool smbus;
    line_driver_answerer *answerer;
    void *owner;

    struct line_pulls pulls; /* what the pins do */
    uint64_t now_ns;         /* of the call under way, or of the last one */
    uint64_t due_ns;         /* the earliest of all that is put off; LINE_DRIVER_NEVER: nothing */

    bool raw_scl, raw_sda; /* before the filter */
    /* When the raw level has lasted; LINE_DRIVER_NEVER: it is the filtered one. */
    uint64_t scl_settles_ns, sda_settles_ns;
    uint64_t scl_fell_ns;
    uint64_t sda_moves_ns, resume_ns; /* LINE_DRIVER_NEVER: nothing is put off */
    struct stretching stretching;     /* in nanoseconds */
    uint32_t glitches;
};

/*
 * It listens, and pulls nothing.  timing and addresses are copied; the levels are those of the pins
 * now.
 */
void i2ctarget_line_driver_init(struct line_driver *driver, const struct line_driver_timing *timing,
                                const struct i2ctarget_address_set *addresses, bool smbus,
                                line_driver_answerer *answerer, void *owner, bool scl, bool sda);

/*
 * The levels as they are.  To be called for every change of either, and when due_ns has come; more
 * often does no harm.  now_ns begins anywhere and never goes back.
 */
struct line_pulls i2ctarget_line_driver_step(struct line_driver *driver, uint64_t now_ns, bool scl,
                                             bool sda);

/* An event was answered I2CTARGET_HOLD, and has no other answer yet. */
bool i2ctarget_line_driver_owes(const struct line_driver *driver);

/* That answer.  Ignored when none is owed.  Not from inside the answerer. */
struct line_pulls i2ctarget_line_driver_answer(struct line_driver *driver, uint64_t now_ns,
                                               int answer);

/*
 * Both lines are let go; deaf until the next START.  A message that was open, or a call held, ends:
 * the answerer gets ENDED with `cause`.  Not from inside the answerer.
 */
struct line_pulls i2ctarget_line_driver_cut(struct line_driver *driver, uint64_t now_ns,
                                            enum i2ctarget_end cause);

/* When an SMBus limit will strike as things stand; LINE_DRIVER_NEVER: not at all. */
uint64_t i2ctarget_line_driver_limit_ns(const struct line_driver *driver);

#endif
