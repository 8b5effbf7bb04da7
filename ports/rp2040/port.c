/* SPDX-License-Identifier: MIT */
/* The RP2040 as a port: pins, a PIO block for each target, and the ops that the core calls. */
#include "i2ctarget/rp2040.h"

#include "chip/waiting.h"
#include "cpu.h"
#include "nvic.h"
#include "rp2040/alarm.h"
#include "rp2040/clock.h"
#include "rp2040/fast.h"
#include "rp2040/target.h"

enum { PINS = 30, DEFAULT_HZ = 125000000 };

/* What was configured.  (Not static: a module that MicroPython loads has no variables that are.) */
struct configured {
    uint32_t clk_sys_hz; /* 0: the default */
    uint8_t alarm;       /* 0: pico-sdk's own timers have 3, MicroPython's 2 */
};
struct configured i2ctarget_rp2040_configured;

static uint32_t system_hz(void)
{
    uint32_t hz = i2ctarget_rp2040_configured.clk_sys_hz;
    return hz ? hz : DEFAULT_HZ;
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static bool is_possible_hz(uint32_t clk_sys_hz)
{
    return clk_sys_hz >= I2CTARGET_RP2040_HZ_MIN && clk_sys_hz <= I2CTARGET_RP2040_HZ_MAX;
}

int i2ctarget_rp2040_configure(const struct i2ctarget_rp2040_config *config)
{
    enum { ALARMS = 4 };
    uint32_t clk_sys_hz = config->clk_sys_hz ? config->clk_sys_hz : DEFAULT_HZ;
    if (!is_possible_hz(clk_sys_hz) || config->alarm >= ALARMS)
        return -I2CTARGET_EINVAL;
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (i2ctarget_rp2040_targets[i].target)
            return -I2CTARGET_EBUSY;
    }
    i2ctarget_rp2040_configured.clk_sys_hz = clk_sys_hz;
    i2ctarget_rp2040_configured.alarm = config->alarm;
    return 0;
}

int i2ctarget_rp2040_follow_clock(uint32_t clk_sys_hz)
{
    if (!is_possible_hz(clk_sys_hz))
        return -I2CTARGET_EINVAL;
    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct rp2040_target *self = &i2ctarget_rp2040_targets[i];
        if (self->target)
            i2ctarget_rp2040_engine_follow(&self->engine, system_hz(), clk_sys_hz);
    }
    i2ctarget_rp2040_configured.clk_sys_hz = clk_sys_hz;
    return 0;
}

uint32_t i2ctarget_rp2040_scl_hz_max(void)
{
    return i2ctarget_rp2040_engine_scl_hz_max(system_hz());
}

static unsigned irq_of(const struct rp2040_target *self)
{
    return self == &i2ctarget_rp2040_targets[0] ? IRQ_PIO0_0 : IRQ_PIO1_0;
}

static bool uses_pin(const struct rp2040_target *self, unsigned pin)
{
    return self->target && (self->scl == pin || self->sda == pin);
}

/* The block that will serve these pins; NULL: the pins are in use, or no block is free. */
static struct rp2040_target *choose_block(const struct i2ctarget_pin *scl,
                                          const struct i2ctarget_pin *sda)
{
    struct rp2040_target *chosen = NULL;
    for (unsigned i = BLOCKS; i-- > 0;) {
        struct rp2040_target *self = &i2ctarget_rp2040_targets[i];
        if (uses_pin(self, scl->number) || uses_pin(self, sda->number))
            return NULL;
        if (!self->target && (scl->unit == I2CTARGET_RP2040_ANY_PIO || scl->unit == i + 1))
            chosen = self;
    }
    return chosen;
}

static void unreset(uint32_t blocks)
{
    mmio_write32(RESETS_RESET + ALIAS_CLEAR, blocks);
    while ((mmio_read32(RESETS_DONE) & blocks) != blocks)
        ;
}

/* Input and pull-up.  The output belongs to the PIO, which drives nothing yet. */
static void connect(unsigned pin, unsigned function)
{
    mmio_write32(PAD(pin), PAD_INPUT | PAD_DRIVE_4MA | PAD_PULL_UP | PAD_SCHMITT);
    mmio_write32(GPIO_CTRL(pin), function);
}

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    if (scl->number >= PINS || sda->number >= PINS || scl->number == sda->number ||
        scl->unit != sda->unit || scl->unit > I2CTARGET_RP2040_PIO1)
        return -I2CTARGET_EINVAL;
    struct rp2040_target *self = choose_block(scl, sda);
    if (!self)
        return -I2CTARGET_EBUSY;
    unsigned block = (unsigned)(self - i2ctarget_rp2040_targets);
    *self = (struct rp2040_target){
        .engine.pio = PIO0 + block * PIO_SIZE,
        .addresses = *addresses,
        .smbus = smbus,
        .scl = (uint8_t)scl->number,
        .sda = (uint8_t)sda->number,
        .until_us = I2CTARGET_FOREVER,
    };
    unreset(RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_TIMER | (uint32_t)RESET_PIO0 << block);
    uint32_t state = cpu_irq_save();
    i2ctarget_rp2040_engine_prepare(&self->engine, scl->number, sda->number, system_hz());
    connect(scl->number, FUNCSEL_PIO0 + block);
    connect(sda->number, FUNCSEL_PIO0 + block);
    self->look_us = self->low_us = i2ctarget_rp2040_clock_us();
    self->target = target;
    *instance = self;
    i2ctarget_rp2040_clock_begin(i2ctarget_rp2040_configured.alarm);
    if (smbus)
        i2ctarget_rp2040_alarm_set();
    nvic_clear_pending(irq_of(self));
    nvic_enable(irq_of(self));
    i2ctarget_rp2040_engine_run(&self->engine);
    i2ctarget_rp2040_target_work_off(self); /* if SCL is low, the engine has noticed it by now */
    cpu_irq_restore(state);
    return 0;
}

/* The pins come first: after that the machines have no effect on the bus. */
static void port_close(void *instance)
{
    struct rp2040_target *self = instance;
    uint32_t state = cpu_irq_save();
    mmio_write32(GPIO_CTRL(self->scl), FUNCSEL_NULL);
    mmio_write32(GPIO_CTRL(self->sda), FUNCSEL_NULL);
    i2ctarget_rp2040_engine_stop(&self->engine);
    nvic_disable(irq_of(self));
    self->target = NULL;
    if (!i2ctarget_rp2040_targets[0].target && !i2ctarget_rp2040_targets[1].target)
        i2ctarget_rp2040_clock_end();
    cpu_irq_restore(state);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

/* A hold has a limit, which may be near: the stretches before it count, too. */
FAST void i2ctarget_rp2040_pio_irq(unsigned block)
{
    struct rp2040_target *self = &i2ctarget_rp2040_targets[block];
    uint32_t state = cpu_irq_save();
    if (self->target) {
        i2ctarget_rp2040_target_work_off(self);
        if (self->smbus && self->stretching.is_on)
            i2ctarget_rp2040_alarm_set();
    }
    cpu_irq_restore(state);
}

FAST void i2ctarget_rp2040_pio0_irq(void)
{
    i2ctarget_rp2040_pio_irq(0);
}

FAST void i2ctarget_rp2040_pio1_irq(void)
{
    i2ctarget_rp2040_pio_irq(1);
}

/* ---- the other ops --------------------------------------------------------------------------- */

/* A call whose R/W bit is still to come is not raised yet.  If its address went, it is a stranger's. */
static int port_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    struct rp2040_target *self = instance;
    uint32_t state = cpu_irq_save();
    self->addresses = *addresses;
    if (self->stage == CALLED && !self->open &&
        !i2ctarget_address_set_has(addresses, self->event.address))
        i2ctarget_rp2040_target_listen(self);
    cpu_irq_restore(state);
    return 0;
}

/* The answer comes before the book: until then SCL is held. */
static void port_answer(void *instance, int answer)
{
    struct rp2040_target *self = instance;
    if (!self->stretching.is_on || answer == I2CTARGET_HOLD)
        return;
    i2ctarget_rp2040_target_answer(self, answer);
    i2ctarget_rp2040_target_end_hold(self);
}

static void port_lock(void *instance)
{
    struct rp2040_target *self = instance;
    self->irq_state = cpu_irq_save();
}

static void port_unlock(void *instance)
{
    const struct rp2040_target *self = instance;
    cpu_irq_restore(self->irq_state);
}

/* Interrupts have raised all events already. */
static int port_poll(void *instance)
{
    (void)instance;
    return 0;
}

static int port_wait(void *instance, int64_t until_us)
{
    static const struct chip_clock clock = {i2ctarget_rp2040_clock_us, i2ctarget_rp2040_alarm_set};
    struct rp2040_target *self = instance;
    return i2ctarget_chip_wait(&self->raised, &self->until_us, until_us, &clock);
}

static int64_t port_now_us(void *instance)
{
    (void)instance;
    return i2ctarget_rp2040_clock_us();
}

static void port_counters(void *instance, struct i2ctarget_counters *counters)
{
    const struct rp2040_target *self = instance;
    counters->stretches = self->stretching.count;
    counters->longest_stretch_us = (uint32_t)self->stretching.longest;
}

const struct i2ctarget_port_ops i2ctarget_rp2040_port = {
    .capabilities =
        {
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
            .scl_hz_max = 400000, /* at 125 MHz; else: i2ctarget_rp2040_scl_hz_max() */
            .stranger_stretch_ns = 1000,
            .spike_ns = 0,
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
