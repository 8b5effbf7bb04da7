/* SPDX-License-Identifier: MIT */
#include "line/wires.h"

#include <stddef.h>

void i2ctarget_wires_init(struct wires *wires)
{
    *wires = (struct wires){.scl = true, .sda = true};
}

void i2ctarget_wires_join(struct wires *wires, struct wires_participant *participant)
{
    struct wires_participant **end = &wires->participants;
    while (*end)
        end = &(*end)->next;
    participant->next = NULL;
    participant->pulls = (struct line_pulls){false, false};
    *end = participant;
}

void i2ctarget_wires_leave(struct wires *wires, struct wires_participant *participant)
{
    i2ctarget_wires_pull(wires, participant, (struct line_pulls){false, false});
    struct wires_participant **at = &wires->participants;
    while (*at && *at != participant)
        at = &(*at)->next;
    if (*at)
        *at = participant->next;
    i2ctarget_wires_settle(wires);
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

void i2ctarget_wires_pull(struct wires *wires, struct wires_participant *participant,
                          struct line_pulls pulls)
{
    struct line_pulls before = participant->pulls;
    if (before.scl_low == pulls.scl_low && before.sda_low == pulls.sda_low)
        return;
    wires->scl_pulls += (unsigned)pulls.scl_low - (unsigned)before.scl_low;
    wires->sda_pulls += (unsigned)pulls.sda_low - (unsigned)before.sda_low;
    participant->pulls = pulls;
    wires->pulls_changed = true;
}

static void tell_observers(struct wires *wires)
{
    for (struct wires_observer *observer = wires->observers; observer; observer = observer->next)
        observer->edge(observer, wires);
}

static void tell_participants(struct wires *wires)
{
    for (struct wires_participant *participant = wires->participants; participant;
         participant = participant->next) {
        if (!participant->ignores_edges)
            participant->step(participant, wires);
    }
}

/*
 * All participants see the levels of the same moment.  The pulls that they then make give the next
 * moment.
 */
void i2ctarget_wires_settle(struct wires *wires)
{
    while (wires->pulls_changed) {
        wires->pulls_changed = false;
        bool scl = wires->scl_pulls == 0;
        bool sda = wires->sda_pulls == 0;
        bool moved = scl != wires->scl || sda != wires->sda;
        wires->scl = scl;
        wires->sda = sda;
        tell_observers(wires);
        if (moved)
            tell_participants(wires);
    }
}

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
    for (struct wires_participant *participant = wires->participants; participant;
         participant = participant->next) {
        if (participant->wake_ns > next_ns)
            continue;
        participant->wake_ns = WIRES_NEVER;
        participant->step(participant, wires);
    }
    i2ctarget_wires_settle(wires);
    return true;
}

void i2ctarget_wires_pass(struct wires *wires, uint64_t until_ns)
{
    while (i2ctarget_wires_step(wires, until_ns))
        ;
    if (until_ns > wires->now_ns)
        wires->now_ns = until_ns;
}
