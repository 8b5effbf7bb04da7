/* SPDX-License-Identifier: MIT */
/*
 * The list of faults, and the participant that follows the bus for them.
 *
 * While a fault pulls a line for its own sake (a glitch, a stuck line on a free bus) the levels say
 * nothing of the controller's place.  So they are not followed (`is_aside`).  Afterwards the
 * position goes on with the levels that are there without the fault.
 */
#include "line/faults.h"

#include <stddef.h>

#include "line/fault_acts.h"

static bool is_empty(const struct faults *faults)
{
    return i2ctarget_faults_next(faults, 0) == NULL;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- the participant ------------------------------------------------------------------------- */

static void apply(struct faults *faults, struct wires *wires)
{
    struct line_pulls pulls = {faults->scl_until_ns != 0, faults->sda_until_ns != 0};
    uint64_t wake_ns = sooner(faults->late_ns, sooner(faults->glitch_ns, faults->idle_ns));
    if (pulls.scl_low)
        wake_ns = sooner(wake_ns, faults->scl_until_ns);
    if (pulls.sda_low)
        wake_ns = sooner(wake_ns, faults->sda_until_ns);
    faults->participant.wake_ns = wake_ns;
    i2ctarget_wires_pull(wires, &faults->participant, pulls);
}

static void follow(struct faults *faults, struct wires *wires, bool scl, bool sda)
{
    switch (i2ctarget_bus_position_step(&faults->position, scl, sda)) {
    case BUS_POSITION_SAME:
        break;
    case BUS_POSITION_START:
        faults->idle_ns = WIRES_NEVER;
        i2ctarget_fault_acts_start(faults);
        break;
    case BUS_POSITION_STOP:
        faults->idle_ns = wires->now_ns + faults->controller->timing->free_ns / 2;
        break;
    case BUS_POSITION_ROSE:
        i2ctarget_fault_acts_rose(faults, wires);
        break;
    case BUS_POSITION_FELL:
        faults->fell_ns = wires->now_ns;
        faults->late_ns = wires->now_ns + faults->hold_ns;
        i2ctarget_fault_acts_fell(faults, wires);
        break;
    }
}

/* The levels without our pulls: if others pull a line, no edge shows that we do not any more. */
static void come_back(struct faults *faults, struct wires *wires)
{
    struct line_pulls ours = faults->participant.pulls;
    faults->is_aside = false;
    follow(faults, wires, wires->scl_pulls == (unsigned)ours.scl_low,
           wires->sda_pulls == (unsigned)ours.sda_low);
}

static void end_pulls(struct faults *faults, struct wires *wires)
{
    if (faults->scl_until_ns <= wires->now_ns) {
        faults->scl_until_ns = 0;
        faults->is_holding = false;
    }
    if (faults->sda_until_ns <= wires->now_ns)
        faults->sda_until_ns = 0;
    if (faults->is_aside && !faults->scl_until_ns && !faults->sda_until_ns)
        come_back(faults, wires);
}

static void act_in_time(struct faults *faults, struct wires *wires)
{
    if (faults->late_ns <= wires->now_ns) {
        faults->late_ns = WIRES_NEVER;
        i2ctarget_fault_acts_late(faults, wires);
    }
    if (faults->glitch_ns <= wires->now_ns) {
        faults->glitch_ns = WIRES_NEVER;
        i2ctarget_fault_acts_glitch(faults, wires);
    }
    if (faults->idle_ns <= wires->now_ns) {
        faults->idle_ns = WIRES_NEVER;
        i2ctarget_fault_acts_idle(faults, wires);
    }
}

/* Who hears nothing and waits for nothing is not even asked when it wakes. */
static void rest(struct faults *faults, struct wires *wires)
{
    const struct wires_participant *self = &faults->participant;
    if (self->ignores == WIRES_ALL_EDGES && self->wake_ns == WIRES_NEVER && !self->pulls.scl_low &&
        !self->pulls.sda_low)
        i2ctarget_wires_suspend(wires, &faults->participant);
}

static void step(struct wires_participant *self, struct wires *wires)
{
    struct faults *faults = (struct faults *)self;
    bool was_aside = faults->is_aside; /* then the levels are those of our pulls still */
    end_pulls(faults, wires);
    if (!was_aside)
        follow(faults, wires, wires->scl, wires->sda);
    act_in_time(faults, wires);
    apply(faults, wires);
    rest(faults, wires);
}

/* ---- what a bus calls ------------------------------------------------------------------------ */

void i2ctarget_faults_init(struct faults *faults, struct wires *wires,
                           struct controller_line *controller, uint32_t scl_hz)
{
    *faults = (struct faults){
        .participant = {.step = step, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES},
        .controller = controller,
        .hold_ns = i2ctarget_line_driver_timing_for(scl_hz).hold_ns,
        .period_ns = 1000000000u / scl_hz,
        .late_ns = WIRES_NEVER,
        .glitch_ns = WIRES_NEVER,
        .idle_ns = WIRES_NEVER,
    };
    i2ctarget_wires_join(wires, &faults->participant);
    rest(faults, wires);
}

void i2ctarget_faults_adopt(struct faults *faults, struct wired_target *target)
{
    target->next_with_faults = faults->targets;
    faults->targets = target;
}

void i2ctarget_faults_disown(struct faults *faults, struct wired_target *target)
{
    struct wired_target **at = &faults->targets;
    while (*at && *at != target)
        at = &(*at)->next_with_faults;
    if (*at)
        *at = target->next_with_faults;
    if (faults->inverted == target)
        faults->inverted = NULL;
    target->refuses = target->sda_inverted = false;
}

static void begin_to_follow(struct faults *faults, struct wires *wires)
{
    i2ctarget_wires_resume(wires, &faults->participant);
    i2ctarget_bus_position_init(&faults->position, wires->scl, wires->sda);
    faults->participant.ignores = 0;
}

/* A transfer that is under way may not be known, but its STOP will be seen. */
static bool is_free(const struct faults *faults, const struct wires *wires)
{
    return wires->scl && wires->sda && !faults->position.in_message &&
           !i2ctarget_controller_line_busy(faults->controller);
}

static struct fault_entry *free_entry(struct faults *faults)
{
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++) {
        if (faults->entries[i].count.number == 0)
            return &faults->entries[i];
    }
    return NULL;
}

/* Seeds that are near each other must not begin alike, and xorshift can not leave 0. */
static uint32_t first_dice(uint32_t seed)
{
    uint32_t dice = (seed + 1) * 2654435769u;
    dice ^= dice >> 16;
    dice *= 2246822507u;
    dice ^= dice >> 13;
    return dice ? dice : 1;
}

uint32_t i2ctarget_faults_add(struct faults *faults, struct wires *wires,
                              const struct i2ctarget_fault *fault,
                              char why[I2CTARGET_FAULT_WHY_MAX])
{
    static const char full[] = "the bus has as many faults as it can take";
    struct fault_entry *entry = free_entry(faults);
    if (!i2ctarget_fault_check(fault, why))
        return 0;
    if (!entry) {
        for (size_t i = 0; i < sizeof full; i++)
            why[i] = full[i];
        return 0;
    }
    if (is_empty(faults))
        begin_to_follow(faults, wires);
    *entry = (struct fault_entry){.count = {.fault = *fault, .number = ++faults->last_number},
                                  .dice = first_dice(fault->seed)};
    if (fault->byte == I2CTARGET_FAULT_IDLE && is_free(faults, wires)) {
        faults->idle_ns = wires->now_ns;
        step(&faults->participant, wires);
        i2ctarget_wires_settle(wires);
    }
    return entry->count.number;
}

/* What is under way by this fault ends. */
static void forget(struct faults *faults, struct fault_entry *entry)
{
    if (faults->contender == entry)
        faults->contender = NULL;
    if (faults->unstopped == entry) {
        faults->controller->omits_stop = false;
        faults->unstopped = NULL;
    }
    *entry = (struct fault_entry){0};
}

bool i2ctarget_faults_remove(struct faults *faults, struct wires *wires, uint32_t number)
{
    bool is_found = number == 0;
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++) {
        struct fault_entry *entry = &faults->entries[i];
        if (entry->count.number == 0 || (number != 0 && entry->count.number != number))
            continue;
        forget(faults, entry);
        is_found = true;
    }
    if (is_found)
        i2ctarget_faults_let_go(faults, wires);
    return is_found;
}

const struct i2ctarget_fault_count *i2ctarget_faults_next(const struct faults *faults,
                                                          uint32_t after)
{
    const struct i2ctarget_fault_count *next = NULL;
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++) {
        const struct i2ctarget_fault_count *count = &faults->entries[i].count;
        if (count->number > after && (!next || count->number < next->number))
            next = count;
    }
    return next;
}

/*
 * Without any fault edges are not followed any more, but for an inverter that is to be taken away
 * in the next bit.
 */
void i2ctarget_faults_let_go(struct faults *faults, struct wires *wires)
{
    faults->scl_until_ns = faults->sda_until_ns = 0;
    faults->contender = NULL; /* it does not pull in this bit, so it wins none */
    faults->is_holding = false;
    i2ctarget_wires_resume(wires, &faults->participant);
    step(&faults->participant, wires);
    i2ctarget_wires_settle(wires);
    faults->participant.ignores = is_empty(faults) && !faults->inverted ? WIRES_ALL_EDGES : 0;
    rest(faults, wires);
}
