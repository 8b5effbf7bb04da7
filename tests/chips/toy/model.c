/* SPDX-License-Identifier: MIT */
#include "chips/toy/model.h"

#include <stddef.h>

enum { CYCLE_NS = 8, FILTER_NS = 50, HOLD_NS = 300, SETUP_NS = 250 };

static struct toy *toy_of(struct processor *processor)
{
    return (struct toy *)processor;
}

/* ---- a block --------------------------------------------------------------------------------- */

/* What happens is queued, and SCL held where an answer is owed. */
static int queue_event(void *owner, const struct i2ctarget_event *event)
{
    struct toy_block *block = owner;
    if (block->queued < TOY_QUEUE)
        block->queue[block->queued++] = *event;
    else
        block->chip->faults++;
    processor_latch_requests(&block->chip->processor);
    return I2CTARGET_HOLD;
}

static uint32_t take_event(struct toy_block *block)
{
    if (block->queued == 0)
        return 0;
    struct i2ctarget_event event = block->queue[0];
    block->queued--;
    for (unsigned i = 0; i < block->queued; i++)
        block->queue[i] = block->queue[i + 1];
    block->moved = event.moved;
    uint32_t value = event.kind == I2CTARGET_ADDRESSED ? event.address : event.value;
    return event.kind | value << TOY_VALUE_LSB | (event.is_read ? (uint32_t)TOY_IS_READ : 0) |
           (event.is_restart ? (uint32_t)TOY_IS_RESTART : 0);
}

static void begin_anew(struct toy_block *block, uint32_t control)
{
    struct wires *wires = block->chip->processor.wires;
    const struct line_driver_timing timing = {FILTER_NS, HOLD_NS, SETUP_NS};
    if (block->control & TOY_RUN)
        i2ctarget_wired_target_leave(&block->wired, wires);
    block->control = control;
    block->queued = 0;
    if (control & TOY_RUN)
        i2ctarget_wired_target_init(&block->wired, wires, &timing, &block->addresses,
                                    control & TOY_SMBUS, queue_event, block);
}

static void set_addresses(struct toy_block *block, uint32_t word, uint32_t value)
{
    block->addresses.bits[word] = value;
    if (block->control & TOY_RUN)
        i2ctarget_wired_target_set_addresses(&block->wired, &block->addresses);
}

static bool store_block(struct toy_block *block, uint32_t offset, uint32_t value)
{
    if (offset == TOY_CONTROL)
        begin_anew(block, value);
    else if (offset >= TOY_ADDRESSES && offset < TOY_ADDRESSES + 16)
        set_addresses(block, (offset - TOY_ADDRESSES) / 4, value);
    else if (offset != TOY_ANSWER)
        return false;
    else if (block->queued == 0)
        i2ctarget_wired_target_answer(&block->wired, block->chip->processor.wires, (int)value);
    return true;
}

static bool load_block(struct toy_block *block, uint32_t offset, uint32_t *value)
{
    if (offset == TOY_EVENT)
        *value = take_event(block);
    else if (offset == TOY_MOVED)
        *value = block->moved;
    else if (offset == TOY_GLITCHES)
        *value = block->wired.driver.glitches;
    else
        return false;
    return true;
}

/* ---- time ------------------------------------------------------------------------------------ */

static uint64_t now_us(const struct toy *chip)
{
    return chip->processor.wires->now_ns / 1000;
}

static bool load_time(struct toy *chip, uint32_t address, uint32_t *value)
{
    if (address == TOY_TIME_LOW)
        chip->time_high = (uint32_t)(now_us(chip) >> 32);
    *value = address == TOY_TIME_LOW ? (uint32_t)now_us(chip) : chip->time_high;
    return address == TOY_TIME_LOW || address == TOY_TIME_HIGH;
}

static bool store_time(struct toy *chip, uint32_t address, uint32_t value)
{
    if (address == TOY_ALARM_LOW)
        chip->alarm_low = value;
    else if (address == TOY_ALARM_HIGH)
        chip->alarm_us = (uint64_t)value << 32 | chip->alarm_low;
    else
        return false;
    return true;
}

/* ---- what the processor asks of the chip ----------------------------------------------------- */

static struct toy_block *block_at(struct toy *chip, uint32_t address)
{
    uint32_t index = (address - TOY_BLOCK(0)) / 0x100;
    return address >= TOY_BLOCK(0) && index < TOY_BLOCKS ? &chip->blocks[index] : NULL;
}

static bool is_of_processor(uint32_t address)
{
    return address >> 20 == 0xE00;
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    struct toy *chip = toy_of(processor);
    struct toy_block *block = block_at(chip, address);
    uint32_t value = 0;
    bool is_there = block ? load_block(block, address % 0x100, &value)
                    : is_of_processor(address)
                        ? nvic_load(&processor->nvic, address & 0xFFFF, &value)
                        : load_time(chip, address, &value);
    chip->faults += !is_there || bytes != 4;
    return value;
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    struct toy *chip = toy_of(processor);
    struct toy_block *block = block_at(chip, address);
    uint64_t now_ns = processor->wires->now_ns;
    bool is_there = block ? store_block(block, address % 0x100, value)
                    : is_of_processor(address)
                        ? nvic_store(&processor->nvic, address & 0xFFFF, value, now_ns)
                        : store_time(chip, address, value);
    chip->faults += !is_there || bytes != 4;
}

static void nothing_runs_by_itself(struct processor *processor)
{
    (void)processor;
}

static void refresh(struct processor *processor)
{
    struct toy *chip = toy_of(processor);
    bool is_ahead = chip->alarm_us > now_us(chip) && chip->alarm_us < WIRES_NEVER / 1000;
    chip->clock.wake_ns = is_ahead ? chip->alarm_us * 1000 : WIRES_NEVER;
    processor_latch_requests(processor);
}

static void requests(const struct processor *processor, uint32_t *words)
{
    const struct toy *chip = (const struct toy *)processor;
    for (unsigned i = 0; i < TOY_BLOCKS; i++)
        words[1] |= (uint32_t)(chip->blocks[i].queued > 0) << (TOY_IRQ_BLOCK + i - 32);
    words[1] |= (uint32_t)(now_us(chip) >= chip->alarm_us) << (TOY_IRQ_ALARM - 32);
}

static void no_handler(struct processor *processor, unsigned irq)
{
    (void)irq;
    toy_of(processor)->faults++;
}

static const struct processor_chip toy_chip = {
    .irq_count = TOY_IRQS,
    .priority_bits = 2,
    .load = load,
    .store = store,
    .catch_up = nothing_runs_by_itself,
    .refresh = refresh,
    .requests = requests,
    .no_handler = no_handler,
};

/* ---- coming and going ------------------------------------------------------------------------ */

static void wake(struct wires_participant *self, struct wires *wires)
{
    struct toy *chip = (struct toy *)((char *)self - offsetof(struct toy, clock));
    (void)wires;
    refresh(&chip->processor);
}

void toy_init(struct toy *chip, struct wires *wires)
{
    *chip = (struct toy){
        .clock = {.step = wake, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES},
        .alarm_us = UINT64_MAX,
    };
    processor_init(&chip->processor, &toy_chip, wires, CYCLE_NS);
    for (unsigned i = 0; i < TOY_BLOCKS; i++)
        chip->blocks[i].chip = chip;
    i2ctarget_wires_join(wires, &chip->clock);
}

void toy_leave(struct toy *chip)
{
    processor_leave(&chip->processor);
    i2ctarget_wires_leave(chip->processor.wires, &chip->clock);
}
