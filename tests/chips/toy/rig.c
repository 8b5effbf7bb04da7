/* SPDX-License-Identifier: MIT */
/* The toy as a rig, and the speeds at which it joins the suites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chips/toy/model.h"
#include "chips/toy/port.h"
#include "support/chip_port.h"

enum { HOLD_NS = 300 };

struct toy_rig {
    struct toy chip;
    struct chip_port port;
};

static struct toy_rig *own(const struct bench *bench)
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
    return &own(bench)->chip.blocks[chip].wired.participant;
}

static void on_block_irq(void *owner)
{
    toy_block_irq(*(const unsigned *)owner);
}

static void on_alarm_irq(void *owner)
{
    (void)owner;
    toy_alarm_irq();
}

static void open_chip(struct bench *bench)
{
    static unsigned blocks[TOY_BLOCKS] = {0, 1};
    struct toy_rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    bench->chip = self;
    bench->hold_ns = HOLD_NS;
    toy_init(&self->chip, bench->wires);
    for (unsigned i = 0; i < TOY_BLOCKS; i++)
        processor_on_irq(&self->chip.processor, TOY_IRQ_BLOCK + i, on_block_irq, &blocks[i]);
    processor_on_irq(&self->chip.processor, TOY_IRQ_ALARM, on_alarm_irq, NULL);
    chip_port_slow_down(&self->port, bench->kind, &self->chip.processor);
    chip_port_open(&self->port, bench, &toy_port, &self->chip.clock);
}

static void close_chip(struct bench *bench)
{
    toy_leave(&own(bench)->chip);
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

const struct bench_chip toy_bench = {
    .open = open_chip,
    .close = close_chip,
    .scl = scl_pin,
    .sda = sda_pin,
    .tap = tap,
    .is_excused = rig_is_broken,
    .check = check,
    .processor = processor,
};

#define RIG_TOY(title, hz, latency, access, without)                                               \
    {                                                                                              \
        .name = title, .ops = &bench_rig_ops, .chip = &toy_bench, .port = &toy_port, .scl_hz = hz, \
        .abilities =                                                                               \
            RIG_WIRES | RIG_VIRTUAL_TIME | RIG_SEVERAL_TARGETS | RIG_PAIRED_PINS | RIG_PROMPT,     \
        .lacks = without, .thinning = 17, .latency_cycles = latency, .access_cycles = access       \
    }

static const struct rig_kind rigs[] = {
    RIG_TOY("toy_100k", 100000, 12, 1, 0),
    RIG_TOY("toy_400k_slow", 400000, 6250, 20, RIG_PROMPT),
};

RIG_TABLE(rigs)
