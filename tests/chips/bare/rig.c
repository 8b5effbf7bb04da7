/* SPDX-License-Identifier: MIT */
/* The bare chip as a rig, and the speeds at which it joins the suites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chips/bare/model.h"
#include "chips/bare/port.h"
#include "chips/bare/rig.h"
#include "support/chip_port.h"

enum { HOLD_NS = 300 };

struct bare_rig {
    struct bare chip;
    struct chip_port port;
};

static struct bare_rig *own(const struct bench *bench)
{
    return bench->chip;
}

static struct i2ctarget_pin scl_pin(struct bench *bench, unsigned chip)
{
    return (struct i2ctarget_pin){.port = &own(bench)->port.ops, .unit = chip, .number = 0};
}

static struct i2ctarget_pin sda_pin(struct bench *bench, unsigned chip)
{
    return (struct i2ctarget_pin){.port = &own(bench)->port.ops, .unit = chip, .number = 1};
}

static const struct wires_participant *tap(struct bench *bench, unsigned chip)
{
    return &own(bench)->chip.pairs[chip].participant;
}

static void on_pair_irq(void *owner)
{
    bare_pair_irq(*(const unsigned *)owner);
}

static void on_alarm_irq(void *owner)
{
    (void)owner;
    bare_alarm_irq();
}

static void open_chip(struct bench *bench)
{
    static unsigned pairs[BARE_PAIRS] = {0, 1};
    struct bare_rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    bench->chip = self;
    bench->hold_ns = HOLD_NS;
    bare_init(&self->chip, bench->wires);
    for (unsigned i = 0; i < BARE_PAIRS; i++)
        processor_on_irq(&self->chip.processor, BARE_IRQ_PAIR + i, on_pair_irq, &pairs[i]);
    processor_on_irq(&self->chip.processor, BARE_IRQ_ALARM, on_alarm_irq, NULL);
    chip_port_slow_down(&self->port, bench->kind, &self->chip.processor);
    self->port.wakes_by_itself = true; /* every ten seconds while SCL is held */
    chip_port_open(&self->port, bench, bench->kind->port, &self->chip.clock);
}

static void close_chip(struct bench *bench)
{
    bare_leave(&own(bench)->chip);
    free(own(bench));
    chip_port_close();
}

static const char *check(struct bench *bench)
{
    return own(bench)->chip.faults > 0 ? "the port misused the chip" : NULL;
}

static struct processor *processor(struct bench *bench)
{
    return &own(bench)->chip.processor;
}

const struct bench_chip bare_bench = {
    .open = open_chip,
    .close = close_chip,
    .scl = scl_pin,
    .sda = sda_pin,
    .tap = tap,
    .is_excused = rig_is_broken,
    .check = check,
    .processor = processor,
};

static const struct rig_kind rigs[] = {
    /* A core that stays with one message does not see the other target's. */
    RIG_BARE("bare_100k", stays, 100000, 12, 1, RIG_SEVERAL_TARGETS),
    RIG_BARE("bare_400k", stays, 400000, 12, 1, RIG_SEVERAL_TARGETS),
    RIG_BARE("bare_1M", stays, 1000000, 6, 1, RIG_SEVERAL_TARGETS),
    RIG_BARE("bare_100k_slow", stays, 100000, 250, 10, RIG_SEVERAL_TARGETS | RIG_PROMPT),
    RIG_BARE("bare_400k_blind", stays_blind, 400000, 12, 2, RIG_SEVERAL_TARGETS),
    RIG_BARE("bare_400k_watch", watches, 400000, 12, 2, RIG_SEVERAL_TARGETS),
    /* Without watching it misses messages: an interrupt is too late. */
    RIG_BARE("bare_400k_blind_watch", watches_blind, 400000, 20, 3, RIG_SEVERAL_TARGETS),
    RIG_BARE("bare_leaves_100k", leaves, 100000, 12, 1, 0),
    RIG_BARE("bare_leaves_100k_blind", leaves_blind, 100000, 40, 4, 0),
    RIG_BARE("bare_leaves_400k", leaves, 400000, 12, 1, 0),
};

RIG_TABLE(rigs)
