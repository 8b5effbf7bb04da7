/* SPDX-License-Identifier: MIT */
#include "emulator/bus.h"

#include "emulator/hand.h"
#include "line/checker.h"
#include "line/controller_line.h"

enum { MESSAGES_MAX = 64, BUFFER_BYTES = 32768, PS_PER_NS = 1000 };

/* The other side is told of every edge. */
__attribute__((import_module("bus"), import_name("edge"))) void told_edge(double at_ns,
                                                                          uint32_t scl,
                                                                          uint32_t sda);

struct wires emulated_wires;

static struct wires_observer observer;
static struct checker checker;
static struct controller_line controller;
static struct hand hand;
static struct controller_message messages[MESSAGES_MAX];
static uint8_t buffer[BUFFER_BYTES]; /* of all messages, one after the other */
static uint64_t past_ns, past_ps;    /* the time now is their sum */

/* ---- time ------------------------------------------------------------------------------------ */

void emulated_bus_pass(uint64_t ps)
{
    past_ps += ps;
    past_ns += past_ps / PS_PER_NS;
    past_ps %= PS_PER_NS;
    if (i2ctarget_wires_next_ns(&emulated_wires) <= past_ns)
        i2ctarget_wires_pass(&emulated_wires, past_ns);
    else
        emulated_wires.now_ns = past_ns;
}

uint64_t emulated_bus_quiet_ps(void)
{
    uint64_t next_ns = i2ctarget_wires_next_ns(&emulated_wires);
    if (next_ns == WIRES_NEVER)
        return UINT64_MAX;
    return next_ns > past_ns + 1 ? (next_ns - past_ns - 1) * PS_PER_NS : 0;
}

EXPORT(nowNs) double bus_now_ns(void)
{
    return (double)past_ns;
}

/* ---- controllers ----------------------------------------------------------------------------- */

EXPORT(buffer) uint8_t *bus_buffer(uint32_t index)
{
    return messages[index].buffer;
}

/* Messages are given in their order, from 0 on.  False: there is no room. */
EXPORT(message)
bool bus_message(uint32_t index, uint32_t address, uint32_t flags, uint32_t length)
{
    uint8_t *bytes = index ? messages[index - 1].buffer + messages[index - 1].length : buffer;
    if (index >= MESSAGES_MAX || length > (uint32_t)(buffer + BUFFER_BYTES - bytes))
        return false;
    messages[index] = (struct controller_message){
        .address = (uint8_t)address, .flags = (uint16_t)flags, .length = length, .buffer = bytes};
    return true;
}

EXPORT(start) void bus_start(uint32_t count, bool ignore_stretch)
{
    controller.ignore_stretch = ignore_stretch;
    i2ctarget_controller_line_start(&controller, &emulated_wires, messages, count);
}

EXPORT(result) uint32_t bus_result(void)
{
    return controller.result;
}

EXPORT(moved) uint32_t bus_moved(uint32_t index)
{
    return messages[index].moved;
}

EXPORT(stretchNs) double bus_stretch_ns(uint32_t index)
{
    return (double)messages[index].stretch_ns;
}

EXPORT(handStart) void bus_hand_start(void)
{
    hand_start(&hand, &emulated_wires);
}

EXPORT(handClock) void bus_hand_clock(bool bit)
{
    hand_clock(&hand, &emulated_wires, bit);
}

EXPORT(handStop) void bus_hand_stop(void)
{
    hand_stop(&hand, &emulated_wires);
}

EXPORT(handBusy) bool bus_hand_busy(void)
{
    return hand.busy;
}

EXPORT(handSampled) bool bus_hand_sampled(void)
{
    return hand.sampled;
}

bool emulated_bus_is_busy(void)
{
    return i2ctarget_controller_line_busy(&controller) || hand.busy;
}

/* ---- what the checker found ------------------------------------------------------------------ */

EXPORT(violations) uint32_t bus_violations(void)
{
    return checker.violation_count;
}

EXPORT(violationRule) const char *bus_violation_rule(uint32_t index)
{
    return i2ctarget_checker_rule_name(checker.violations[index].rule);
}

EXPORT(violationAtNs) double bus_violation_at_ns(uint32_t index)
{
    return (double)checker.violations[index].at_ns;
}

EXPORT(longestStretchNs) double bus_longest_stretch_ns(void)
{
    return (double)checker.longest_stretch_ns;
}

/* ---- the beginning --------------------------------------------------------------------------- */

static void on_edge(struct wires_observer *self, const struct wires *wires)
{
    (void)self;
    told_edge((double)wires->now_ns, wires->scl, wires->sda);
}

void emulated_bus_reset(uint32_t scl_hz, struct wires_participant *pads, bool may_stretch)
{
    past_ns = past_ps = 0;
    i2ctarget_wires_init(&emulated_wires);
    i2ctarget_wires_join(&emulated_wires, pads);
    i2ctarget_controller_line_init(&controller, &emulated_wires, scl_hz);
    hand_init(&hand, &emulated_wires, scl_hz);
    i2ctarget_checker_init(&checker, &emulated_wires, scl_hz, 0);
    i2ctarget_checker_watch(&checker, pads, may_stretch);
    observer = (struct wires_observer){.edge = on_edge};
    i2ctarget_wires_observe(&emulated_wires, &observer);
}
