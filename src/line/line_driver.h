/* SPDX-License-Identifier: MIT */
/*
 * A target on two pins: turns levels into pulls at the right time.
 *
 *   levels ──► input filter ──► target_line ──► SDA hold, t_SU;DAT ──► pulls
 *                                  │ ▲
 *                       own addresses only, SMBus limits
 *                                  ▼ │
 *                                answerer
 *
 * It has no clock and no pins.  Its user has both: it calls step() at every edge of either line and
 * when due_ns has come, and sets the pins as step() returns:
 *
 *     pulls = i2ctarget_line_driver_step(&driver, now_ns, read_scl(), read_sda());
 *
 * wired_target.h does that on simulated wires.  A port with GPIO pins needs four operations for it:
 * read both lines, and pull or release each.  If both pulls change, SCL is pulled before SDA moves,
 * and released after it.
 *
 * A late answer is made in two steps: SDA moves at once, and t_SU;DAT later, when due_ns comes, SCL
 * is released.
 */
#ifndef LINE_LINE_DRIVER_H
#define LINE_LINE_DRIVER_H

#include "line/stretching.h"
#include "line/target_line.h"

#define LINE_DRIVER_NEVER UINT64_MAX

struct line_driver_timing {
    /* Spikes up to this length are rejected: 50 in Fm and Fm+ (t_SP); 0: no filter. */
    uint32_t filter_ns;
    /* SDA moves this long after SCL fell: 300 (UM10204 Table 10 note 3); 120 for Fm+. */
    uint32_t hold_ns;
    /*
     * SDA is valid this long before a held SCL is released: t_SU;DAT; 1250 for Fm parts on Sm
     * buses.
     */
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

    struct line_pulls pulls; /* the state of the pins */
    uint64_t now_ns;         /* of the current call, or of the last one */
    /* The earliest of all actions that are put off; LINE_DRIVER_NEVER: there is none. */
    uint64_t due_ns;

    bool raw_scl, raw_sda; /* before the filter */
    /*
     * When the raw level has lasted long enough; LINE_DRIVER_NEVER: it equals the filtered level.
     */
    uint64_t scl_settles_ns, sda_settles_ns;
    uint64_t scl_fell_ns;
    uint64_t sda_moves_ns, resume_ns; /* LINE_DRIVER_NEVER: nothing is put off */
    struct stretching stretching;     /* in nanoseconds */
    uint32_t glitches;
};

/*
 * It listens, and pulls nothing.  timing and addresses are copied.  The levels are the present ones
 * of the pins.
 */
void i2ctarget_line_driver_init(struct line_driver *driver, const struct line_driver_timing *timing,
                                const struct i2ctarget_address_set *addresses, bool smbus,
                                line_driver_answerer *answerer, void *owner, bool scl, bool sda);

/*
 * The present levels.  Call it for every change of either line, and when due_ns has come; more
 * calls do no harm.  now_ns may begin anywhere and never goes back.
 */
struct line_pulls i2ctarget_line_driver_step(struct line_driver *driver, uint64_t now_ns, bool scl,
                                             bool sda);

/* Before ADDRESSED, after seven bits: is this address ours, if the eighth is `is_read`? */
static inline bool i2ctarget_line_driver_is_ours(const struct line_driver *driver, bool is_read)
{
    return i2ctarget_address_set_serves(&driver->addresses, driver->line.shift & 0x7F, is_read);
}

/*
 * For ports that follow the lines with a processor that is hardly quick enough.  All levels are
 * unfiltered here: filter_ns must be 0.
 *
 * Would a clock, SCL's rise with `bit` on SDA and its fall, raise an event of ours or move SDA?
 * Then the port makes both steps, and pulls SCL before them if the answer may take long.
 */
static inline bool i2ctarget_line_driver_acts(const struct line_driver *driver, bool bit)
{
    return i2ctarget_target_line_acts(&driver->line) &&
           (driver->line.open || i2ctarget_line_driver_is_ours(driver, bit));
}
/*
 * The steps of SCL's rise, of a START and of a STOP, in short.  They move nothing that matters, so
 * they take no time; an event may be raised, ENDED.  START and STOP do not ask what was before.
 */
void i2ctarget_line_driver_rise(struct line_driver *driver, bool bit);
void i2ctarget_line_driver_start(struct line_driver *driver);
static inline void i2ctarget_line_driver_begin(struct line_driver *driver) /* no message is open */
{
    driver->raw_scl = true;
    driver->raw_sda = false;
    i2ctarget_target_line_begin(&driver->line);
}
void i2ctarget_line_driver_stop(struct line_driver *driver);
/* The first fall of SCL after a START. */
void i2ctarget_line_driver_start_over(struct line_driver *driver, uint64_t now_ns, bool sda);
/*
 * The step of SCL's fall, in short.  An event may be raised.  Then apply(), until sda_moves_ns is
 * LINE_DRIVER_NEVER, says what to pull.  SCL must be held meanwhile.
 */
void i2ctarget_line_driver_fall(struct line_driver *driver, uint64_t fell_ns, bool sda);
struct line_pulls i2ctarget_line_driver_apply(struct line_driver *driver, uint64_t now_ns);
/* Both steps of a clock that does not act, in short.  SCL fell at now_ns, and SDA is `sda` now. */
void i2ctarget_line_driver_clock(struct line_driver *driver, uint64_t now_ns, bool bit, bool sda);
/*
 * The same of a clock that acts, in one; and the steps of SCL's rise, if that was not told yet, a
 * START, and SCL's fall.  Events may be raised.  Then settle() says what to pull; the hold time of
 * SDA is the caller's affair.  SCL must be held meanwhile.
 *
 * They take no time.  fell() says when SCL has fallen: before them if a limit of SMBus is kept; if
 * not, it is enough if SCL is to be held afterwards.
 */
void i2ctarget_line_driver_act(struct line_driver *driver, bool bit, bool sda);
void i2ctarget_line_driver_restart(struct line_driver *driver, bool has_risen, bool sda);
void i2ctarget_line_driver_keep_limit(struct line_driver *driver);

static inline void i2ctarget_line_driver_fell(struct line_driver *driver, uint64_t now_ns)
{
    driver->now_ns = driver->scl_fell_ns = driver->stretching.since = now_ns;
}

static inline struct line_pulls i2ctarget_line_driver_settle(struct line_driver *driver)
{
    driver->pulls = driver->line.pulls;
    driver->sda_moves_ns = LINE_DRIVER_NEVER;
    if (driver->smbus)
        i2ctarget_line_driver_keep_limit(driver);
    return driver->pulls;
}

/* That of a clock that does not act, without the time: no limit of SMBus is kept. */
static inline void i2ctarget_line_driver_shift(struct line_driver *driver, bool bit, bool sda)
{
    driver->raw_scl = false;
    driver->raw_sda = sda;
    i2ctarget_target_line_take_bit(&driver->line, bit, sda);
}

/*
 * Edges were missed: these are the levels now.  It hears nothing until the next START, and an open
 * message ends with BUS_ERROR.  SDA is released where SCL is low.
 */
struct line_pulls i2ctarget_line_driver_skip(struct line_driver *driver, uint64_t now_ns, bool scl,
                                             bool sda);

/* The step of the fall of SCL that completes another target's address. */
static inline void i2ctarget_line_driver_ignore(struct line_driver *driver, bool sda)
{
    driver->raw_scl = false;
    driver->raw_sda = sda;
    i2ctarget_target_line_ignore(&driver->line, sda);
    if (driver->smbus)
        i2ctarget_line_driver_keep_limit(driver);
}

/* An edge that is no START and no STOP, while it is deaf, has no message and pulls nothing. */
static inline void i2ctarget_line_driver_pass(struct line_driver *driver, bool scl, bool sda)
{
    driver->raw_scl = driver->line.scl = scl;
    driver->raw_sda = driver->line.sda = sda;
    driver->line.in_transfer = driver->line.in_transfer || !scl;
}

/*
 * Edges up to these levels were not told, because they could not matter yet: in a message SCL's
 * rise, but for a ninth one, and what SDA did while SCL was low; while it is deaf, all edges but
 * START and STOP.  Not with a filter; the rise not where an SMBus limit is kept.
 */
static inline void i2ctarget_line_driver_make_up(struct line_driver *driver, bool scl, bool sda)
{
    if (driver->raw_scl == scl && driver->raw_sda == sda)
        return;
    driver->raw_scl = scl;
    driver->raw_sda = sda;
    if (i2ctarget_target_line_is_deaf(&driver->line))
        i2ctarget_target_line_skip(&driver->line, scl, sda);
    else
        i2ctarget_target_line_step(&driver->line, scl, sda);
}

/*
 * SCL's fall, after a rise that was not told: make_up() and step() in one.  It is not deaf, nothing
 * is put off, and `bit` is what SDA was while SCL was high.
 */
struct line_pulls i2ctarget_line_driver_end_clock(struct line_driver *driver, uint64_t now_ns,
                                                  bool bit, bool sda);

/*
 * due_ns has come, SCL is low and was low before.  Then nothing is put off any more: either SDA's hold
 * time is over, or SCL is let go after a late answer.  No limit of SMBus is kept.
 */
static inline struct line_pulls i2ctarget_line_driver_catch_up(struct line_driver *driver,
                                                               uint64_t now_ns, bool sda)
{
    driver->now_ns = now_ns;
    driver->raw_sda = driver->line.sda = sda;
    if (driver->resume_ns != LINE_DRIVER_NEVER) {
        i2ctarget_stretching_end(&driver->stretching, now_ns);
        i2ctarget_target_line_resume(&driver->line);
    }
    driver->pulls = driver->line.pulls;
    driver->sda_moves_ns = driver->resume_ns = driver->due_ns = LINE_DRIVER_NEVER;
    return driver->pulls;
}

/*
 * Several clocks at once, as i2ctarget_target_line_prospect() has said: their bits, the last one
 * lowest.  Of the last clock SCL's rise is not told yet.  It is not deaf, and nothing is put off.
 */
void i2ctarget_line_driver_follow(struct line_driver *driver, unsigned clocks, uint32_t bits);

/* Does it do nothing but wait for its address? */
static inline bool i2ctarget_line_driver_is_waiting(const struct line_driver *driver)
{
    return !driver->line.open && !driver->pulls.scl_low && !driver->pulls.sda_low &&
           driver->sda_moves_ns == LINE_DRIVER_NEVER && driver->resume_ns == LINE_DRIVER_NEVER;
}
/*
 * Do two that wait know exactly the same of the bus?  Then copy() at any later time gives the one
 * the state that it would have had.
 */
bool i2ctarget_line_driver_is_twin(const struct line_driver *driver,
                                   const struct line_driver *other);
void i2ctarget_line_driver_copy(struct line_driver *driver, const struct line_driver *twin);

/* Was an event answered with I2CTARGET_HOLD, without another answer so far? */
bool i2ctarget_line_driver_owes(const struct line_driver *driver);

/* The late answer.  Ignored if none is owed.  Do not call it from inside the answerer. */
struct line_pulls i2ctarget_line_driver_answer(struct line_driver *driver, uint64_t now_ns,
                                               int answer);

/*
 * Release both lines, and hear nothing until the next START.  An open message, or a held address,
 * ends: the answerer gets ENDED with `cause`.  Do not call it from inside the answerer.
 */
struct line_pulls i2ctarget_line_driver_cut(struct line_driver *driver, uint64_t now_ns,
                                            enum i2ctarget_end cause);

/* The time at which an SMBus limit will strike if nothing changes; LINE_DRIVER_NEVER: none will. */
uint64_t i2ctarget_line_driver_limit_ns(const struct line_driver *driver);

#endif
