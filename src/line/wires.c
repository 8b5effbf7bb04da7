/* SPDX-License-Identifier: MIT */
#include "line/wires.h"

#include <stddef.h>

void i2ctarget_wires_init(struct wires *wires)
{
    *wires = (struct wires){.scl = true, .sda = true, .scl_was = true, .sda_was = true};
}

void i2ctarget_wires_join(struct wires *wires, struct wires_participant *participant)
{
    participant->pulls = (struct line_pulls){false, false};
    participant->place = wires->joined++;
    i2ctarget_wires_resume(wires, participant);
}

void i2ctarget_wires_leave(struct wires *wires, struct wires_participant *participant)
{
    i2ctarget_wires_pull(wires, participant, (struct line_pulls){false, false});
    i2ctarget_wires_suspend(wires, participant);
    i2ctarget_wires_settle(wires);
}

/* Whoever goes through the list finds the next one from here, too. */
void i2ctarget_wires_suspend(struct wires *wires, struct wires_participant *participant)
{
    struct wires_participant **at = &wires->participants;
    while (*at && *at != participant)
        at = &(*at)->next;
    if (*at)
        *at = participant->next;
}

void i2ctarget_wires_resume(struct wires *wires, struct wires_participant *participant)
{
    struct wires_participant **at = &wires->participants;
    while (*at && (*at)->place < participant->place)
        at = &(*at)->next;
    if (*at == participant)
        return;
    participant->next = *at;
    *at = participant;
}

void i2ctarget_wires_observe(struct wires *wires, struct wires_observer *observer)
{
    struct wires_observer **end = &wires->observers;
    while (*end)
        end = &(*end)->next;
    observer->next = NULL;
    *end = observer;
}

void i2ctarget_wires_unobserve(struct wires *wires, struct wires_observer *observer)
{
    struct wires_observer **at = &wires->observers;
    while (*at && *at != observer)
        at = &(*at)->next;
    if (*at)
        *at = observer->next;
}

static void tell_participants(struct wires *wires, uint8_t edge)
{
    for (struct wires_participant *participant = wires->participants; participant;
         participant = participant->next) {
        if (!(participant->ignores & edge))
            participant->step(participant, wires);
    }
}

static enum wires_edge edge_of(const struct wires *wires)
{
    if (wires->scl != wires->scl_was)
        return wires->scl ? WIRES_RISE : WIRES_FALL;
    return wires->scl ? WIRES_CONDITION : WIRES_DATA;
}

/*
 * All participants see the levels of the same moment.  The pulls that they then make give the next
 * moment.
 */
void i2ctarget_wires_settle(struct wires *wires)
{
    while (wires->pulls_changed) {
        i2ctarget_wires_look(wires);
        if (wires->scl == wires->scl_was && wires->sda == wires->sda_was)
            continue;
        tell_participants(wires, (uint8_t)edge_of(wires));
        i2ctarget_wires_rest(wires);
    }
}

/* ---- runs ------------------------------------------------------------------------------------ */

enum { CLOCK_EDGES = WIRES_DATA | WIRES_RISE | WIRES_FALL };

static bool hears(const struct wires_participant *other, int edges)
{
    return ~other->ignores & edges;
}

/* Who hears the fall only can miss one clock, because the last fall is told. */
static bool may_miss(const struct wires_participant *other, struct wires_run *run)
{
    if (!hears(other, CLOCK_EDGES))
        return true;
    if (other->follower)
        return other->follower->join(other, run);
    run->clocks = 1;
    return !hears(other, WIRES_DATA | WIRES_RISE);
}

bool i2ctarget_wires_begin_run(const struct wires *wires, const struct wires_participant *self,
                               struct wires_run *run, uint64_t first_ns)
{
    uint64_t first_over_ns = wires->now_ns + first_ns;
    run->until_ns = wires->until_ns;
    if (wires->pulls_changed || wires->takes_long_way)
        return false;
    for (const struct wires_participant *other = wires->participants; other; other = other->next) {
        if (other == self)
            continue;
        if (other->wake_ns <= first_over_ns || !may_miss(other, run))
            return false;
        if (other->wake_ns <= run->until_ns)
            run->until_ns = other->wake_ns - 1;
    }
    return first_over_ns <= run->until_ns && run->low_ns > run->spike_ns &&
           run->high_ns > run->spike_ns;
}

void i2ctarget_wires_end_run(const struct wires *wires, const struct wires_participant *self,
                             const struct wires_run *run)
{
    for (struct wires_participant *other = wires->participants; other; other = other->next) {
        if (other != self && other->follower && hears(other, CLOCK_EDGES))
            other->follower->follow(other, run);
    }
}

bool i2ctarget_wires_hides_data(const struct wires *wires, const struct wires_participant *self,
                                uint64_t until_ns)
{
    if (wires->observers || wires->takes_long_way || wires->until_ns < until_ns)
        return false;
    for (const struct wires_participant *other = wires->participants; other; other = other->next) {
        if (other != self && (other->wake_ns <= until_ns || hears(other, WIRES_DATA)))
            return false;
    }
    return true;
}

bool i2ctarget_wires_skip(struct wires *wires, const struct wires_participant *self,
                          uint64_t until_ns)
{
    if (!i2ctarget_wires_hides_data(wires, self, until_ns))
        return false;
    i2ctarget_wires_settle_alone(wires);
    wires->now_ns = until_ns;
    return true;
}

/* ---- steps ----------------------------------------------------------------------------------- */

uint64_t i2ctarget_wires_next_ns(const struct wires *wires)
{
    uint64_t next_ns = WIRES_NEVER;
    for (const struct wires_participant *participant = wires->participants; participant;
         participant = participant->next) {
        if (participant->wake_ns < next_ns)
            next_ns = participant->wake_ns;
    }
    return next_ns;
}

bool i2ctarget_wires_step(struct wires *wires, uint64_t until_ns)
{
    uint64_t next_ns = i2ctarget_wires_next_ns(wires);
    if (next_ns == WIRES_NEVER || next_ns > until_ns)
        return false;
    if (next_ns > wires->now_ns)
        wires->now_ns = next_ns;
    wires->until_ns = until_ns;
    for (struct wires_participant *participant = wires->participants; participant;
         participant = participant->next) {
        if (participant->wake_ns > next_ns)
            continue;
        participant->wake_ns = WIRES_NEVER;
        participant->step(participant, wires);
    }
    i2ctarget_wires_settle(wires);
    wires->until_ns = 0;
    return true;
}

void i2ctarget_wires_pass(struct wires *wires, uint64_t until_ns)
{
    while (i2ctarget_wires_step(wires, until_ns))
        ;
    if (until_ns > wires->now_ns)
        wires->now_ns = until_ns;
}
