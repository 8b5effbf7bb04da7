/* SPDX-License-Identifier: MIT */
/*
 * From one edge to the next: when to look at the lines, and what a look can prove.
 *
 * The first look of an interrupt may come late.  What happened since the last look is known only as
 * far as the levels and the latched edges tell (judge()).  All further looks follow each other so
 * closely that a line can have changed only once in between (README.md has the bound).
 */
#include "cpu.h"
#include "gpio/parts.h"

/* So many looks are made before the clock is read. */
enum { LOOKS_PER_CLOCK = 8 };

static uint32_t look(const struct gpio_target *self)
{
    return self->chip->levels(self->pins);
}

/* ---- what a late look can prove -------------------------------------------------------------- */

/*
 * SCL has the level of the last look.  If it may have risen and fallen meanwhile, it has done so
 * for all we know: a chip that latches edges without their direction reports both.
 */
static bool may_have_pulsed(uint32_t edges)
{
    return (edges & GPIO_SCL_ROSE) && (edges & GPIO_SCL_FELL);
}

/* SCL has changed, and has come back and changed again.  Noticed only if directions are known. */
static bool has_changed_thrice(const struct gpio_target *self, uint32_t edges)
{
    uint32_t opposite = self->levels & GPIO_SCL ? GPIO_SCL_ROSE : GPIO_SCL_FELL;
    return self->chip->knows_direction && (edges & opposite);
}

/* SCL is high and was so all the time: two changes of SDA are a START and a STOP, or a spike. */
static bool is_void(const struct gpio_target *self, uint32_t levels, uint32_t edges)
{
    return levels == self->levels && levels & GPIO_SCL && edges & GPIO_SDA_MOVED;
}

/* On a bus that is idle a void message, or a spike, changes nothing. */
static bool is_idle(const struct gpio_target *self)
{
    return !i2ctarget_gpio_follows(self) && !self->driver.line.in_transfer && !self->is_unsure;
}

static void judge(struct gpio_target *self, uint32_t levels, uint32_t edges)
{
    bool scl_moved = (levels ^ self->levels) & GPIO_SCL;
    bool is_lost = scl_moved ? has_changed_thrice(self, edges) : may_have_pulsed(edges);
    if (is_void(self, levels, edges) && !is_idle(self))
        is_lost = true;
    if (is_lost)
        i2ctarget_gpio_lose(self, levels, edges);
    else
        i2ctarget_gpio_change(self, levels);
}

/* ---- looks ----------------------------------------------------------------------------------- */

/*
 * Until no edge is latched and the levels are those of the last look.  So whatever comes afterwards
 * is latched, and nothing is latched that has been seen already.
 */
static void settle(struct gpio_target *self, bool is_late)
{
    uint32_t edges;
    self->is_late = is_late;
    do {
        uint32_t levels = look(self);
        edges = self->chip->take_edges(self->pins);
        if (self->is_late)
            judge(self, levels, edges);
        else
            i2ctarget_gpio_change(self, levels);
        self->is_late = false;
    } while (edges && !i2ctarget_gpio_is_holding(self));
}

/* A STOP's event is raised when nothing is latched.  So a START that comes meanwhile is. */
static void catch_up(struct gpio_target *self, bool is_late)
{
    settle(self, is_late);
    while (self->has_stopped) {
        i2ctarget_gpio_flush(self);
        settle(self, true);
    }
}

/* ---- the core is ours ------------------------------------------------------------------------ */

/* The time of a limit of SMBus.  The driver may not know yet that SCL has risen. */
static uint64_t limit_ns(const struct gpio_target *self)
{
    bool is_high = self->levels & GPIO_SCL;
    return is_high ? LINE_DRIVER_NEVER : i2ctarget_line_driver_limit_ns(&self->driver);
}

static bool has_work(const struct gpio_target *self)
{
    return i2ctarget_gpio_follows(self) && !i2ctarget_gpio_is_holding(self) && !self->has_stopped;
}

/* Returns whether a line has moved.  If not, some time has passed. */
static bool look_for_a_while(struct gpio_target *self)
{
    for (unsigned i = 0; i < LOOKS_PER_CLOCK; i++) {
        uint32_t levels = look(self);
        if (levels != self->levels) {
            i2ctarget_gpio_change(self, levels);
            return true;
        }
    }
    return false;
}

/*
 * Until the message or its transfer is over, or an answer is owed.  Returns true if nothing has
 * moved for stay_ns, or a limit is due.
 */
static bool stay(struct gpio_target *self)
{
    uint64_t since_ns = LINE_DRIVER_NEVER;
    while (has_work(self)) {
        if (look_for_a_while(self)) {
            since_ns = LINE_DRIVER_NEVER;
            continue;
        }
        uint64_t now_ns = self->chip->now_ns();
        if (since_ns == LINE_DRIVER_NEVER)
            since_ns = now_ns;
        if (now_ns - since_ns >= self->chip->stay_ns || now_ns >= limit_ns(self))
            return true;
    }
    return false;
}

static void follow_edges(struct gpio_target *self)
{
    bool is_paused = self->chip->stay_ns == 0;
    catch_up(self, true);
    while (has_work(self) && !is_paused) {
        is_paused = stay(self);
        if (!i2ctarget_gpio_is_holding(self))
            catch_up(self, false);
    }
    uint64_t at_ns = limit_ns(self);
    if (at_ns != LINE_DRIVER_NEVER && !i2ctarget_gpio_is_holding(self) &&
        self->chip->now_ns() >= at_ns)
        i2ctarget_gpio_time_out(self);
}

/* ---- the interrupt --------------------------------------------------------------------------- */

int64_t i2ctarget_gpio_due_us(const struct gpio_target *self)
{
    return i2ctarget_chip_sooner(self->until_us, self->due_us);
}

/* From now on.  While SCL is held, the clock is read now and then. */
static uint32_t delay_us(const struct gpio_target *self)
{
    enum { HOLDING_US = 10000000, NS = 1000 };
    uint64_t at_ns = limit_ns(self), now_ns = self->chip->now_ns();
    if (at_ns == LINE_DRIVER_NEVER)
        return HOLDING_US;
    return at_ns > now_ns ? (uint32_t)(at_ns - now_ns) / NS + 1 : 0;
}

static void set_alarm(struct gpio_target *self)
{
    bool is_any = i2ctarget_gpio_is_holding(self) || limit_ns(self) != LINE_DRIVER_NEVER;
    if (!is_any && self->due_us == I2CTARGET_FOREVER)
        return;
    self->due_us = is_any ? self->chip->clock->now_us() + delay_us(self) : I2CTARGET_FOREVER;
    self->chip->clock->set_alarm();
}

static void listen(struct gpio_target *self, bool on)
{
    if (on == self->is_listening)
        return;
    self->is_listening = on;
    self->chip->listen(self->pins, on);
}

/* While SCL is held nobody else can do anything that matters, so only the alarm comes. */
void i2ctarget_gpio_follow(struct gpio_target *self)
{
    self->has_put_off_limit = false;
    i2ctarget_gpio_raise_deferred(self);
    if (i2ctarget_gpio_is_holding(self))
        i2ctarget_gpio_resume(self);
    if (!i2ctarget_gpio_is_holding(self))
        follow_edges(self);
    listen(self, !i2ctarget_gpio_is_holding(self));
    set_alarm(self);
}

void i2ctarget_gpio_irq(struct gpio_target *self)
{
    uint32_t state = cpu_irq_save();
    if (self->target)
        i2ctarget_gpio_follow(self);
    cpu_irq_restore(state);
}

/* A wait that is over needs no more than an interrupt: whoever waits looks at the clock. */
void i2ctarget_gpio_alarm(struct gpio_target *self)
{
    uint32_t state = cpu_irq_save();
    if (!self->target) {
        cpu_irq_restore(state);
        return;
    }
    int64_t now_us = self->chip->clock->now_us();
    if (now_us >= self->until_us)
        self->until_us = I2CTARGET_FOREVER;
    if (now_us >= self->due_us) {
        self->has_put_off_limit = self->is_locked;
        self->due_us = I2CTARGET_FOREVER;
        if (!self->is_locked)
            i2ctarget_gpio_follow(self);
    }
    cpu_irq_restore(state);
}
