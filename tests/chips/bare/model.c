/* SPDX-License-Identifier: MIT */
#include "chips/bare/model.h"

#include <stddef.h>

enum { CYCLE_NS = 8 };

static struct bare *bare_of(struct processor *processor)
{
    return (struct bare *)processor;
}

/* ---- pins ------------------------------------------------------------------------------------ */

static uint32_t bits_of(const struct bare_pair *pair, bool scl, bool sda)
{
    unsigned index = (unsigned)(pair - pair->chip->pairs);
    return ((uint32_t)scl << 1 | (uint32_t)sda) << 2 * index;
}

/* A level that lasts for no time is none: the edges of one moment are judged together. */
static void on_edge(struct wires_participant *self, struct wires *wires)
{
    struct bare_pair *pair = (struct bare_pair *)self;
    struct bare *chip = pair->chip;
    if (wires->now_ns == pair->at_ns) {
        chip->rose &= ~pair->rose_new;
        chip->fell &= ~pair->fell_new;
    } else {
        pair->before = pair->now;
        pair->at_ns = wires->now_ns;
    }
    pair->now = bits_of(pair, wires->scl, wires->sda);
    pair->rose_new = pair->now & ~pair->before & ~chip->rose;
    pair->fell_new = pair->before & ~pair->now & ~chip->fell;
    chip->rose |= pair->rose_new;
    chip->fell |= pair->fell_new;
    processor_latch_requests(&chip->processor);
}

static uint32_t levels(const struct bare *chip)
{
    const struct wires *wires = chip->processor.wires;
    uint32_t pair = (uint32_t)wires->sda | (uint32_t)wires->scl << 1;
    return pair | pair << 2;
}

static void pull(struct bare *chip, uint32_t pins, bool low)
{
    for (unsigned i = 0; i < BARE_PAIRS; i++) {
        struct wires_participant *participant = &chip->pairs[i].participant;
        struct line_pulls pulls = participant->pulls;
        if (pins >> 2 * i & 1)
            pulls.sda_low = low;
        if (pins >> (2 * i + 1) & 1)
            pulls.scl_low = low;
        i2ctarget_wires_pull(chip->processor.wires, participant, pulls);
    }
    i2ctarget_wires_settle(chip->processor.wires);
}

/* ---- registers ------------------------------------------------------------------------------- */

static bool store_register(struct bare *chip, uint32_t address, uint32_t value)
{
    switch (address) {
    case BARE_PULL:
    case BARE_RELEASE:
        pull(chip, value, address == BARE_PULL);
        return true;
    case BARE_ROSE:
        chip->rose &= ~value;
        return true;
    case BARE_FELL:
        chip->fell &= ~value;
        return true;
    case BARE_ENABLE:
        chip->enabled = value;
        return true;
    case BARE_ALARM_LOW:
        chip->alarm_low = value;
        return true;
    case BARE_ALARM_HIGH:
        chip->alarm_ns = (uint64_t)value << 32 | chip->alarm_low;
        return true;
    default:
        return false;
    }
}

static bool load_register(struct bare *chip, uint32_t address, uint32_t *value)
{
    uint64_t now_ns = chip->processor.wires->now_ns;
    switch (address) {
    case BARE_IN:
        *value = levels(chip);
        return true;
    case BARE_ROSE:
        *value = chip->rose;
        return true;
    case BARE_FELL:
        *value = chip->fell;
        return true;
    case BARE_ENABLE:
        *value = chip->enabled;
        return true;
    case BARE_TIME_LOW:
        *value = (uint32_t)now_ns;
        return true;
    case BARE_TIME_HIGH:
        *value = (uint32_t)(now_ns >> 32);
        return true;
    default:
        return false;
    }
}

/* ---- what the processor asks of the chip ----------------------------------------------------- */

static bool is_of_processor(uint32_t address)
{
    return address >> 20 == 0xE00;
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    struct bare *chip = bare_of(processor);
    uint32_t value = 0;
    bool is_there = is_of_processor(address) ? nvic_load(&processor->nvic, address & 0xFFFF, &value)
                                             : load_register(chip, address, &value);
    chip->faults += !is_there || bytes != 4;
    return value;
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    struct bare *chip = bare_of(processor);
    bool is_there = is_of_processor(address) ? nvic_store(&processor->nvic, address & 0xFFFF, value,
                                                          processor->wires->now_ns)
                                             : store_register(chip, address, value);
    chip->faults += !is_there || bytes != 4;
}

static void nothing_runs_by_itself(struct processor *processor)
{
    (void)processor;
}

static void refresh(struct processor *processor)
{
    struct bare *chip = bare_of(processor);
    chip->clock.wake_ns = chip->alarm_ns > processor->wires->now_ns ? chip->alarm_ns : WIRES_NEVER;
    processor_latch_requests(processor);
}

static void requests(const struct processor *processor, uint32_t *words)
{
    const struct bare *chip = (const struct bare *)processor;
    uint32_t edges = (chip->rose | chip->fell) & chip->enabled;
    for (unsigned i = 0; i < BARE_PAIRS; i++)
        words[1] |= (uint32_t)((edges >> 2 * i & 3) != 0) << (BARE_IRQ_PAIR + i - 32);
    words[1] |= (uint32_t)(processor->wires->now_ns >= chip->alarm_ns) << (BARE_IRQ_ALARM - 32);
}

static void no_handler(struct processor *processor, unsigned irq)
{
    (void)irq;
    bare_of(processor)->faults++;
}

static const struct processor_chip bare_chip = {
    .load = load,
    .store = store,
    .catch_up = nothing_runs_by_itself,
    .refresh = refresh,
    .requests = requests,
    .no_handler = no_handler,
    .irq_count = BARE_IRQS,
    .priority_bits = 2,
};

/* ---- coming and going ------------------------------------------------------------------------ */

static void wake(struct wires_participant *self, struct wires *wires)
{
    struct bare *chip = (struct bare *)((char *)self - offsetof(struct bare, clock));
    (void)wires;
    refresh(&chip->processor);
}

void bare_init(struct bare *chip, struct wires *wires)
{
    *chip = (struct bare){
        .clock = {.step = wake, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES},
        .alarm_ns = UINT64_MAX,
    };
    processor_init(&chip->processor, &bare_chip, wires, CYCLE_NS);
    for (unsigned i = 0; i < BARE_PAIRS; i++) {
        chip->pairs[i] = (struct bare_pair){
            .participant = {.step = on_edge, .wake_ns = WIRES_NEVER},
            .chip = chip,
            .at_ns = WIRES_NEVER,
        };
        chip->pairs[i].now = bits_of(&chip->pairs[i], wires->scl, wires->sda);
        i2ctarget_wires_join(wires, &chip->pairs[i].participant);
    }
    i2ctarget_wires_join(wires, &chip->clock);
}

void bare_leave(struct bare *chip)
{
    processor_leave(&chip->processor);
    for (unsigned i = 0; i < BARE_PAIRS; i++)
        i2ctarget_wires_leave(chip->processor.wires, &chip->pairs[i].participant);
    i2ctarget_wires_leave(chip->processor.wires, &chip->clock);
}
