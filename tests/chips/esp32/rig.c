/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chips/esp32/rig.h"
#include "support/chip_port.h"

enum { CHIPS = 2, HOLD_NS = 300 };
/* CPU interrupts: level-triggered on every core. */
enum { GPIO_LINE = 19, TIMER_LINE = 20 };

/* What differs between the four, for a rig. */
struct place {
    struct {
        unsigned scl, sda;
    } pins
        [CHIPS]; /* the usual ones of boards; and two of which one is in the other bank, or both */
    uint32_t gpio_map[ESP32X_CORES], timer_map[ESP32X_CORES];
    void (*on_gpio)(void);
    void (*on_timer)(void);
    int (*configure)(const struct i2ctarget_esp32_config *config);
};

static const struct place places[ESP32X_KINDS] = {
    [ESP32X_ESP32] = {{{22, 21}, {33, 32}},
                      {0x3FF0015C, 0x3FF00270},
                      {0x3FF0013C, 0x3FF00250},
                      i2ctarget_esp32_gpio_irq,
                      i2ctarget_esp32_timer_irq,
                      i2ctarget_esp32_configure},
    [ESP32X_ESP32S2] = {{{9, 8}, {34, 7}},
                        {0x3F4C205C},
                        {0x3F4C211C},
                        i2ctarget_esp32s2_gpio_irq,
                        i2ctarget_esp32s2_timer_irq,
                        i2ctarget_esp32s2_configure},
    [ESP32X_ESP32S3] = {{{4, 3}, {5, 42}},
                        {0x600C2040, 0x600C2840},
                        {0x600C20E4, 0x600C28E4},
                        i2ctarget_esp32s3_gpio_irq,
                        i2ctarget_esp32s3_timer_irq,
                        i2ctarget_esp32s3_configure},
    [ESP32X_ESP32C3] = {{{9, 8}, {5, 4}},
                        {0x600C2040},
                        {0x600C2094},
                        i2ctarget_esp32c3_gpio_irq,
                        i2ctarget_esp32c3_timer_irq,
                        i2ctarget_esp32c3_configure},
};

struct esp32_rig {
    struct esp32x chip;
    struct esp32x_tap taps[CHIPS];
    struct chip_port port;
};

static struct esp32_rig *own(const struct bench *bench)
{
    return bench->chip;
}

static const struct place *place_of(const struct bench *bench)
{
    return &places[own(bench)->chip.kind];
}

struct esp32x *rig_esp32_chip(struct rig *rig)
{
    return &own(bench_of(rig))->chip;
}

/* ---- pins ------------------------------------------------------------------------------------ */

static struct i2ctarget_pin pin(struct bench *bench, unsigned number)
{
    return (struct i2ctarget_pin){.port = &own(bench)->port.ops, .number = (uint16_t)number};
}

static struct i2ctarget_pin scl_pin(struct bench *bench, unsigned chip)
{
    return pin(bench, place_of(bench)->pins[chip].scl);
}

static struct i2ctarget_pin sda_pin(struct bench *bench, unsigned chip)
{
    return pin(bench, place_of(bench)->pins[chip].sda);
}

static const struct wires_participant *tap(struct bench *bench, unsigned chip)
{
    return &own(bench)->taps[chip].participant;
}

/* ---- what firmware does before the port ------------------------------------------------------ */

static void on_gpio_irq(void *owner)
{
    const struct place *place = owner;
    place->on_gpio();
}

static void on_timer_irq(void *owner)
{
    const struct place *place = owner;
    place->on_timer();
}

static void allow_interrupts(struct esp32x *chip)
{
    enum { PRI = 0x600C2114, THRESH = 0x600C2194, ENABLE = 0x600C2104 };
    static const uint32_t lines = UINT32_C(1) << GPIO_LINE | UINT32_C(1) << TIMER_LINE;
    esp32x_enable_cpu_interrupts(chip, chip->processor.core, lines);
    if (chip->kind != ESP32X_ESP32C3)
        return;
    processor_write(&chip->processor, PRI + 4 * GPIO_LINE, 15, 4);
    processor_write(&chip->processor, PRI + 4 * TIMER_LINE, 15, 4);
    processor_write(&chip->processor, THRESH, 1, 4);
    processor_write(&chip->processor, ENABLE, lines, 4);
}

static void boot(struct esp32_rig *self)
{
    struct esp32x *chip = &self->chip;
    const struct place *place = &places[chip->kind];
    unsigned core = chip->processor.core;
    for (unsigned i = 0; i < CHIPS; i++)
        esp32x_connect(chip, &self->taps[i], place->pins[i].scl, place->pins[i].sda);
    esp32x_boot(chip);
    processor_on_irq(&chip->processor, GPIO_LINE, on_gpio_irq, (void *)place);
    processor_on_irq(&chip->processor, TIMER_LINE, on_timer_irq, (void *)place);
    processor_write(&chip->processor, place->gpio_map[core], GPIO_LINE, 4);
    processor_write(&chip->processor, place->timer_map[core], TIMER_LINE, 4);
    allow_interrupts(chip);
}

static void open_chip(struct bench *bench)
{
    const struct esp32_variant *variant = (const struct esp32_variant *)bench->kind->chip;
    struct esp32_rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    bench->chip = self;
    bench->hold_ns = HOLD_NS;
    esp32x_init(&self->chip, variant->kind, bench->wires);
    self->chip.processor.core = variant->core;
    self->chip.readings = variant->readings;
    self->chip.cpu_gpio_cycles = variant->cpu_gpio_cycles;
    chip_port_slow_down(&self->port, bench->kind, &self->chip.processor);
    boot(self);
    self->port.wakes_by_itself = true; /* every ten seconds while SCL is held */
    chip_port_open(&self->port, bench, bench->kind->port, &self->chip.participant);
    const struct i2ctarget_esp32_config config = {.watches = variant->watches};
    assert_int_equal(place_of(bench)->configure(&config), 0);
}

static void close_chip(struct bench *bench)
{
    esp32x_leave(&own(bench)->chip);
    free(own(bench));
    chip_port_close();
}

/* ---- after every test ------------------------------------------------------------------------ */

static uint64_t our_pins(const struct place *place)
{
    uint64_t pins = 0;
    for (unsigned i = 0; i < CHIPS; i++)
        pins |= UINT64_C(1) << place->pins[i].scl | UINT64_C(1) << place->pins[i].sda;
    return pins;
}

static const char *check(struct bench *bench)
{
    const struct esp32x *chip = &own(bench)->chip;
    for (unsigned i = 0; i < chip->error_count && i < ESP32X_ERRORS_MAX; i++)
        print_error("at %llu ns: %s: 0x%08X\n", (unsigned long long)chip->errors[i].at_ns,
                    esp32x_fault_name(chip->errors[i].fault), chip->errors[i].address);
    if (chip->error_count > 0)
        return "the port misused the chip";
    return chip->ever_driven & ~our_pins(place_of(bench)) ? "another pin was driven" : NULL;
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

/* ---- variants -------------------------------------------------------------------------------- */

/* All that no source says, the other way round. */
#define OTHER_READINGS                                                                         \
    {                                                                                          \
        .edge_loss = ESP32X_LOST_PENDING, .status_needs_enable = true,                         \
        .level_status_follows = true, .other_channel_enable = true, .past_alarm_is_lost = true \
    }

#define VARIANT(chip, on_core, cycles, ...)                                             \
    {                                                                                   \
        .bench = BENCH, .kind = (chip), .core = (on_core), .cpu_gpio_cycles = (cycles), \
        .readings = __VA_ARGS__                                                         \
    }
#define WATCHES(chip, on_core, cycles, ...)                                             \
    {                                                                                   \
        .bench = BENCH, .kind = (chip), .core = (on_core), .cpu_gpio_cycles = (cycles), \
        .watches = true, .readings = __VA_ARGS__                                        \
    }

static const struct esp32_variant esp32 = VARIANT(ESP32X_ESP32, 0, 1, {0}),
                                  esp32_app = VARIANT(ESP32X_ESP32, 1, 1, OTHER_READINGS),
                                  esp32s2 = VARIANT(ESP32X_ESP32S2, 0, 16, {0}),
                                  esp32s2_other = VARIANT(ESP32X_ESP32S2, 0, 20, OTHER_READINGS),
                                  esp32s3 = VARIANT(ESP32X_ESP32S3, 0, 16, {0}),
                                  esp32s3_app = VARIANT(ESP32X_ESP32S3, 1, 20, OTHER_READINGS),
                                  esp32c3 = VARIANT(ESP32X_ESP32C3, 0, 12, {0}),
                                  esp32c3_other = VARIANT(ESP32X_ESP32C3, 0, 15, OTHER_READINGS),
                                  esp32_watch = WATCHES(ESP32X_ESP32, 1, 1, {0}),
                                  esp32_watch_other = WATCHES(ESP32X_ESP32, 1, 1, OTHER_READINGS),
                                  esp32s2_watch = WATCHES(ESP32X_ESP32S2, 0, 16, {0}),
                                  esp32s3_watch = WATCHES(ESP32X_ESP32S3, 1, 16, {0}),
                                  esp32c3_watch = WATCHES(ESP32X_ESP32C3, 0, 12, {0});

#define PORT(chip) i2ctarget_##chip##_port

static const struct rig_kind rigs[] = {
    RIG_ESP32("esp32_100k", esp32, PORT(esp32), 100000, 40, 15, 0),
    RIG_ESP32("esp32_400k", esp32, PORT(esp32), 400000, 40, 10, 0),
    RIG_ESP32("esp32_100k_slow", esp32_app, PORT(esp32), 100000, 200, 20, RIG_PROMPT),
    RIG_ESP32("esp32s2_100k", esp32s2, PORT(esp32s2), 100000, 40, 15, 0),
    RIG_ESP32("esp32s2_400k", esp32s2, PORT(esp32s2), 400000, 40, 15, 0),
    RIG_ESP32("esp32s2_1M", esp32s2, PORT(esp32s2), 1000000, 25, 10, 0),
    RIG_ESP32("esp32s2_100k_slow", esp32s2_other, PORT(esp32s2), 100000, 200, 30, RIG_PROMPT),
    RIG_ESP32("esp32s3_100k", esp32s3, PORT(esp32s3), 100000, 40, 15, 0),
    RIG_ESP32("esp32s3_400k", esp32s3, PORT(esp32s3), 400000, 40, 15, 0),
    RIG_ESP32("esp32s3_1M", esp32s3, PORT(esp32s3), 1000000, 25, 10, 0),
    RIG_ESP32("esp32s3_100k_slow", esp32s3_app, PORT(esp32s3), 100000, 200, 30, RIG_PROMPT),
    RIG_ESP32("esp32c3_100k", esp32c3, PORT(esp32c3), 100000, 30, 10, 0),
    RIG_ESP32("esp32c3_400k", esp32c3, PORT(esp32c3), 400000, 30, 10, 0),
    RIG_ESP32("esp32c3_100k_slow", esp32c3_other, PORT(esp32c3), 100000, 150, 20, RIG_PROMPT),
    RIG_ESP32("esp32_100k_watch", esp32_watch_other, PORT(esp32), 100000, 200, 20, RIG_PROMPT),
    RIG_ESP32("esp32_400k_watch", esp32_watch, PORT(esp32), 400000, 40, 10, 0),
    RIG_ESP32("esp32s2_400k_watch", esp32s2_watch, PORT(esp32s2), 400000, 40, 15, 0),
    RIG_ESP32("esp32s3_400k_watch", esp32s3_watch, PORT(esp32s3), 400000, 40, 15, 0),
    RIG_ESP32("esp32s3_1M_watch", esp32s3_watch, PORT(esp32s3), 1000000, 40, 10, 0),
    RIG_ESP32("esp32c3_400k_watch", esp32c3_watch, PORT(esp32c3), 400000, 30, 10, 0),
};

RIG_TABLE(rigs)
