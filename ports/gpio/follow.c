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

/* ---- what a late look can prove -------------------------------------------------------------- */

/* The edges that may have come, for all that the chip can tell. */
static uint32_t possible(const struct gpio_target *self, uint32_t edges)
{
    const uint32_t both = GPIO_SCL_ROSE | GPIO_SCL_FELL;
    if (self->chip->latches == GPIO_LATCHES_RISES)
        return edges | GPIO_SCL_FELL;
    return self->chip->latches == GPIO_LATCHES_EDGES && edges & both ? edges | both : edges;
}

/* SCL has the level of the last look, but may have changed and come back. */
static bool may_have_pulsed(uint32_t edges)
{
    return (edges & GPIO_SCL_ROSE) && (edges & GPIO_SCL_FELL);
}

/* SCL has changed, has come back, and has changed again.  Not every chip can tell. */
static bool has_changed_thrice(const struct gpio_target *self, uint32_t edges)
{
    if (self->levels & GPIO_SCL)
        return self->chip->latches != GPIO_LATCHES_EDGES && edges & GPIO_SCL_ROSE;
    return self->chip->latches == GPIO_LATCHES_BOTH && edges & GPIO_SCL_FELL;
}

/*
 * SCL is high and was so all the time, and SDA has moved and come back: a STOP and a START, or the
 * other way round.
 */
static bool are_start_and_stop(const struct gpio_target *self, uint32_t levels, uint32_t edges)
{
    return levels == self->levels && levels & GPIO_SCL && edges & GPIO_SDA_MOVED;
}

/*
 * The bus was idle, SDA has moved, and SCL has fallen once.  A bus that is idle is left by a START
 * (UM10204 §3.1.4), so SDA fell first.  It may have moved again since, for the first bit.
 */
static bool is_late_start(const struct gpio_target *self, uint32_t levels, uint32_t edges)
{
    return i2ctarget_gpio_is_idle(self) && self->levels == GPIO_LINES && !(levels & GPIO_SCL) &&
           edges & GPIO_SDA_MOVED && !(edges & GPIO_SCL_ROSE);
}

static void judge(struct gpio_target *self, uint32_t levels, uint32_t latched)
{
    uint32_t edges = possible(self, latched);
    if (is_late_start(self, levels, edges)) {
        i2ctarget_gpio_change(self, GPIO_SCL);
        i2ctarget_gpio_change(self, levels);
        return;
    }
    bool scl_moved = (levels ^ self->levels) & GPIO_SCL;
    bool is_lost = scl_moved ? has_changed_thrice(self, edges) : may_have_pulsed(edges);
    if (is_lost) {
        i2ctarget_gpio_lose(self, levels, edges);
        return;
    }
    if (are_start_and_stop(self, levels, edges))
        i2ctarget_gpio_change(self, levels ^ GPIO_SDA);
    i2ctarget_gpio_change(self, levels);
}

/* ---- looks ----------------------------------------------------------------------------------- */

static bool will_stay(const struct gpio_target *self)
{
    return self->chip->stay_ns > 0 && i2ctarget_gpio_has_work(self);
}

struct look {
    uint32_t levels, edges;
};

enum { LOOKS_MAX = 4 };

static struct look take_look(const struct gpio_target *self)
{
    struct look look = {.levels = self->chip->levels(self->pins)};
    look.edges = self->chip->take_edges(self->pins);
    return look;
}

/*
 * Is this the START that ends an idle bus, of a message that we stay with?  It is in a hurry:
 * SCL must not fall twice before the next look.
 */
static bool is_start(const struct gpio_target *self, const struct look *look)
{
    if (self->chip->stay_ns == 0 || self->levels != GPIO_LINES || !i2ctarget_gpio_seems_idle(self))
        return false;
    return look->levels & GPIO_SCL ? look->levels == GPIO_SCL && look->edges == GPIO_SDA_MOVED
                                   : is_late_start(self, look->levels, possible(self, look->edges));
}

/*
 * More looks behind the first, until no edge is latched.  So whatever comes afterwards is latched,
 * and nothing is latched that has been seen.  Returns how many there are.
 */
static unsigned gather(const struct gpio_target *self, struct look *looks)
{
    unsigned count = 1;
    while (count < LOOKS_MAX && looks[count - 1].edges)
        looks[count++] = take_look(self);
    return count;
}

static void listen(struct gpio_target *self, bool on)
{
    uint8_t ear = on ? GPIO_LATCHES : GPIO_NOBODY;
    if (ear == self->ear)
        return;
    self->ear = ear;
    self->chip->listen(self->pins, on);
}

/* A look that has followed the last one at once. */
static void see(struct gpio_target *self, uint32_t levels)
{
    if (i2ctarget_gpio_is_unseen_start(self, levels))
        i2ctarget_gpio_begin(self, levels);
    else
        i2ctarget_gpio_change(self, levels);
}

/* From here on the core looks by itself, and nothing is latched.  Returns the first of these looks. */
static uint32_t stop_listening(struct gpio_target *self)
{
    listen(self, false);
    return self->chip->levels(self->pins);
}

/* Only the first look may be late: the others have followed it at once. */
static void handle(struct gpio_target *self, const struct look *looks, unsigned count)
{
    for (unsigned i = 0; i < count && !i2ctarget_gpio_is_holding(self); i++) {
        if (self->is_late)
            judge(self, looks[i].levels, looks[i].edges);
        else
            see(self, looks[i].levels);
        self->is_late = false;
    }
}

/* SCL has moved more than once since the last look that was handled: it is too late to hold it. */
static bool is_too_late(const struct gpio_target *self, const struct look *looks, unsigned count)
{
    unsigned moves = 0;
    uint32_t levels = self->levels;
    for (unsigned i = 0; i < count; i++) {
        moves += (looks[i].levels ^ levels) & GPIO_SCL;
        levels = looks[i].levels;
    }
    return moves > 1 && i2ctarget_gpio_follows(self);
}

static void settle(struct gpio_target *self, bool is_late)
{
    struct look looks[LOOKS_MAX];
    unsigned count;
    do {
        looks[0] = take_look(self);
        if (is_late && is_start(self, looks)) {
            i2ctarget_gpio_begin(self, looks[0].levels);
            see(self, stop_listening(self));
            return;
        }
        count = gather(self, looks);
        self->is_late = is_late;
        if (is_too_late(self, looks, count))
            i2ctarget_gpio_lose(self, looks[count - 1].levels, GPIO_EDGES);
        else
            handle(self, looks, count);
        self->is_late = false;
        is_late = true;
    } while (looks[count - 1].edges && !i2ctarget_gpio_is_holding(self) && !will_stay(self));
}

/*
 * The end of a message is raised when nothing is latched, so a START that comes meanwhile is.  If one
 * has come already, and we stay with it, the end waits: for the next event, for which SCL is held,
 * for the end of that message, or for a pause.
 */
static void catch_up(struct gpio_target *self, bool is_late, bool is_quiet)
{
    settle(self, is_late);
    while (i2ctarget_gpio_owes_end(self) && (is_quiet || !i2ctarget_gpio_follows(self))) {
        i2ctarget_gpio_raise_end(self);
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

/* SCL has moved once between the look and the reading of its latches. */
static bool has_moved_behind(const struct gpio_target *self, const struct look *look,
                             uint32_t levels)
{
    uint32_t edge = look->levels & GPIO_SCL ? GPIO_SCL_FELL : GPIO_SCL_ROSE;
    return !((look->levels ^ self->levels) & GPIO_SCL) && (look->levels ^ levels) & GPIO_SCL &&
           (look->edges & (GPIO_SCL_ROSE | GPIO_SCL_FELL)) == edge;
}

/*
 * The last look that latches can prove, and the first one behind it.  SCL must not have come back in
 * between, unless one of the two edges was the later one, and there was time for both.
 */
static void take_over(struct gpio_target *self)
{
    struct look look = take_look(self);
    uint32_t levels = stop_listening(self);
    if (has_moved_behind(self, &look, levels))
        look.edges &= GPIO_SDA_MOVED;
    bool scl_moved = (look.levels ^ self->levels) & GPIO_SCL;
    bool is_back = scl_moved && (levels ^ look.levels) & GPIO_SCL;
    if ((!scl_moved && look.edges & (GPIO_SCL_ROSE | GPIO_SCL_FELL)) ||
        (is_back && levels & GPIO_SCL && !i2ctarget_gpio_is_first_fall(self))) {
        i2ctarget_gpio_lose(self, levels, GPIO_EDGES);
        return;
    }
    if (look.edges || look.levels != self->levels)
        judge(self, look.levels, look.edges);
    if (!i2ctarget_gpio_is_holding(self))
        see(self, levels);
}

/*
 * A message of ours pauses with SCL high, and its fall would not be told.  Returns whether it has
 * fallen by now.
 */
static bool await_fall(struct gpio_target *self)
{
    if (self->chip->latches != GPIO_LATCHES_RISES || !(self->levels & GPIO_SCL) ||
        !i2ctarget_gpio_follows(self))
        return false;
    self->chip->await_fall(self->pins);
    return !(self->chip->levels(self->pins) & GPIO_SCL);
}

/*
 * Every look of stay() was in time, and so is the first one after it.  Returns true if the message is
 * to be left for the next interrupt.
 */
static bool hand_back(struct gpio_target *self, enum gpio_stayed stayed)
{
    if (self->is_ready)
        return true;
    if (i2ctarget_gpio_is_holding(self))
        return false;
    bool is_paused = stayed == GPIO_PAUSED, was_in_message = i2ctarget_gpio_has_work(self);
    listen(self, true);
    catch_up(self, false, is_paused);
    return is_paused && (was_in_message || !i2ctarget_gpio_has_work(self));
}

static bool own_the_core(struct gpio_target *self)
{
    if (self->ear == GPIO_LATCHES)
        take_over(self);
    return hand_back(self, self->chip->stay(self));
}

static void keep_limit(struct gpio_target *self)
{
    uint64_t at_ns = limit_ns(self);
    if (at_ns != LINE_DRIVER_NEVER && !i2ctarget_gpio_is_holding(self) &&
        self->chip->now_ns() >= at_ns)
        i2ctarget_gpio_time_out(self);
}

/* was_held: SCL was released a moment ago, so a look now is in time. */
static void follow_edges(struct gpio_target *self, bool was_held)
{
    bool stays = self->chip->stay_ns > 0;
    bool is_begun = stays && (was_held || i2ctarget_gpio_has_work(self));
    if (!is_begun) {
        listen(self, true);
        catch_up(self, !was_held, !stays);
    }
    while (stays && (self->lets_go || i2ctarget_gpio_has_work(self)))
        stays = !own_the_core(self) || (!self->is_ready && await_fall(self));
}

/* ---- the interrupt --------------------------------------------------------------------------- */

int64_t i2ctarget_gpio_due_us(const struct gpio_target *self, int64_t now_us)
{
    int64_t until_us = self->until_us > now_us ? self->until_us : I2CTARGET_FOREVER;
    return i2ctarget_chip_sooner(until_us, self->due_us);
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

/* The lines have been high long enough, and the last look was a moment ago. */
static void settle_doubt(struct gpio_target *self)
{
    if (self->bus == GPIO_BUS_KNOWN || self->levels != GPIO_LINES ||
        !i2ctarget_gpio_is_settled(self))
        return;
    self->bus = GPIO_BUS_KNOWN;
    self->driver.line.in_transfer = false;
}

/*
 * An alarm that is not needed any more comes all the same: to take it back would be in the way of the
 * next START.  A bus in doubt is looked at again when it may be idle.
 */
static void set_alarm(struct gpio_target *self)
{
    enum { DOUBT_US = GPIO_IDLE_NS / 1000 + 1 };
    bool is_limited = limit_ns(self) != LINE_DRIVER_NEVER;
    bool is_any = !self->has_put_off_limit && (is_limited || i2ctarget_gpio_is_holding(self));
    bool is_doubted = self->bus != GPIO_BUS_KNOWN && self->levels == GPIO_LINES;
    bool is_set = !is_limited && !is_doubted && self->due_us != I2CTARGET_FOREVER;
    if (is_set || (!is_any && !is_doubted)) /* unlock() sees to a limit that is put off */
        return;
    int64_t at_us = self->chip->clock->now_us() + (is_any ? delay_us(self) : DOUBT_US);
    if (at_us >= self->due_us)
        return;
    self->due_us = at_us;
    self->chip->clock->set_alarm();
}

/* Before the handler is left. */
static void finish(struct gpio_target *self)
{
    if (self->is_ready)
        return;
    keep_limit(self);
    settle_doubt(self);
    listen(self, !i2ctarget_gpio_is_holding(self));
    set_alarm(self);
    self->is_ready = self->chip->stay_ns > 0 && self->levels == GPIO_LINES &&
                     !i2ctarget_gpio_has_work(self) &&
                     (self->bus != GPIO_BUS_KNOWN || !self->driver.line.in_transfer);
}

/* While SCL is held nobody else can do anything that matters, so only the alarm comes. */
void i2ctarget_gpio_follow(struct gpio_target *self)
{
    self->is_ready = self->has_put_off_limit = false;
    if (self->has_ended || self->has_deferred)
        i2ctarget_gpio_raise_deferred(self);
    bool was_held = i2ctarget_gpio_is_holding(self);
    if (was_held)
        i2ctarget_gpio_resume(self);
    if (self->lets_go || !i2ctarget_gpio_is_holding(self))
        follow_edges(self, was_held);
    finish(self);
}

/* A message has been followed, in a hurry.  Returns false if there was no START. */
static bool go_along(struct gpio_target *self, enum gpio_stayed stayed)
{
    if (stayed == GPIO_NO_START)
        return false;
    bool is_left = hand_back(self, stayed);
    if (!self->is_ready && !i2ctarget_gpio_is_holding(self) && (!is_left || await_fall(self)))
        follow_edges(self, true);
    finish(self);
    return true;
}

static bool enter(struct gpio_target *self)
{
    self->is_ready = false;
    return go_along(self, self->chip->enter(self));
}

static bool is_at_rest(const struct gpio_target *self)
{
    return self->is_ready && self->bus == GPIO_BUS_KNOWN;
}

/*
 * Interrupts were masked for long.  A START that has come meanwhile may be too old when its interrupt
 * looks, so one that watches takes it now.
 */
void i2ctarget_gpio_look_behind(struct gpio_target *self)
{
    while (self->watches && is_at_rest(self) && go_along(self, self->chip->watch(self, false)))
        ;
}

void i2ctarget_gpio_irq(struct gpio_target *self)
{
    uint32_t state = cpu_irq_save();
    if (self->target && !(self->is_ready && enter(self)))
        i2ctarget_gpio_follow(self);
    cpu_irq_restore(state);
}

/*
 * What came before interrupts were masked has been served: the latches have nothing to tell, and the
 * alarm does not come again.
 */
bool i2ctarget_gpio_watch(struct gpio_target *self)
{
    uint32_t state = cpu_irq_save();
    bool can_watch = is_at_rest(self), is_called = self->raised || self->is_over;
    if (can_watch && !is_called && go_along(self, self->chip->watch(self, true)))
        i2ctarget_gpio_look_behind(self);
    cpu_irq_restore(state);
    return can_watch;
}

/* A wait that is over needs no more than the interrupt: whoever sleeps wakes, and looks at the clock. */
void i2ctarget_gpio_alarm(struct gpio_target *self)
{
    uint32_t state = cpu_irq_save();
    if (!self->target) {
        cpu_irq_restore(state);
        return;
    }
    int64_t now_us = self->chip->clock->now_us();
    self->is_over = now_us >= self->until_us;
    if (now_us >= self->due_us) {
        self->due_us = I2CTARGET_FOREVER;
        i2ctarget_gpio_follow(self);
    }
    cpu_irq_restore(state);
}
