/* SPDX-License-Identifier: MIT */
/*
 * One loop, bus_run(), takes the next transfer and steps the wires.  It stops where only a call
 * from outside can make the transfer go on.
 *
 *     idle ──submit──► running ──► held ──answer──► running ──► finished ──► next, or idle
 *                     │             └─ deadline: cut the holder, STOP, CONTROLLER_ABORTED
 *                     └──► paused ──go on──► running          (an open transfer)
 *                            └─ deadline: STOP
 */
#include "bus/bus.h"

#include <string.h>
#include <time.h>

#include "bus/forecast.h"
#include "i2ctarget/event.h"

enum {
    SLICE_STEPS = 3000, /* about a millisecond of work without a break; some are whole bytes */
    ANSWER_NS = 10000,  /* a late answer reaches the wires within this time */
};
/* A forecast comes true within one slice, so nothing is served meanwhile. */
_Static_assert((BUS_FORECAST_BYTES_MAX + 2) * 9 * 6 < SLICE_STEPS, "with all edges of each clock");

#define PATIENCE_FOR_THE_DEAD_NS UINT64_C(1000000000)

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t bus_real_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

void bus_init(struct bus *bus, uint32_t scl_hz)
{
    *bus = (struct bus){0};
    bus->last = &bus->first;
    bus->look_ns = WIRES_NEVER;
    i2ctarget_wires_init(&bus->wires);
    i2ctarget_controller_line_init(&bus->controller, &bus->wires, scl_hz);
    bus_prepare_faults(bus, scl_hz);
    /* Simulated wires have no spikes but those of faults, so there is no filter. */
    bus->timing = i2ctarget_line_driver_timing_for(scl_hz);
    i2ctarget_bystanders_init(&bus->bystanders, &bus->wires, &bus->timing);
    bus->skew_ns = bus->wires.now_ns - bus_real_ns();
}

void bus_watch(struct bus *bus, struct bus_watcher *watcher)
{
    struct bus_watcher **end = &bus->watchers;
    while (*end)
        end = &(*end)->next;
    watcher->next = NULL;
    *end = watcher;
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Nothing more happens until an answer comes from outside, or a fault is over. */
static bool is_held(const struct bus *bus)
{
    if (!i2ctarget_controller_line_is_stretched(&bus->controller, &bus->wires))
        return false;
    for (const struct visit *visit = bus->visits.first; visit; visit = visit->next) {
        if (bus_target_holds(visit->owner))
            return true;
    }
    return i2ctarget_faults_hold(&bus->faults);
}

/*
 * An SMBus limit is about to cut a target that holds.  Its answer may be on its way, and would
 * still be in time.
 */
static uint64_t settle_limits(struct bus *bus, uint64_t until_ns)
{
    for (struct visit *visit = bus->visits.first; visit; visit = visit->next) {
        struct bus_target *target = visit->owner;
        uint64_t limit_ns = i2ctarget_line_driver_limit_ns(&target->wired.driver);
        if (bus_target_holds(target) && limit_ns - ANSWER_NS <= until_ns && target->revoked(target))
            until_ns = limit_ns > until_ns ? limit_ns : until_ns;
    }
    return until_ns;
}

/* Otherwise it passes with the bits alone. */
static bool passes_as_real_time(const struct bus *bus)
{
    return !bus->active || is_held(bus);
}

static void catch_up(struct bus *bus, uint64_t real_ns)
{
    uint64_t until_ns = real_ns + bus->skew_ns;
    if (bus->active && is_held(bus))
        until_ns = settle_limits(bus, until_ns);
    if (passes_as_real_time(bus))
        i2ctarget_wires_pass(&bus->wires, until_ns);
}

void bus_catch_up(struct bus *bus)
{
    if (passes_as_real_time(bus))
        catch_up(bus, bus_real_ns());
}

/*
 * From now on virtual time passes as real time does.  It starts from where the bits have brought
 * it.
 */
static void anchor(struct bus *bus, uint64_t real_ns)
{
    if (bus->wires.now_ns > real_ns + bus->skew_ns)
        bus->skew_ns = bus->wires.now_ns - real_ns;
}

static uint64_t earlier(uint64_t a_ns, uint64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

uint64_t bus_wake_ns(const struct bus *bus)
{
    if (bus->has_news)
        return 0;
    if (!bus->active)
        return WIRES_NEVER;
    uint64_t next_ns = i2ctarget_wires_next_ns(&bus->wires);
    if (next_ns == WIRES_NEVER || bus->is_paused)
        return earlier(bus->deadline_ns, bus->look_ns);
    return earlier(next_ns - bus->skew_ns, earlier(bus->deadline_ns, bus->look_ns));
}

/* ---- transfers ------------------------------------------------------------------------------- */

/*
 * The controller's time is over.  The holders are taken off the wires, so that the controller can
 * make its STOP.  If one of them has just answered, the answer counts, and this is tried again at
 * the next hold.
 */
static void give_up(struct bus *bus)
{
    bool is_answered = false;
    for (struct visit *visit = bus->visits.first; visit; visit = visit->next) {
        struct bus_target *target = visit->owner;
        if (!bus_target_holds(target))
            continue;
        if (target->revoked(target))
            i2ctarget_wired_target_cut(&target->wired, &bus->wires, I2CTARGET_BUS_ERROR);
        else
            is_answered = true;
    }
    if (is_answered)
        return;
    i2ctarget_faults_let_go(&bus->faults, &bus->wires);
    bus_note(bus, PROTOCOL_REASON_TIMEOUT);
    i2ctarget_controller_line_abort(&bus->controller);
}

/* Gives each message room for its acknowledge bits. */
static void lend_acks(struct bus *bus, struct controller_message *messages, size_t count)
{
    for (size_t i = 0; i < count; i++)
        messages[i].acks = bus->acks[i];
}

void bus_submit(struct bus *bus, struct bus_transfer *transfer)
{
    transfer->next = NULL;
    *bus->last = transfer;
    bus->last = &transfer->next;
}

void bus_repeat(struct bus *bus, struct bus_transfer *transfer)
{
    transfer->next = bus->first;
    bus->first = transfer;
    if (!transfer->next)
        bus->last = &transfer->next;
}

/* Removes the transfer from the queue, if it is there. */
static void forget(struct bus *bus, const struct bus_transfer *transfer)
{
    struct bus_transfer **at = &bus->first;
    while (*at && *at != transfer)
        at = &(*at)->next;
    if (*at) {
        *at = transfer->next;
        if (bus->last == &transfer->next)
            bus->last = at;
    }
}

bool bus_is_paused(const struct bus *bus, const struct bus_transfer *transfer)
{
    return bus->active == transfer && bus->is_paused;
}

void bus_go_on(struct bus *bus, struct bus_transfer *transfer, size_t count, bool is_open)
{
    uint64_t real_ns = bus_real_ns();
    transfer->count = count;
    transfer->is_open = is_open;
    bus->is_paused = false;
    bus->has_news = true;
    bus->skew_ns = bus->wires.now_ns - real_ns;
    bus->at_work_ns = real_ns;
    bus->deadline_ns = real_ns + transfer->timeout_ns;
    lend_acks(bus, transfer->messages, count);
    i2ctarget_controller_line_continue(&bus->controller, &bus->wires, count, is_open);
}

bool bus_cancel(struct bus *bus, struct bus_transfer *transfer)
{
    if (bus->active != transfer) {
        forget(bus, transfer);
        return true;
    }
    if (bus->is_paused)
        bus_go_on(bus, transfer, transfer->count, false);
    else
        give_up(bus);
    bus->deadline_ns = 0;
    bus->has_news = true;
    return false;
}

bool bus_withdraw(struct bus *bus, struct bus_transfer *transfer)
{
    if (bus->active != transfer) {
        forget(bus, transfer);
        return true;
    }
    uint64_t limit_ns = bus_real_ns() + PATIENCE_FOR_THE_DEAD_NS;
    if (i2ctarget_controller_line_is_paused(&bus->controller))
        bus_go_on(bus, transfer, transfer->count, false);
    else
        i2ctarget_controller_line_leave_open(&bus->controller, false);
    if (bus->deadline_ns > limit_ns)
        bus->deadline_ns = limit_ns;
    return false;
}

static void begin(struct bus *bus)
{
    struct bus_transfer *transfer = bus->first;
    bus->first = transfer->next;
    if (!bus->first)
        bus->last = &bus->first;
    bus->active = transfer;
    bus->real_ns = bus_real_ns();
    bus->at_work_ns = bus->real_ns;
    bus->deadline_ns = bus->real_ns + transfer->timeout_ns;
    bus->number++;
    bus->wall_ns = clock_ns(CLOCK_REALTIME);
    bus->recovery_clocks = bus->controller.recovery_clocks;
    memset(bus->reasons, PROTOCOL_REASON_NONE, sizeof bus->reasons);
    lend_acks(bus, transfer->messages, transfer->count);
    i2ctarget_controller_line_start(&bus->controller, &bus->wires, transfer->messages,
                                    transfer->count);
    i2ctarget_controller_line_leave_open(&bus->controller, transfer->is_open);
}

/*
 * The reason of a NACK that no target gave: no target has the address, or the target was cut off.
 */
static enum protocol_reason silence(const struct bus *bus, const struct controller_message *message)
{
    for (const struct bus_target *target = bus->targets; target; target = target->next) {
        if (bus_target_serves(target, message))
            return PROTOCOL_REASON_DEAF;
    }
    return PROTOCOL_REASON_NO_ADDRESS;
}

static void explain_silence(struct bus *bus, const struct bus_transfer *transfer)
{
    for (size_t i = 0; i < transfer->count; i++) {
        const struct controller_message *message = &transfer->messages[i];
        if (message->called && !message->addressed && bus->reasons[i] == PROTOCOL_REASON_NONE)
            bus->reasons[i] = (uint8_t)silence(bus, message);
    }
}

static void finish(struct bus *bus)
{
    struct bus_transfer *transfer = bus->active;
    bus->active = NULL;
    explain_silence(bus, transfer);
    struct bus_report report = {
        .transfer = transfer,
        .result = bus->controller.result,
        .messages_done = bus->controller.index,
        .number = bus->number,
        .real_ns = bus->real_ns,
        .wall_ns = bus->wall_ns,
        .start_ns = transfer->messages[0].start_ns,
        .duration_ns = bus->wires.now_ns - transfer->messages[0].start_ns,
        .recovery_clocks = bus->controller.recovery_clocks - bus->recovery_clocks,
        .reasons = bus->reasons,
    };
    for (struct bus_watcher *watcher = bus->watchers; watcher; watcher = watcher->next)
        watcher->finished(watcher, &report);
    transfer->done(transfer, &report);
}

/* ---- targets --------------------------------------------------------------------------------- */

/* Only a target that has had an event can hold, or have news. */
static int on_event(void *owner, const struct i2ctarget_event *event)
{
    struct bus_target *target = owner;
    target->has_news = true;
    visits_call(&target->bus->visits, &target->visit);
    return target->answerer(target, event);
}

void bus_join(struct bus *bus, struct bus_target *target,
              const struct i2ctarget_address_set *addresses, bool smbus,
              int (*answerer)(void *owner, const struct i2ctarget_event *event))
{
    bus_look_now(bus);
    i2ctarget_wired_target_init(&target->wired, &bus->wires, &bus->timing, addresses, smbus,
                                on_event, target);
    target->bus = bus;
    target->answerer = answerer;
    target->has_news = false;
    visits_enter(&bus->visits, &target->visit, target);
    i2ctarget_faults_adopt(&bus->faults, &target->wired);
    i2ctarget_wired_target_stand_by(&target->wired, &bus->bystanders);
    target->next = bus->targets;
    bus->targets = target;
}

void bus_set_addresses(struct bus *bus, struct bus_target *target,
                       const struct i2ctarget_address_set *addresses)
{
    bus_look_now(bus);
    i2ctarget_wired_target_set_addresses(&target->wired, addresses);
}

void bus_announce(struct bus *bus, struct bus_target *target)
{
    bus->has_news = true;
    target->has_news = true;
    visits_call(&bus->visits, &target->visit);
}

void bus_leave(struct bus *bus, struct bus_target *target)
{
    struct bus_target **at = &bus->targets;
    while (*at && *at != target)
        at = &(*at)->next;
    if (!*at)
        return;
    bus_catch_up(bus);
    *at = target->next;
    i2ctarget_faults_disown(&bus->faults, &target->wired);
    i2ctarget_wired_target_leave(&target->wired, &bus->wires);
    visits_dismiss(&bus->visits, &target->visit);
}

struct i2ctarget_address_set bus_present(const struct bus *bus)
{
    struct i2ctarget_address_set present = {0};
    for (const struct bus_target *target = bus->targets; target; target = target->next)
        i2ctarget_address_set_merge(&present, &target->wired.driver.addresses);
    return present;
}

void bus_answer(struct bus *bus, struct bus_target *target, int answer)
{
    i2ctarget_wired_target_answer(&target->wired, &bus->wires, answer);
}

void bus_note(struct bus *bus, enum protocol_reason reason)
{
    if (bus->active)
        bus->reasons[bus->controller.current - bus->controller.messages] = (uint8_t)reason;
}

/* ---- the loop -------------------------------------------------------------------------------- */

/*
 * The time-out is for targets that keep the bus waiting.  They are not to blame for the time that
 * the simulation of the bits takes on a slow or busy machine.  So the deadline is moved by that
 * time.
 */
static void excuse_work(struct bus *bus, uint64_t real_ns)
{
    bus->deadline_ns += real_ns - bus->at_work_ns;
}

/* Who announces something meanwhile, or holds, is visited at the next rest, too. */
static void visit_targets(struct bus *bus)
{
    struct visit *next;
    for (struct visit *visit = bus->visits.first; visit; visit = next) {
        struct bus_target *target = visit->owner;
        target->has_news = false;
        target->rested(target);
        next = visit->next;
        if (!target->has_news && !bus_target_holds(target))
            visits_dismiss(&bus->visits, visit);
    }
}

static void rest(struct bus *bus)
{
    uint64_t real_ns = bus_real_ns();
    anchor(bus, real_ns);
    if (bus->active)
        excuse_work(bus, real_ns);
    bus->is_at_work = false;
    bus->has_news = false;
    visit_targets(bus);
}

/* All messages of an open transfer have run.  False: nothing to do until more messages come. */
static bool pause(struct bus *bus)
{
    if (!bus->is_paused) {
        bus->is_paused = true;
        bus->deadline_ns = bus_real_ns() + bus->active->timeout_ns;
        bus->active->paused(bus->active);
        return true;
    }
    if (bus->at_work_ns < bus->deadline_ns)
        return false;
    bus_go_on(bus, bus->active, bus->active->count, false);
    return true;
}

/* One step.  False: the bus is at rest. */
static bool advance(struct bus *bus)
{
    if (!i2ctarget_controller_line_busy(&bus->controller)) {
        if (bus->active)
            finish(bus);
        if (!bus->first || bus->begins_none)
            return false;
        begin(bus);
    } else if (i2ctarget_controller_line_is_paused(&bus->controller)) {
        return pause(bus);
    } else if (is_held(bus)) {
        if (bus->at_work_ns < bus->deadline_ns)
            return false;
        give_up(bus);
    }
    i2ctarget_wires_step(&bus->wires, WIRES_NEVER);
    return true;
}

bool bus_run(struct bus *bus)
{
    uint64_t real_ns = bus_real_ns();
    catch_up(bus, real_ns);
    bus_look(bus, real_ns);
    if (!bus->is_at_work)
        bus->at_work_ns = real_ns;
    bus->is_at_work = true;
    for (unsigned steps = 0; steps < SLICE_STEPS; steps++) {
        if (!advance(bus)) {
            rest(bus);
            return true;
        }
    }
    return false;
}

bool bus_run_active(struct bus *bus)
{
    bus->begins_none = true;
    bool rests = bus_run(bus);
    bus->begins_none = false;
    return rests;
}

void bus_abort(struct bus *bus)
{
    i2ctarget_controller_line_abort(&bus->controller);
    while (!bus_run(bus))
        ;
}
