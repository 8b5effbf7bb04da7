/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line/checker.h"
#include "support/line_player.h"
#include "support/rig_virtual.h"
#include "virtual/virtual_bus.h"

#define MESSAGES_MAX 64

struct virtual_rig {
    struct virtual_bus *bus;
    struct checker checker;
    struct line_player player;
    struct virtual_message twins[MESSAGES_MAX];
    struct rig_message *messages;
    size_t count;
    struct {
        const struct i2ctarget *target;
        const struct wires_participant *participant;
    } seats[RIG_TARGETS_MAX];
};

static struct virtual_rig *own(struct rig *rig)
{
    return rig->own;
}

static struct line_player *player(struct rig *rig)
{
    return &own(rig)->player;
}

static void rig_virtual_open(struct rig *rig)
{
    struct virtual_rig *self = calloc(1, sizeof *self);
    uint32_t scl_hz = rig->kind->scl_hz;

    assert_non_null(self);
    rig->own = self;
    self->bus = virtual_bus_new(scl_hz);
    assert_non_null(self->bus);
    if (!rig_can(rig, RIG_FILTER))
        self->bus->timing.filter_ns = 0;
    /* The target's own hold time is demanded in full: the filter may add to it, never take from it.
     */
    checker_init(&self->checker, &self->bus->wires, scl_hz, self->bus->timing.hold_ns);
    line_player_open(&self->player, &self->bus->wires, scl_hz);
}

static void rig_virtual_close(struct rig *rig)
{
    struct virtual_rig *self = own(rig);

    line_player_close(&self->player, &self->bus->wires);
    wires_unobserve(&self->bus->wires, &self->checker.observer);
    virtual_bus_free(self->bus);
    free(self);
    rig->own = NULL;
}

static struct i2ctarget_pin scl_pin(struct rig *rig, unsigned chip)
{
    return virtual_bus_scl(own(rig)->bus, chip);
}

static struct i2ctarget_pin sda_pin(struct rig *rig, unsigned chip)
{
    return virtual_bus_sda(own(rig)->bus, chip);
}

/* ---- who is watched ---------------------------------------------------------------------- */

static void joined(struct rig *rig, struct i2ctarget *target)
{
    struct virtual_rig *self = own(rig);
    const struct wires_participant *newest = self->bus->wires.participants;

    while (newest->next)
        newest = newest->next;
    checker_watch(&self->checker, newest, true);
    for (unsigned i = 0; i < RIG_TARGETS_MAX; i++) {
        if (!self->seats[i].target) {
            self->seats[i].target = target;
            self->seats[i].participant = newest;
            return;
        }
    }
}

static struct checker_watch *watch_of(struct virtual_rig *self, const struct i2ctarget *target)
{
    for (unsigned i = 0; i < RIG_TARGETS_MAX; i++) {
        for (unsigned j = 0; j < self->checker.target_count && self->seats[i].target == target;
             j++) {
            if (self->checker.targets[j].target == self->seats[i].participant)
                return &self->checker.targets[j];
        }
    }
    return NULL;
}

/* Going may move both lines at any time: that is what deinit is for. */
static void leaving(struct rig *rig, struct i2ctarget *target)
{
    struct virtual_rig *self = own(rig);
    const struct checker_watch *watch = watch_of(self, target);

    assert_non_null(watch);
    checker_unwatch(&self->checker, watch->target);
    for (unsigned i = 0; i < RIG_TARGETS_MAX; i++) {
        if (self->seats[i].target == target)
            self->seats[i].target = NULL;
    }
}

static void forbid_stretch(struct rig *rig, struct i2ctarget *target)
{
    watch_of(own(rig), target)->may_stretch = false;
}

static uint64_t longest_stretch_ns(struct rig *rig)
{
    return own(rig)->checker.longest_stretch_ns;
}

/* ---- transfers --------------------------------------------------------------------------- */

static void start(struct rig *rig, struct rig_message *messages, size_t count)
{
    struct virtual_rig *self = own(rig);

    assert_true(count <= MESSAGES_MAX);
    self->messages = messages;
    self->count = count;
    for (size_t i = 0; i < count; i++) {
        self->twins[i] = (struct virtual_message){.address = messages[i].address,
                                                  .is_read = messages[i].is_read,
                                                  .length = messages[i].length,
                                                  .buffer = messages[i].buffer};
    }
    assert_int_equal(virtual_bus_start(self->bus, self->twins, count), 0);
}

static bool busy(struct rig *rig)
{
    return virtual_bus_busy(own(rig)->bus);
}

/* A target's filter sees the STOP a little later than it was made. */
static void let_stop_sink_in(struct virtual_rig *self)
{
    wires_pass(&self->bus->wires, self->bus->wires.now_ns + self->player.timing->free_ns);
}

static int finish(struct rig *rig)
{
    struct virtual_rig *self = own(rig);
    int done = virtual_bus_run(self->bus);

    if (done < 0)
        fail_msg("a target holds the bus");
    let_stop_sink_in(self);
    for (size_t i = 0; i < self->count; i++) {
        self->messages[i].addressed = self->twins[i].addressed;
        self->messages[i].moved = self->twins[i].moved;
        self->messages[i].nacked = self->twins[i].nacked;
    }
    return done;
}

static bool finish_play(struct rig *rig)
{
    struct virtual_rig *self = own(rig);

    while (self->player.running) {
        if (!wires_step(&self->bus->wires, WIRES_NEVER))
            return false;
    }
    let_stop_sink_in(self); /* and nobody else may take the bus before t_BUF is over */
    return true;
}

static void ignore_stretch(struct rig *rig, bool ignore)
{
    virtual_bus_ignore_stretch(own(rig)->bus, ignore);
}

static void sleep_us(struct rig *rig, uint32_t us)
{
    virtual_bus_pass(own(rig)->bus, us * (uint64_t)1000);
}

static void pass_ns(struct rig *rig, uint64_t ns)
{
    virtual_bus_pass(own(rig)->bus, ns);
}

static uint64_t now_ns(struct rig *rig)
{
    return virtual_bus_now_ns(own(rig)->bus);
}

static struct wires *wires(struct rig *rig)
{
    return &own(rig)->bus->wires;
}

/* ---- after every test -------------------------------------------------------------------- */

static bool is_excused(const struct rig *rig, const struct checker_violation *violation)
{
    return rig->broken_ns && violation->rule == CHECKER_DATA_SETUP &&
           violation->at_ns >= rig->broken_ns && violation->at_ns < rig->broken_ns + 1000;
}

static const char *check(struct rig *rig)
{
    return rig_check_wires(rig, &own(rig)->checker, is_excused);
}

const struct rig_ops rig_virtual_ops = {
    .open = rig_virtual_open,
    .close = rig_virtual_close,
    .scl = scl_pin,
    .sda = sda_pin,
    .joined = joined,
    .leaving = leaving,
    .start = start,
    .busy = busy,
    .finish = finish,
    .sleep_us = sleep_us,
    .now_ns = now_ns,
    .check = check,
    .wires = wires,
    .pass_ns = pass_ns,
    .player = player,
    .finish_play = finish_play,
    .ignore_stretch = ignore_stretch,
    .forbid_stretch = forbid_stretch,
    .longest_stretch_ns = longest_stretch_ns,
};
