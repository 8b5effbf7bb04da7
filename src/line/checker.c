/* SPDX-License-Identifier: MIT */
/*
 * At each look the present pulls of each target are compared with those at the last look.
 *
 *     SCL  ~~~|_________________________|~~~~
 *             ^ fell                    ^ rose
 *             |<-hold->|                |
 *             |<---- valid ---->|<setup>|
 *     SDA  ----------------X-----------------    moved once, in the middle
 *
 * Hold and valid are checked when SDA moves, set-up when SCL rises, a stretch when it is over.  SCL
 * is "low because of targets" when it is low and only watched participants pull it.
 *
 * It is no violation to release both lines 25 ms or more after SCL fell.  That is the time-out that
 * SMBus demands (SMBus 3, §4.2.5, t_TIMEOUT).
 */
#include "line/checker.h"

#include <stddef.h>

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void report(struct checker *checker, enum checker_rule rule, const struct wires *wires,
                   uint64_t measured_ns, const struct i2ctarget_checker_watch *watch)
{
    if (checker->violation_count < CHECKER_VIOLATIONS_MAX) {
        checker->violations[checker->violation_count] = (struct checker_violation){
            .rule = rule, .at_ns = wires->now_ns, .measured_ns = measured_ns, .by = watch->target};
    }
    checker->violation_count++;
}

static bool is_time_out(const struct checker *checker, const struct wires *wires,
                        struct line_pulls pulls)
{
    return !pulls.scl_low && !pulls.sda_low && checker->scl_fell_ns != WIRES_NEVER &&
           wires->now_ns - checker->scl_fell_ns >= SMBUS_TIMEOUT_NS;
}

/* The target moved SDA in this low phase of SCL (or at its beginning or end). */
static void on_sda_moved_low(struct checker *checker, struct i2ctarget_checker_watch *watch,
                             const struct wires *wires)
{
    if (is_time_out(checker, wires, watch->target->pulls))
        return;
    watch->sda_moved_ns = wires->now_ns;
    if (checker->scl_fell_ns == WIRES_NEVER)
        return;
    uint64_t since_fall_ns = wires->now_ns - checker->scl_fell_ns;
    if (since_fall_ns < checker->hold_min_ns)
        report(checker, CHECKER_DATA_HOLD, wires, since_fall_ns, watch);
    if (since_fall_ns > checker->timing->data_valid_ns && !watch->pulls.scl_low)
        report(checker, CHECKER_DATA_VALID, wires, since_fall_ns, watch);
}

/*
 * The target does not hold SCL any more, or a controller holds it again.  WIRES_NEVER: the target
 * did not hold it, so there was no stretch.
 */
static void end_stretch(struct checker *checker, const struct i2ctarget_checker_watch *watch,
                        const struct wires *wires)
{
    if (watch->may_stretch || checker->controller_released_ns == WIRES_NEVER)
        return;
    uint64_t since_ns = later(checker->controller_released_ns, watch->scl_pulled_ns);
    if (wires->now_ns > since_ns)
        report(checker, CHECKER_STRETCH, wires, wires->now_ns - since_ns, watch);
}

static void on_scl_pull_changed(struct checker *checker, struct i2ctarget_checker_watch *watch,
                                const struct wires *wires, bool scl_was_high)
{
    if (watch->target->pulls.scl_low) {
        watch->scl_pulled_ns = wires->now_ns;
        if (scl_was_high)
            report(checker, CHECKER_SCL_PULLED_WHILE_HIGH, wires, 0, watch);
    } else {
        end_stretch(checker, watch, wires);
        watch->scl_pulled_ns = WIRES_NEVER;
    }
}

static void look_at_target(struct checker *checker, struct i2ctarget_checker_watch *watch,
                           const struct wires *wires, bool scl_was_high)
{
    struct line_pulls pulls = watch->target->pulls;
    if (pulls.sda_low != watch->pulls.sda_low) {
        if (scl_was_high && wires->scl)
            report(checker, CHECKER_SDA_MOVED_WHILE_SCL_HIGH, wires, 0, watch);
        else
            on_sda_moved_low(checker, watch, wires);
    }
    if (pulls.scl_low != watch->pulls.scl_low)
        on_scl_pull_changed(checker, watch, wires, scl_was_high);
    watch->pulls = pulls;
}

/* SCL was low because of targets, and is not any more: it rose, or a controller pulls it again. */
static void end_visible_stretch(struct checker *checker, const struct wires *wires)
{
    uint64_t since_ns = checker->controller_released_ns;
    if (since_ns == WIRES_NEVER)
        return;
    if (checker->scl_fell_ns != WIRES_NEVER)
        since_ns = later(since_ns, checker->scl_fell_ns);
    checker->longest_stretch_ns = later(checker->longest_stretch_ns, wires->now_ns - since_ns);
}

static void look_at_controllers(struct checker *checker, const struct wires *wires)
{
    unsigned target_pulls = 0;
    for (unsigned i = 0; i < checker->target_count; i++)
        target_pulls += checker->targets[i].pulls.scl_low;
    bool pulled = wires->scl_pulls > target_pulls;
    bool was_pulled = checker->controller_released_ns == WIRES_NEVER;
    if (pulled && !was_pulled) {
        end_visible_stretch(checker, wires);
        for (unsigned i = 0; i < checker->target_count; i++)
            end_stretch(checker, &checker->targets[i], wires);
        checker->controller_released_ns = WIRES_NEVER;
    } else if (!pulled && was_pulled) {
        checker->controller_released_ns = wires->now_ns;
    }
}

static void on_scl_fell(struct checker *checker, const struct wires *wires)
{
    checker->scl_fell_ns = wires->now_ns;
    for (unsigned i = 0; i < checker->target_count; i++)
        checker->targets[i].sda_moved_ns = WIRES_NEVER;
}

static void on_scl_rose(struct checker *checker, const struct wires *wires)
{
    end_visible_stretch(checker, wires);
    for (unsigned i = 0; i < checker->target_count; i++) {
        const struct i2ctarget_checker_watch *watch = &checker->targets[i];
        if (watch->sda_moved_ns == WIRES_NEVER)
            continue;
        uint64_t setup_ns = wires->now_ns - watch->sda_moved_ns;
        if (setup_ns < checker->timing->data_setup_ns)
            report(checker, CHECKER_DATA_SETUP, wires, setup_ns, watch);
    }
}

static void edge(struct wires_observer *self, const struct wires *wires)
{
    struct checker *checker = (struct checker *)self;
    bool scl_was_high = checker->scl;
    checker->scl = wires->scl;
    if (scl_was_high && !wires->scl)
        on_scl_fell(checker, wires);
    for (unsigned i = 0; i < checker->target_count; i++)
        look_at_target(checker, &checker->targets[i], wires, scl_was_high);
    look_at_controllers(checker, wires);
    if (!scl_was_high && wires->scl)
        on_scl_rose(checker, wires);
}

void i2ctarget_checker_init(struct checker *checker, struct wires *wires, uint32_t scl_hz,
                            uint32_t hold_min_ns)
{
    *checker = (struct checker){
        .observer = {.edge = edge},
        .timing = i2ctarget_bus_timing_for(scl_hz),
        .hold_min_ns = hold_min_ns,
        .scl = wires->scl,
        .scl_fell_ns = WIRES_NEVER,
        .controller_released_ns = WIRES_NEVER,
    };
    i2ctarget_wires_observe(wires, &checker->observer);
}

void i2ctarget_checker_watch(struct checker *checker, const struct wires_participant *target,
                             bool may_stretch)
{
    if (checker->target_count == CHECKER_TARGETS_MAX)
        __builtin_trap();
    checker->targets[checker->target_count++] = (struct i2ctarget_checker_watch){
        .target = target,
        .may_stretch = may_stretch,
        .pulls = target->pulls,
        .sda_moved_ns = WIRES_NEVER,
        .scl_pulled_ns = target->pulls.scl_low ? 0 : WIRES_NEVER,
    };
}

/* NULL: it is not watched. */
static struct i2ctarget_checker_watch *watch_of(struct checker *checker,
                                                const struct wires_participant *target)
{
    for (unsigned i = 0; i < checker->target_count; i++) {
        if (checker->targets[i].target == target)
            return &checker->targets[i];
    }
    return NULL;
}

void i2ctarget_checker_unwatch(struct checker *checker, const struct wires_participant *target)
{
    struct i2ctarget_checker_watch *watch = watch_of(checker, target);
    if (watch)
        *watch = checker->targets[--checker->target_count];
}

void i2ctarget_checker_forbid_stretch(struct checker *checker,
                                      const struct wires_participant *target)
{
    struct i2ctarget_checker_watch *watch = watch_of(checker, target);
    if (watch)
        watch->may_stretch = false;
}

const char *i2ctarget_checker_rule_name(enum checker_rule rule)
{
    static const char *const names[CHECKER_RULE_COUNT] = {
        [CHECKER_SDA_MOVED_WHILE_SCL_HIGH] = "SDA moved while SCL was high",
        [CHECKER_SCL_PULLED_WHILE_HIGH] = "SCL pulled while it was high",
        [CHECKER_DATA_SETUP] = "data set-up time too short",
        [CHECKER_DATA_HOLD] = "data hold time too short",
        [CHECKER_DATA_VALID] = "data valid too late",
        [CHECKER_STRETCH] = "SCL stretched by a target that must not",
    };
    return (unsigned)rule < CHECKER_RULE_COUNT ? names[rule] : "unknown rule";
}
