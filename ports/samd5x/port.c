/* SPDX-License-Identifier: MIT */
/*
 * SAM D5x/E5x as a port: pins, a SERCOM for each target, and the ops that the core calls.  Pins that
 * no SERCOM has go to the second way (second.h).
 */
#include "i2ctarget/samd5x.h"

#include "chip/waiting.h"
#include "cpu.h"
#include "nvic.h"
#include "samd5x/alarm.h"
#include "samd5x/clocks.h"
#include "samd5x/config.h"
#include "samd5x/second.h"
#include "samd5x/time.h"

enum { DEFAULT_GCLK_32K = 3 };

struct i2ctarget_samd5x_config i2ctarget_samd5x_configured;

static const struct chip_clock alarm = {i2ctarget_samd5x_time_us, i2ctarget_samd5x_alarm_set};

/* ---- set-up ---------------------------------------------------------------------------------- */

int i2ctarget_samd5x_configure(const struct i2ctarget_samd5x_config *config)
{
    enum { HZ_MIN = 12000000, HZ_MAX = 120000000, GENERATORS = 12 };
    bool is_clock = !config->cpu_hz || (config->cpu_hz >= HZ_MIN && config->cpu_hz <= HZ_MAX);
    if (!is_clock || config->gclk_48m >= GENERATORS || config->gclk_32k >= GENERATORS ||
        config->timer > I2CTARGET_SAMD5X_TC6)
        return -I2CTARGET_EINVAL;
    if (i2ctarget_samd5x_pins_are_in_use())
        return -I2CTARGET_EBUSY;
    i2ctarget_samd5x_configured = *config;
    return 0;
}

uint32_t i2ctarget_samd5x_scl_hz_max(void)
{
    enum { HZ_AT_DEFAULT = 150000 };
    return (uint32_t)((uint64_t)i2ctarget_samd5x_cpu_hz() * HZ_AT_DEFAULT / SAMD5X_DEFAULT_HZ);
}

static unsigned irq_of(const struct samd5x_target *self)
{
    return IRQ_SERCOM_0 + IRQS_OF_SERCOM * (unsigned)(self - i2ctarget_samd5x_targets);
}

static uint8_t gclk_32k(void)
{
    uint8_t generator = i2ctarget_samd5x_configured.gclk_32k;
    return generator ? generator : DEFAULT_GCLK_32K;
}

static bool has_clocks(bool smbus)
{
    return i2ctarget_samd5x_clocks_run(i2ctarget_samd5x_gclk_48m()) &&
           (!smbus || i2ctarget_samd5x_clocks_run(gclk_32k()));
}

/* Pins that no SERCOM has. */
static const struct i2ctarget_port_ops *choose(const struct i2ctarget_pin *scl,
                                               const struct i2ctarget_pin *sda)
{
    struct wiring wiring;
    int sercom = i2ctarget_samd5x_pins_find(scl->number, sda->number, &wiring);
    return sercom == NO_SERCOM && i2ctarget_samd5x_second ? i2ctarget_samd5x_second->port : NULL;
}

static void begin(struct samd5x_target *self)
{
    const struct sercom_setup setup = {
        .cpu_hz = i2ctarget_samd5x_cpu_hz(),
        .gclk_48m = i2ctarget_samd5x_gclk_48m(),
        .gclk_32k = gclk_32k(),
        .fast_mode_plus = i2ctarget_samd5x_configured.fast_mode_plus,
        .smbus = self->smbus,
    };
    unsigned number = (unsigned)(self - i2ctarget_samd5x_targets);
    i2ctarget_samd5x_sercom_prepare(&self->sercom, number, &setup);
    i2ctarget_samd5x_pins_connect(&self->wiring);
    i2ctarget_samd5x_sercom_listen(&self->sercom, &self->match);
    i2ctarget_samd5x_sercom_watch(&self->sercom, INT_ALL);
    for (unsigned i = 0; i < IRQS_OF_SERCOM; i++) {
        nvic_clear_pending(irq_of(self) + i);
        nvic_enable(irq_of(self) + i);
    }
}

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    struct wiring wiring;
    int sercom = i2ctarget_samd5x_pins_find(scl->number, sda->number, &wiring);
    if (sercom == NO_SERCOM || scl->unit || sda->unit || !has_clocks(smbus))
        return -I2CTARGET_EINVAL;
    struct samd5x_target *self = &i2ctarget_samd5x_targets[sercom];
    if (self->target || !i2ctarget_samd5x_pins_take(scl->number, sda->number))
        return -I2CTARGET_EBUSY;
    uint32_t state = cpu_irq_save();
    i2ctarget_samd5x_time_begin(i2ctarget_samd5x_configured.timer, i2ctarget_samd5x_gclk_48m());
    *self = (struct samd5x_target){
        .target = target,
        .watched = INT_ALL,
        .smbus = smbus,
        .addresses = *addresses,
        .match = i2ctarget_samd5x_configured.hear_all ? i2ctarget_samd5x_match_all()
                                                      : i2ctarget_samd5x_match_for(addresses),
        .wiring = wiring,
        .until_us = I2CTARGET_FOREVER,
    };
    begin(self);
    *instance = self;
    cpu_irq_restore(state);
    return 0;
}

/* The pins come first: after that the SERCOM has no effect on the bus. */
static void port_close(void *instance)
{
    struct samd5x_target *self = instance;
    uint32_t state = cpu_irq_save();
    i2ctarget_samd5x_pins_disconnect(&self->wiring);
    for (unsigned i = 0; i < IRQS_OF_SERCOM; i++)
        nvic_disable(irq_of(self) + i);
    i2ctarget_samd5x_sercom_reset(&self->sercom);
    self->target = NULL;
    i2ctarget_samd5x_time_end();
    i2ctarget_samd5x_pins_give_back(self->wiring.scl, self->wiring.sda);
    cpu_irq_restore(state);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

/* A hold has a limit, which may be near: the stretches before it count, too. */
static void set_alarm_for(const struct samd5x_target *self)
{
    bool has_limit = self->smbus && self->stretching.is_on;
    if (has_limit || i2ctarget_samd5x_target_has_left(self))
        i2ctarget_samd5x_alarm_set();
}

void i2ctarget_samd5x_sercom_irq(unsigned sercom)
{
    struct samd5x_target *self = &i2ctarget_samd5x_targets[sercom];
    if (!self->target)
        return;
    uint32_t state = cpu_irq_save();
    i2ctarget_samd5x_target_work_off(self);
    set_alarm_for(self);
    cpu_irq_restore(state);
}

void i2ctarget_samd5x_sercom0_irq(void)
{
    i2ctarget_samd5x_sercom_irq(0);
}

void i2ctarget_samd5x_sercom1_irq(void)
{
    i2ctarget_samd5x_sercom_irq(1);
}

void i2ctarget_samd5x_sercom2_irq(void)
{
    i2ctarget_samd5x_sercom_irq(2);
}

void i2ctarget_samd5x_sercom3_irq(void)
{
    i2ctarget_samd5x_sercom_irq(3);
}

void i2ctarget_samd5x_sercom4_irq(void)
{
    i2ctarget_samd5x_sercom_irq(4);
}

void i2ctarget_samd5x_sercom5_irq(void)
{
    i2ctarget_samd5x_sercom_irq(5);
}

void i2ctarget_samd5x_sercom6_irq(void)
{
    i2ctarget_samd5x_sercom_irq(6);
}

void i2ctarget_samd5x_sercom7_irq(void)
{
    i2ctarget_samd5x_sercom_irq(7);
}

/* ---- the other ops --------------------------------------------------------------------------- */

/*
 * An address that the SERCOM does not listen to is waited for: the match may only be changed while no
 * message is under way.  If the caller owes an answer, or the bus is never at rest, it is changed
 * after the STOP, or later.
 */
static int port_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    enum { PATIENCE_US = 20000 };
    struct samd5x_target *self = instance;
    uint32_t state = cpu_irq_save();
    int64_t end_us = i2ctarget_samd5x_time_us() + PATIENCE_US;
    bool must_widen = !i2ctarget_samd5x_match_has(&self->match, addresses);
    self->addresses = *addresses;
    if (must_widen && !self->must_widen)
        self->widen_us = end_us - PATIENCE_US;
    self->must_widen = must_widen;
    while (self->must_widen && !self->stretching.is_on && i2ctarget_samd5x_time_us() < end_us) {
        i2ctarget_samd5x_alarm_try_to_widen(self);
        cpu_irq_restore(state);
        state = cpu_irq_save();
    }
    if (self->must_widen)
        i2ctarget_samd5x_alarm_set();
    cpu_irq_restore(state);
    return 0;
}

static void port_answer(void *instance, int answer)
{
    struct samd5x_target *self = instance;
    if (!self->stretching.is_on || answer == I2CTARGET_HOLD)
        return;
    i2ctarget_samd5x_target_answer(self, answer);
    set_alarm_for(self);
}

static void port_lock(void *instance)
{
    struct samd5x_target *self = instance;
    self->irq_state = cpu_irq_save();
}

static void port_unlock(void *instance)
{
    const struct samd5x_target *self = instance;
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
    struct samd5x_target *self = instance;
    return i2ctarget_chip_wait(&self->raised, &self->until_us, until_us, &alarm);
}

static int64_t port_now_us(void *instance)
{
    (void)instance;
    return i2ctarget_samd5x_time_us();
}

static void port_counters(void *instance, struct i2ctarget_counters *counters)
{
    const struct samd5x_target *self = instance;
    counters->stretches = self->stretching.count;
    counters->longest_stretch_us = (uint32_t)self->stretching.longest;
}

const struct i2ctarget_port_ops i2ctarget_samd5x_port = {
    .capabilities =
        {
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
            .scl_hz_max = 150000, /* at 120 MHz; else: i2ctarget_samd5x_scl_hz_max() */
            .stranger_stretch_ns = 1000,
            .spike_ns = 0, /* only some pads have a filter: README.md */
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
    .choose = choose,
};
