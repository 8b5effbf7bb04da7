/* SPDX-License-Identifier: MIT */
/* The second way of SAM D5x/E5x as a rig: any two pins, on the model of PORT and EIC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chips/samd5x/rig.h"
#include "support/chip_port.h"

enum { CHIPS = 2, HOLD_NS = 300, TIMER_TC = 4, EXTINTS = 16 };

/* Two pins of one group, and of two; one of them has an EXTINT that is not its number. */
static const struct {
    unsigned scl, sda;
} places[CHIPS] = {{SAMD5X_PA(19), SAMD5X_PA(18)}, {SAMD5X_PB(26), SAMD5X_PC(10)}};

struct gpio_rig {
    struct samd5x chip;
    struct samd5x_tap taps[CHIPS];
    struct chip_port port;
};

static struct gpio_rig *own(const struct bench *bench)
{
    return bench->chip;
}

static struct i2ctarget_pin pin(struct bench *bench, unsigned number)
{
    return (struct i2ctarget_pin){.port = &own(bench)->port.ops, .number = (uint16_t)number};
}

static struct i2ctarget_pin scl_pin(struct bench *bench, unsigned chip)
{
    return pin(bench, places[chip].scl);
}

static struct i2ctarget_pin sda_pin(struct bench *bench, unsigned chip)
{
    return pin(bench, places[chip].sda);
}

static const struct wires_participant *tap(struct bench *bench, unsigned chip)
{
    return &own(bench)->taps[chip].participant;
}

static void on_eic_irq(void *owner)
{
    (void)owner;
    i2ctarget_samd5x_eic_irq();
}

static void on_timer_irq(void *owner)
{
    (void)owner;
    i2ctarget_samd5x_timer_irq();
}

static void boot(struct gpio_rig *self)
{
    for (unsigned i = 0; i < CHIPS; i++)
        samd5x_connect(&self->chip, &self->taps[i], places[i].scl, places[i].sda);
    samd5x_boot(&self->chip);
    for (unsigned i = 0; i < EXTINTS; i++)
        processor_on_irq(&self->chip.processor, SAMD5X_IRQ_EXTINT0 + i, on_eic_irq, NULL);
    processor_on_irq(&self->chip.processor, SAMD5X_IRQ_TC0 + TIMER_TC, on_timer_irq, NULL);
}

static void open_chip(struct bench *bench)
{
    struct gpio_rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    bench->chip = self;
    bench->hold_ns = HOLD_NS;
    samd5x_init(&self->chip, bench->wires);
    self->chip.readings = ((const struct samd5x_variant *)bench->kind->chip)->readings;
    chip_port_slow_down(&self->port, bench->kind, &self->chip.processor);
    boot(self);
    self->port.wakes_by_itself = true; /* its timer wraps */
    chip_port_open(&self->port, bench, bench->kind->port, &self->chip.participant);
    assert_int_equal(i2ctarget_samd5x_configure(&(struct i2ctarget_samd5x_config){0}), 0);
}

static void close_chip(struct bench *bench)
{
    samd5x_leave(&own(bench)->chip);
    free(own(bench));
    chip_port_close();
}

static const char *check(struct bench *bench)
{
    return rig_samd5x_check_chip(&own(bench)->chip);
}

static struct processor *processor(struct bench *bench)
{
    return &own(bench)->chip.processor;
}

#define BENCH                                                                               \
    {                                                                                       \
        .open = open_chip, .close = close_chip, .scl = scl_pin, .sda = sda_pin, .tap = tap, \
        .is_excused = rig_is_broken, .check = check, .processor = processor                 \
    }

/* What the EIC sees of a pin that it does not have. */
static const struct samd5x_variant low = {.bench = BENCH},
                                   high = {.bench = BENCH,
                                           .readings = {.unmuxed = SAMD5X_UNMUXED_HIGH,
                                                        .eic_begins_low = true}},
                                   kept = {.bench = BENCH,
                                           .readings = {.unmuxed = SAMD5X_UNMUXED_KEPT}};

#define RIG(title, variant, hz, latency, access, without)                                         \
    {                                                                                             \
        .name = title, .ops = &bench_rig_ops, .chip = &(variant).bench,                           \
        .port = &i2ctarget_samd5x_gpio_port, .scl_hz = hz,                                        \
        .abilities = RIG_WIRES | RIG_VIRTUAL_TIME | RIG_PROMPT, .lacks = without, .thinning = 17, \
        .latency_cycles = latency, .access_cycles = access                                        \
    }

/* While the core stays with one message it does not see another target's: no RIG_SEVERAL_TARGETS. */
static const struct rig_kind rigs[] = {
    RIG("samd5x_gpio_100k", low, 100000, 20, 4, 0),
    RIG("samd5x_gpio_100k_high", high, 100000, 20, 4, 0),
    RIG("samd5x_gpio_100k_slow", kept, 100000, 100, 10, RIG_PROMPT),
};

RIG_TABLE(rigs)
