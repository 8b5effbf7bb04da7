/* SPDX-License-Identifier: MIT */
#include "line/line_driver.h"

#include "line/bus_timing.h"

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The hold time is that of UM10204 Table 10 note 3; Fast-mode Plus has no room for it. */
struct line_driver_timing i2ctarget_line_driver_timing_for(uint32_t scl_hz)
{
    enum { FAST_MODE_HZ = 400000, HOLD_NS = 300, HOLD_FAST_PLUS_NS = 120 };
    return (struct line_driver_timing){
        .hold_ns = scl_hz > FAST_MODE_HZ ? HOLD_FAST_PLUS_NS : HOLD_NS,
        .setup_ns = i2ctarget_bus_timing_for(scl_hz)->data_setup_ns,
    };
}

/* ---- pulls ----------------------------------------------------------------------------------- */

/*
 * SCL follows the engine at once.  SDA follows when its hold time after the fall of SCL is over.
 * If SCL has risen before that, SDA does not change, because that would make a START or STOP.  The
 * next fall comes back here.
 */
static void apply_pulls(struct line_driver *driver)
{
    struct line_pulls wanted = driver->line.pulls;
    driver->pulls.scl_low = wanted.scl_low;
    driver->sda_moves_ns = LINE_DRIVER_NEVER;
    if (wanted.sda_low == driver->pulls.sda_low)
        return;
    uint64_t moves_ns = driver->scl_fell_ns + driver->timing.hold_ns;
    if (moves_ns > driver->now_ns)
        driver->sda_moves_ns = moves_ns;
    else if (!driver->raw_scl)
        driver->pulls.sda_low = wanted.sda_low;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void raise_event(struct line_driver *driver)
{
    const struct i2ctarget_event *event = &driver->line.event;
    if (event->kind == I2CTARGET_ADDRESSED) {
        if (!i2ctarget_address_set_serves(&driver->addresses, event->address, event->is_read)) {
            i2ctarget_target_line_answer(&driver->line, I2CTARGET_NACK);
            return;
        }
        if (!event->is_restart)
            i2ctarget_stretching_restart(&driver->stretching);
    }
    int answer = driver->answerer(driver->owner, event);
    if (!i2ctarget_target_line_owes(&driver->line))
        return;
    i2ctarget_target_line_answer(&driver->line, answer);
    if (answer == I2CTARGET_HOLD)
        i2ctarget_stretching_begin(&driver->stretching, driver->now_ns);
}

static void raise_if_any(struct line_driver *driver)
{
    if (driver->line.event.kind != I2CTARGET_NO_EVENT)
        raise_event(driver);
}

/* Both lines are released at once, in any phase.  An open message or a held address ends. */
static void cut(struct line_driver *driver, enum i2ctarget_end cause)
{
    struct i2ctarget_event ended = {
        .kind = I2CTARGET_ENDED, .value = (uint8_t)cause, .moved = driver->line.event.moved};
    bool was_open = driver->line.open;
    i2ctarget_stretching_end(&driver->stretching, driver->now_ns);
    driver->pulls = i2ctarget_target_line_release(&driver->line);
    driver->sda_moves_ns = LINE_DRIVER_NEVER;
    driver->resume_ns = LINE_DRIVER_NEVER;
    if (was_open)
        driver->answerer(driver->owner, &ended);
}

/* ---- time ------------------------------------------------------------------------------------ */

/* SMBus 3, Table 1: t_TIMEOUT since SCL fell, or our cumulative stretch. */
uint64_t i2ctarget_line_driver_limit_ns(const struct line_driver *driver)
{
    static const struct stretching_limits smbus = {SMBUS_TIMEOUT_NS, SMBUS_STRETCH_NS};
    if (!driver->smbus || driver->raw_scl || i2ctarget_target_line_is_deaf(&driver->line))
        return LINE_DRIVER_NEVER;
    return i2ctarget_stretching_limit(&driver->stretching, &smbus, driver->scl_fell_ns);
}

static void set_due(struct line_driver *driver)
{
    uint64_t due_ns = sooner(driver->sda_moves_ns, driver->resume_ns);
    if (driver->timing.filter_ns != 0)
        due_ns = sooner(due_ns, sooner(driver->scl_settles_ns, driver->sda_settles_ns));
    if (driver->smbus)
        due_ns = sooner(due_ns, i2ctarget_line_driver_limit_ns(driver));
    driver->due_ns = due_ns;
}

/* Does what was put off until now. */
static void catch_up(struct line_driver *driver)
{
    if (driver->now_ns >= i2ctarget_line_driver_limit_ns(driver))
        cut(driver, I2CTARGET_TIMEOUT);
    if (driver->now_ns >= driver->sda_moves_ns)
        apply_pulls(driver);
    if (driver->now_ns >= driver->resume_ns) {
        driver->resume_ns = LINE_DRIVER_NEVER;
        i2ctarget_stretching_end(&driver->stretching, driver->now_ns);
        i2ctarget_target_line_resume(&driver->line);
        apply_pulls(driver);
    }
}

/* ---- levels ---------------------------------------------------------------------------------- */

/* One line through the spike filter: a level counts when it has lasted longer than filter_ns. */
static bool filter(struct line_driver *driver, bool level, bool filtered, bool *raw,
                   uint64_t *settles_ns)
{
    if (level != *raw) {
        *raw = level;
        if (level == filtered)
            driver->glitches++;
        *settles_ns =
            level == filtered ? LINE_DRIVER_NEVER : driver->now_ns + driver->timing.filter_ns + 1;
    }
    if (driver->now_ns < *settles_ns)
        return filtered;
    *settles_ns = LINE_DRIVER_NEVER;
    return level;
}

static void step_line(struct line_driver *driver, bool scl, bool sda)
{
    i2ctarget_target_line_step(&driver->line, scl, sda);
    raise_if_any(driver);
}

/* False: the target need not react. */
static bool sample(struct line_driver *driver, bool scl, bool sda)
{
    bool has_moved = scl != driver->raw_scl || sda != driver->raw_sda;
    bool has_fallen = driver->raw_scl && !scl;
    if (has_fallen)
        driver->scl_fell_ns = driver->now_ns;
    if (driver->timing.filter_ns == 0) {
        driver->raw_scl = scl;
        driver->raw_sda = sda;
    } else {
        scl = filter(driver, scl, driver->line.scl, &driver->raw_scl, &driver->scl_settles_ns);
        sda = filter(driver, sda, driver->line.sda, &driver->raw_sda, &driver->sda_settles_ns);
    }
    bool has_changed = scl != driver->line.scl || sda != driver->line.sda;
    if (has_changed)
        step_line(driver, scl, sda);
    if (has_changed || has_fallen)
        apply_pulls(driver);
    return has_changed || has_moved;
}

/* ---- what drives it calls -------------------------------------------------------------------- */

void i2ctarget_line_driver_init(struct line_driver *driver, const struct line_driver_timing *timing,
                                const struct i2ctarget_address_set *addresses, bool smbus,
                                line_driver_answerer *answerer, void *owner, bool scl, bool sda)
{
    *driver = (struct line_driver){
        .timing = *timing,
        .addresses = *addresses,
        .smbus = smbus,
        .answerer = answerer,
        .owner = owner,
        .due_ns = LINE_DRIVER_NEVER,
        .raw_scl = scl,
        .raw_sda = sda,
        .scl_settles_ns = LINE_DRIVER_NEVER,
        .sda_settles_ns = LINE_DRIVER_NEVER,
        .sda_moves_ns = LINE_DRIVER_NEVER,
        .resume_ns = LINE_DRIVER_NEVER,
    };
    i2ctarget_target_line_init(&driver->line);
    i2ctarget_target_line_step(&driver->line, scl, sda);
}

struct line_pulls i2ctarget_line_driver_step(struct line_driver *driver, uint64_t now_ns, bool scl,
                                             bool sda)
{
    bool is_due = now_ns >= driver->due_ns;
    driver->now_ns = now_ns;
    bool concerns_us = sample(driver, scl, sda);
    if (is_due)
        catch_up(driver);
    if (is_due || concerns_us)
        set_due(driver);
    return driver->pulls;
}

/* Without a told rise no limit of SMBus is kept, and there is no filter. */
struct line_pulls i2ctarget_line_driver_end_clock(struct line_driver *driver, uint64_t now_ns,
                                                  bool bit, bool sda)
{
    i2ctarget_line_driver_fell(driver, now_ns);
    i2ctarget_line_driver_act(driver, bit, sda);
    apply_pulls(driver);
    driver->due_ns = driver->sda_moves_ns;
    return driver->pulls;
}

static void set_low(struct line_driver *driver, bool sda)
{
    driver->raw_scl = false;
    driver->raw_sda = sda;
}

/* The last fall, bit 0's, is not told.  Our acknowledge bit is low.  SDA has moved with the falls. */
void i2ctarget_line_driver_follow(struct line_driver *driver, unsigned clocks, uint32_t bits)
{
    struct target_line *line = &driver->line;
    unsigned fallen = clocks - 1;
    if (fallen == 0)
        return;
    if (line->phase != TARGET_LINE_TRANSMIT && line->clocks == TARGET_LINE_BYTE_CLOCKS) {
        i2ctarget_target_line_clock(line, false, false);
        fallen--;
    }
    if (line->phase == TARGET_LINE_TRANSMIT)
        i2ctarget_target_line_give_bits(line, fallen, bits >> 1 & 1);
    else if (fallen > 0)
        i2ctarget_target_line_take_bits(line, fallen, bits >> 1);
    set_low(driver, bits >> 1 & 1);
    driver->pulls = driver->line.pulls;
}

/* ---- one for many ---------------------------------------------------------------------------- */

/* The bits of an address count while they come in. */
static bool is_line_twin(const struct target_line *line, const struct target_line *other)
{
    if (line->phase != other->phase || line->in_transfer != other->in_transfer ||
        line->scl != other->scl || line->sda != other->sda)
        return false;
    return line->phase == TARGET_LINE_DEAF ||
           (line->clocks == other->clocks && line->shift == other->shift &&
            line->event.is_restart == other->event.is_restart);
}

bool i2ctarget_line_driver_is_twin(const struct line_driver *driver,
                                   const struct line_driver *other)
{
    return is_line_twin(&driver->line, &other->line) &&
           driver->timing.filter_ns == other->timing.filter_ns &&
           driver->raw_scl == other->raw_scl && driver->raw_sda == other->raw_sda &&
           driver->scl_settles_ns == other->scl_settles_ns &&
           driver->sda_settles_ns == other->sda_settles_ns;
}

void i2ctarget_line_driver_copy(struct line_driver *driver, const struct line_driver *twin)
{
    driver->line = twin->line;
    driver->now_ns = twin->now_ns;
    driver->raw_scl = twin->raw_scl;
    driver->raw_sda = twin->raw_sda;
    driver->scl_settles_ns = twin->scl_settles_ns;
    driver->sda_settles_ns = twin->sda_settles_ns;
    driver->scl_fell_ns = twin->scl_fell_ns;
    set_due(driver);
}

/* ---- for slow processors --------------------------------------------------------------------- */

static void set_levels(struct line_driver *driver, uint64_t now_ns, bool scl, bool sda)
{
    driver->now_ns = now_ns;
    if (!scl)
        driver->scl_fell_ns = now_ns;
    driver->raw_scl = scl;
    driver->raw_sda = sda;
}

void i2ctarget_line_driver_rise(struct line_driver *driver, bool bit)
{
    driver->raw_scl = true;
    driver->raw_sda = bit;
    i2ctarget_target_line_step(&driver->line, true, bit);
    raise_if_any(driver);
}

void i2ctarget_line_driver_start(struct line_driver *driver)
{
    driver->raw_scl = true;
    driver->raw_sda = false;
    i2ctarget_target_line_start(&driver->line);
    raise_if_any(driver);
}

void i2ctarget_line_driver_stop(struct line_driver *driver)
{
    driver->raw_scl = driver->raw_sda = true;
    i2ctarget_target_line_stop(&driver->line);
    raise_if_any(driver);
}

void i2ctarget_line_driver_start_over(struct line_driver *driver, uint64_t now_ns, bool sda)
{
    set_levels(driver, now_ns, false, sda);
    driver->line.scl = false;
    driver->line.sda = sda;
    if (driver->smbus)
        set_due(driver);
}

void i2ctarget_line_driver_fall(struct line_driver *driver, uint64_t fell_ns, bool sda)
{
    set_levels(driver, fell_ns, false, sda);
    step_line(driver, false, sda);
}

struct line_pulls i2ctarget_line_driver_apply(struct line_driver *driver, uint64_t now_ns)
{
    driver->now_ns = now_ns;
    apply_pulls(driver);
    if (driver->smbus)
        set_due(driver);
    return driver->pulls;
}

void i2ctarget_line_driver_clock(struct line_driver *driver, uint64_t now_ns, bool bit, bool sda)
{
    set_levels(driver, now_ns, false, sda);
    i2ctarget_target_line_take_bit(&driver->line, bit, sda);
    if (driver->smbus)
        set_due(driver);
}

void i2ctarget_line_driver_act(struct line_driver *driver, bool bit, bool sda)
{
    set_low(driver, sda);
    i2ctarget_target_line_clock(&driver->line, bit, sda);
    raise_if_any(driver);
}

/*
 * Where SCL rose SDA was high: otherwise it could not fall now.  Of the clocks that have only risen
 * the ninth alone matters.  The fall of SCL is no clock.
 */
void i2ctarget_line_driver_restart(struct line_driver *driver, bool has_risen, bool sda)
{
    if (has_risen && driver->line.clocks == TARGET_LINE_BYTE_CLOCKS)
        i2ctarget_line_driver_rise(driver, true);
    i2ctarget_line_driver_start(driver);
    set_low(driver, sda);
    driver->line.scl = false;
    driver->line.sda = sda;
}

void i2ctarget_line_driver_keep_limit(struct line_driver *driver)
{
    set_due(driver);
}

/* What SDA does is apply_pulls()'s to decide: where SCL is high it waits for the next fall. */
struct line_pulls i2ctarget_line_driver_skip(struct line_driver *driver, uint64_t now_ns, bool scl,
                                             bool sda)
{
    set_levels(driver, now_ns, scl, sda);
    struct line_pulls pulls = driver->pulls;
    if (driver->line.open || !i2ctarget_target_line_is_deaf(&driver->line))
        cut(driver, I2CTARGET_BUS_ERROR);
    driver->pulls.sda_low = pulls.sda_low;
    i2ctarget_target_line_skip(&driver->line, scl, sda);
    apply_pulls(driver);
    set_due(driver);
    return driver->pulls;
}

bool i2ctarget_line_driver_owes(const struct line_driver *driver)
{
    return driver->stretching.is_on && driver->resume_ns == LINE_DRIVER_NEVER;
}

struct line_pulls i2ctarget_line_driver_answer(struct line_driver *driver, uint64_t now_ns,
                                               int answer)
{
    if (!i2ctarget_line_driver_owes(driver) || answer == I2CTARGET_HOLD)
        return driver->pulls;
    driver->now_ns = now_ns;
    i2ctarget_target_line_answer(&driver->line, answer);
    apply_pulls(driver);
    uint64_t valid_ns = driver->sda_moves_ns == LINE_DRIVER_NEVER ? now_ns : driver->sda_moves_ns;
    driver->resume_ns = valid_ns + driver->timing.setup_ns;
    set_due(driver);
    return driver->pulls;
}

struct line_pulls i2ctarget_line_driver_cut(struct line_driver *driver, uint64_t now_ns,
                                            enum i2ctarget_end cause)
{
    driver->now_ns = now_ns;
    cut(driver, cause);
    set_due(driver);
    return driver->pulls;
}
