/* SPDX-License-Identifier: MIT */
/*
 * Two lines and the line driver between looks at them.
 *
 *     SCL  ‾‾‾\_______________/‾‾‾‾‾‾‾\____
 *             ^ on_fall()     ^ on_rise(): SDA is kept; the driver is told at the fall
 *
 * The driver may raise events, and a device may take long to answer.  So the driver is told of
 * SCL's rise and fall together, when SCL has fallen, and SCL is held meanwhile if this clock raises
 * an event of ours or moves SDA.  Nothing can be missed then.  A repeated START that ends a message
 * of ours also waits for the fall.  Only STOP has its event on a free bus.
 *
 * SCL is not touched in other targets' messages, nor in the first seven clocks of a byte that comes
 * in.
 */
#include "gpio/parts.h"

enum { ADDRESS_BITS = 7 };

static bool is_high(const struct gpio_target *self, uint32_t line)
{
    return self->levels & line;
}

static uint64_t now_ns(const struct gpio_target *self)
{
    return self->chip->now_ns();
}

/* ---- pins ------------------------------------------------------------------------------------ */

static void hold_scl(struct gpio_target *self)
{
    self->chip->pull_scl(self->pins);
    self->pulled.scl_low = self->has_been_held = true;
}

static void let_scl_go(struct gpio_target *self)
{
    if (!self->pulled.scl_low)
        return;
    self->pulled.scl_low = false;
    self->chip->release_scl(self->pins);
}

/* Has SDA moved? */
static bool put_sda(struct gpio_target *self, bool low)
{
    if (low == self->pulled.sda_low)
        return false;
    self->pulled.sda_low = low;
    if (low)
        self->chip->pull_sda(self->pins);
    else
        self->chip->release_sda(self->pins);
    return true;
}

static void wait_until(const struct gpio_target *self, uint64_t valid_ns)
{
    while (now_ns(self) < valid_ns)
        ;
}

static void feed(struct gpio_target *self, bool scl, bool sda)
{
    (void)i2ctarget_line_driver_step(&self->driver, now_ns(self), scl, sda);
}

/*
 * SCL is low, and we hold it.  SDA moves when its hold time is over.  SCL follows t_SU;DAT later,
 * because the controller may have released it already.  All that takes less than 2 us.
 */
static void give(struct gpio_target *self)
{
    struct line_driver *driver = &self->driver;
    do
        (void)i2ctarget_line_driver_apply(driver, now_ns(self));
    while (driver->sda_moves_ns != LINE_DRIVER_NEVER);
    bool has_moved = put_sda(self, driver->pulls.sda_low);
    if (driver->pulls.scl_low)
        return;
    if (has_moved)
        wait_until(self, now_ns(self) + driver->timing.setup_ns);
    let_scl_go(self);
}

/* An answer has come, or a limit of SMBus. */
void i2ctarget_gpio_resume(struct gpio_target *self)
{
    struct line_driver *driver = &self->driver;
    if (now_ns(self) >= driver->due_ns) {
        self->has_put_off_limit = self->is_locked;
        if (!self->is_locked)
            feed(self, false, is_high(self, GPIO_SDA));
    }
    uint64_t valid_ns = 0; /* the driver counts from the answer; SDA moves later, here */
    while (driver->resume_ns != LINE_DRIVER_NEVER) {
        if (put_sda(self, driver->pulls.sda_low))
            valid_ns = now_ns(self) + driver->timing.setup_ns;
        feed(self, false, is_high(self, GPIO_SDA));
    }
    if (driver->pulls.scl_low)
        return;
    (void)self->chip->take_edges(self->pins); /* they came while SCL was held: SDA's */
    if (put_sda(self, driver->pulls.sda_low))
        valid_ns = now_ns(self) + driver->timing.setup_ns;
    wait_until(self, valid_ns);
    /* If the controller waits, SCL rises at once, and who stays must look at it before it falls. */
    self->lets_go = self->chip->stay_ns > 0;
    if (!self->lets_go)
        let_scl_go(self);
}

void i2ctarget_gpio_time_out(struct gpio_target *self)
{
    feed(self, false, is_high(self, GPIO_SDA));
    (void)put_sda(self, self->driver.pulls.sda_low);
}

/* Nothing matters but START and STOP. */
static bool is_passive(const struct gpio_target *self)
{
    return !i2ctarget_gpio_follows(self) && !self->pulled.sda_low;
}

/* ---- clocks ---------------------------------------------------------------------------------- */

void i2ctarget_gpio_flush(struct gpio_target *self)
{
    bool has_started = self->has_started;
    if (self->has_risen)
        i2ctarget_line_driver_rise(&self->driver, self->risen_sda);
    self->has_risen = self->has_started = false;
    if (has_started)
        i2ctarget_line_driver_start(&self->driver);
}

/*
 * SDA stays as it is until SCL falls.  If SCL was low, a transfer is under way, unless there has
 * been a STOP since.
 */
void i2ctarget_gpio_lose(struct gpio_target *self, uint32_t levels, uint32_t edges)
{
    self->levels = levels;
    self->has_risen = self->has_started = false;
    if (!is_passive(self)) {
        self->doubts++;
        (void)i2ctarget_line_driver_skip(&self->driver, now_ns(self), is_high(self, GPIO_SCL),
                                         is_high(self, GPIO_SDA));
        let_scl_go(self);
    }
    if (edges & GPIO_SCL_FELL)
        self->driver.line.in_transfer = true;
    i2ctarget_line_driver_pass(&self->driver, is_high(self, GPIO_SCL), is_high(self, GPIO_SDA));
    self->bus = GPIO_BUS_KNOWN;
    if (levels == GPIO_LINES && edges & GPIO_SDA_MOVED)
        i2ctarget_gpio_doubt(self, GPIO_BUS_UNSURE);
}

/* Was the bus idle before this START?  If nobody knows, it is nothing. */
static bool is_sure(struct gpio_target *self)
{
    if (self->bus != GPIO_BUS_UNSURE)
        return true;
    self->bus = GPIO_BUS_KNOWN;
    if (!i2ctarget_gpio_is_settled(self))
        return false;
    self->driver.line.in_transfer = false;
    return true;
}

static void on_start(struct gpio_target *self)
{
    if (self->has_started)
        i2ctarget_gpio_flush(self);
    if (self->driver.line.open) {
        self->has_started = true;
        return;
    }
    i2ctarget_gpio_flush(self);
    bool was_sure = is_sure(self);
    i2ctarget_line_driver_start(&self->driver);
    if (!was_sure)
        i2ctarget_gpio_lose(self, self->levels, 0);
}

void i2ctarget_gpio_begin(struct gpio_target *self, uint32_t levels)
{
    self->levels = levels;
    self->bus = GPIO_BUS_KNOWN;
    i2ctarget_line_driver_start(&self->driver);
    if (!is_high(self, GPIO_SCL))
        i2ctarget_gpio_fall_first(self);
}

/*
 * The bus is free, so another START may come while an event is raised: the end of a message of ours
 * is kept until there is time for it.  Of the clocks that have only risen the ninth alone matters.
 */
static void on_stop(struct gpio_target *self)
{
    if (self->has_started || self->driver.line.clocks == TARGET_LINE_BYTE_CLOCKS)
        i2ctarget_gpio_flush(self);
    self->has_risen = false;
    self->bus = GPIO_BUS_KNOWN;
    self->keeps_end = true;
    i2ctarget_line_driver_stop(&self->driver);
    self->keeps_end = false;
}

static void pass_over(struct gpio_target *self)
{
    i2ctarget_line_driver_pass(&self->driver, is_high(self, GPIO_SCL), is_high(self, GPIO_SDA));
    if (self->levels != GPIO_LINES)
        self->bus = GPIO_BUS_KNOWN;
}

static void on_rise(struct gpio_target *self)
{
    if (is_passive(self)) {
        pass_over(self);
        return;
    }
    self->has_risen = true;
    self->risen_sda = is_high(self, GPIO_SDA);
}

/* After a late look SCL may have risen before it was pulled. */
static bool has_pulled_too_late(const struct gpio_target *self)
{
    return self->is_late && self->chip->take_edges(self->pins) & GPIO_SCL_ROSE;
}

/* A clock is complete that raises an event of ours, or moves SDA. */
static void act(struct gpio_target *self)
{
    hold_scl(self);
    if (has_pulled_too_late(self)) {
        let_scl_go(self);
        i2ctarget_gpio_lose(self, self->chip->levels(self->pins), GPIO_EDGES);
        return;
    }
    uint64_t fell_ns = now_ns(self);
    i2ctarget_gpio_flush(self);
    i2ctarget_line_driver_fall(&self->driver, fell_ns, is_high(self, GPIO_SDA));
    self->lingers = self->lingers || self->driver.line.open;
    give(self);
}

static bool acts(const struct gpio_target *self)
{
    bool is_clock = self->has_risen && !self->has_started;
    return !is_clock || !i2ctarget_gpio_follows(self) ||
           i2ctarget_line_driver_acts(&self->driver, self->risen_sda);
}

static void on_fall(struct gpio_target *self)
{
    bool sda = is_high(self, GPIO_SDA);
    if (is_passive(self)) {
        pass_over(self);
    } else if (i2ctarget_gpio_is_first_fall(self)) {
        i2ctarget_gpio_fall_first(self);
    } else if (acts(self)) {
        act(self);
    } else {
        bool is_stranger = !self->driver.line.open && self->driver.line.clocks == ADDRESS_BITS;
        self->has_risen = false;
        if (is_stranger) {
            self->lingers = false;
            i2ctarget_line_driver_ignore(&self->driver, sda);
        } else {
            i2ctarget_line_driver_clock(&self->driver, now_ns(self), self->risen_sda, sda);
        }
    }
}

void i2ctarget_gpio_change(struct gpio_target *self, uint32_t levels)
{
    uint32_t moved = levels ^ self->levels;
    self->levels = levels;
    self->has_been_held = false;
    if (moved && self->bus == GPIO_BUS_JOINED)
        self->bus = GPIO_BUS_KNOWN;
    if (moved & GPIO_SCL) {
        if (levels & GPIO_SCL)
            on_rise(self);
        else
            on_fall(self);
    } else if (moved && levels & GPIO_SCL) {
        if (levels & GPIO_SDA)
            on_stop(self);
        else
            on_start(self);
    }
}
