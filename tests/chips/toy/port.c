/* SPDX-License-Identifier: MIT */
/* The port of the toy: what docs/PORTING.md asks for, and no more. */
#include "chips/toy/port.h"

#include "chips/toy/registers.h"
#include "cpu.h"
#include "line/stretching.h"
#include "nvic.h"

struct toy_target {
    struct i2ctarget *target; /* NULL: this block is free */
    uintptr_t block;
    bool open;                    /* ADDRESSED was raised and not refused */
    volatile bool raised;         /* an event was raised since wait() last returned */
    uint32_t irq_state;           /* of lock() */
    struct stretching stretching; /* in microseconds */
};

static struct toy_target targets[TOY_BLOCKS];

static unsigned irq_of(const struct toy_target *self)
{
    return TOY_IRQ_BLOCK + (unsigned)(self - targets);
}

static uint64_t now_us(void)
{
    uint32_t state = cpu_irq_save(); /* the two words belong together */
    uint64_t low = mmio_read32(TOY_TIME_LOW);
    uint64_t high = mmio_read32(TOY_TIME_HIGH);
    cpu_irq_restore(state);
    return high << 32 | low;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void give_answer(struct toy_target *self, uint8_t kind, int answer)
{
    if (kind == I2CTARGET_ADDRESSED)
        self->open = answer != I2CTARGET_NACK;
    if (kind == I2CTARGET_ENDED)
        i2ctarget_stretching_end(&self->stretching, now_us()); /* by a fault */
    else if (answer == I2CTARGET_HOLD)
        i2ctarget_stretching_begin(&self->stretching, now_us());
    else
        mmio_write32(self->block + TOY_ANSWER, (uint32_t)answer);
}

/*
 * The queue belongs to the block, so it may contain the end of a refused message: that is no event.
 */
static void raise_event(struct toy_target *self, uint32_t word)
{
    struct i2ctarget_event event = {
        .kind = (uint8_t)word,
        .value = (uint8_t)(word >> TOY_VALUE_LSB),
        .address = (uint8_t)(word >> TOY_VALUE_LSB),
        .is_read = word & TOY_IS_READ,
        .is_restart = word & TOY_IS_RESTART,
        .moved = mmio_read32(self->block + TOY_MOVED),
    };
    if (event.kind == I2CTARGET_ENDED && !self->open)
        return;
    give_answer(self, event.kind, i2ctarget_raise_event(self->target, &event));
    self->raised = true;
}

void toy_block_irq(unsigned block)
{
    struct toy_target *self = &targets[block];
    uint32_t word;
    while ((word = mmio_read32(self->block + TOY_EVENT)) != 0)
        raise_event(self, word);
}

/* It is over until it is set again. */
static void set_alarm(int64_t at_us)
{
    mmio_write32(TOY_ALARM_LOW, (uint32_t)at_us);
    mmio_write32(TOY_ALARM_HIGH, (uint32_t)((uint64_t)at_us >> 32));
}

void toy_alarm_irq(void)
{
    set_alarm(INT64_MAX);
}

/* ---- ops ------------------------------------------------------------------------------------- */

static void write_addresses(const struct toy_target *self,
                            const struct i2ctarget_address_set *addresses)
{
    for (unsigned i = 0; i < I2CTARGET_ADDRESS_WORDS; i++)
        mmio_write32(self->block + TOY_ADDRESSES + 4 * i, addresses->bits[i]);
}

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    if (scl->unit >= TOY_BLOCKS || sda->unit != scl->unit || scl->number != 0 || sda->number != 1)
        return -I2CTARGET_EINVAL;
    struct toy_target *self = &targets[scl->unit];
    if (self->target)
        return -I2CTARGET_EBUSY;
    *self = (struct toy_target){.target = target, .block = TOY_BLOCK(scl->unit)};
    *instance = self;
    write_addresses(self, addresses);
    mmio_write32(self->block + TOY_CONTROL, TOY_RUN | (smbus ? TOY_SMBUS : 0));
    set_alarm(INT64_MAX);
    nvic_enable(TOY_IRQ_ALARM);
    nvic_enable(irq_of(self));
    return 0;
}

static void port_close(void *instance)
{
    struct toy_target *self = instance;
    nvic_disable(irq_of(self));
    mmio_write32(self->block + TOY_CONTROL, 0);
    self->target = NULL;
}

/* A call may be queued for an address that is gone now: it is raised before this returns. */
static int port_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    const struct toy_target *self = instance;
    uint32_t state = cpu_irq_save();
    write_addresses(self, addresses);
    toy_block_irq((unsigned)(self - targets));
    cpu_irq_restore(state);
    return 0;
}

static void port_answer(void *instance, int answer)
{
    struct toy_target *self = instance;
    i2ctarget_stretching_end(&self->stretching, now_us());
    mmio_write32(self->block + TOY_ANSWER, (uint32_t)answer);
}

static void port_lock(void *instance)
{
    struct toy_target *self = instance;
    self->irq_state = cpu_irq_save();
}

static void port_unlock(void *instance)
{
    const struct toy_target *self = instance;
    cpu_irq_restore(self->irq_state);
}

static int port_poll(void *instance)
{
    (void)instance;
    return 0; /* interrupts raise what there is to raise */
}

static int port_wait(void *instance, int64_t until_us)
{
    struct toy_target *self = instance;
    while (!self->raised) {
        if ((int64_t)now_us() >= until_us)
            return -I2CTARGET_ETIMEDOUT;
        set_alarm(until_us);
        cpu_wait_for_event();
    }
    self->raised = false;
    return 0;
}

static int64_t port_now_us(void *instance)
{
    (void)instance;
    return (int64_t)now_us();
}

static void port_counters(void *instance, struct i2ctarget_counters *counters)
{
    const struct toy_target *self = instance;
    counters->glitches = mmio_read32(self->block + TOY_GLITCHES);
    counters->stretches = self->stretching.count;
    counters->longest_stretch_us = (uint32_t)self->stretching.longest;
}

const struct i2ctarget_port_ops toy_port = {
    .capabilities =
        {
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
            .scl_hz_max = 1000000,
            .spike_ns = 50,
        },
    .open = port_open,
    .close = port_close,
    .set_addresses = port_set_addresses,
    .answer = port_answer,
    .lock = port_lock,
    .unlock = port_unlock,
    .poll = port_poll,
    .wait = port_wait,
    .now_us = port_now_us,
    .counters = port_counters,
};
