/* SPDX-License-Identifier: MIT */
/* The port of the bare chip: all that ports/gpio leaves to a chip. */
#include "chips/bare/port.h"

#include "chips/bare/registers.h"
#include "cpu.h"
#include "gpio/gpio.h"
#include "nvic.h"

struct pins {
    uint32_t scl, sda; /* bits of the registers */
    bool is_blind;
};

static struct {
    struct pins pins;
    struct gpio_target gpio;
} targets[BARE_PAIRS];

/* ---- what gpio asks of the chip -------------------------------------------------------------- */

static uint32_t lines_of(const struct pins *pins, uint32_t bits)
{
    return (bits & pins->scl ? (uint32_t)GPIO_SCL : 0) |
           (bits & pins->sda ? (uint32_t)GPIO_SDA : 0);
}

static inline uint32_t gpio_pins_levels(void *pins)
{
    return lines_of(pins, mmio_read32(BARE_IN));
}

static inline void gpio_pins_pull_scl(void *pins)
{
    mmio_write32(BARE_PULL, ((const struct pins *)pins)->scl);
}

static inline void gpio_pins_release_scl(void *pins)
{
    mmio_write32(BARE_RELEASE, ((const struct pins *)pins)->scl);
}

static inline void gpio_pins_pull_sda(void *pins)
{
    mmio_write32(BARE_PULL, ((const struct pins *)pins)->sda);
}

static inline void gpio_pins_release_sda(void *pins)
{
    mmio_write32(BARE_RELEASE, ((const struct pins *)pins)->sda);
}

static inline uint32_t gpio_ticks(void)
{
    return mmio_read32(BARE_TIME_LOW);
}

static uint32_t ticks_hz(void)
{
    return 1000000000;
}

static inline bool gpio_pins_have_started(void *pins, uint32_t levels)
{
    const struct pins *pair = pins;
    uint32_t rose = lines_of(pair, mmio_read32(BARE_ROSE));
    uint32_t fell = lines_of(pair, mmio_read32(BARE_FELL));
    bool is_clocked = (pair->is_blind ? rose | fell : rose) & GPIO_SCL;
    bool has_started = levels & GPIO_SCL || (!pair->is_blind && (rose | fell) & GPIO_SDA);
    return !is_clocked && has_started;
}

static inline void gpio_pins_take(void *pins)
{
    (void)pins;
}

#include "gpio/stay.h"
#include "gpio/watch.h"

static uint32_t take(const struct pins *pins, uint32_t latch)
{
    uint32_t bits = mmio_read32(latch) & (pins->scl | pins->sda);
    if (bits)
        mmio_write32(latch, bits);
    return lines_of(pins, bits);
}

static uint32_t take_edges(void *pins)
{
    const struct pins *pair = pins;
    uint32_t rose = take(pair, BARE_ROSE), fell = take(pair, BARE_FELL);
    uint32_t edges = (rose | fell) & GPIO_SDA ? (uint32_t)GPIO_SDA_MOVED : 0;
    if (pair->is_blind)
        fell = rose = rose | fell;
    return edges | (rose & GPIO_SCL ? (uint32_t)GPIO_SCL_ROSE : 0) |
           (fell & GPIO_SCL ? (uint32_t)GPIO_SCL_FELL : 0);
}

static void listen(void *pins, bool on)
{
    const struct pins *pair = pins;
    if (on)
        (void)take_edges(pins);
    uint32_t ours = pair->scl | pair->sda, enabled = mmio_read32(BARE_ENABLE);
    mmio_write32(BARE_ENABLE, on ? enabled | ours : enabled & ~ours);
}

static void connect(void *pins)
{
    listen(pins, false);
    gpio_pins_release_scl(pins);
    gpio_pins_release_sda(pins);
}

static uint64_t now_ns(void)
{
    uint32_t high, low;
    do {
        high = mmio_read32(BARE_TIME_HIGH);
        low = mmio_read32(BARE_TIME_LOW);
    } while (high != mmio_read32(BARE_TIME_HIGH));
    return (uint64_t)high << 32 | low;
}

static int64_t now_us(void)
{
    return (int64_t)(now_ns() / 1000);
}

static void set_alarm(void)
{
    int64_t at_us = I2CTARGET_FOREVER, now = now_us();
    for (unsigned i = 0; i < BARE_PAIRS; i++) {
        if (targets[i].gpio.target)
            at_us = i2ctarget_chip_sooner(at_us, i2ctarget_gpio_due_us(&targets[i].gpio, now));
    }
    uint64_t at_ns = at_us == I2CTARGET_FOREVER ? UINT64_MAX : (uint64_t)at_us * 1000;
    mmio_write32(BARE_ALARM_LOW, (uint32_t)at_ns);
    mmio_write32(BARE_ALARM_HIGH, (uint32_t)(at_ns >> 32));
}

static const struct chip_clock clock = {now_us, set_alarm};

enum { STAY_NS = 200000 };

static bool may_watch(void)
{
    return true;
}

#define CHIP(duration, knows, ...)                                                        \
    {                                                                                     \
        .levels = gpio_pins_levels, .pull_scl = gpio_pins_pull_scl,                       \
        .release_scl = gpio_pins_release_scl, .pull_sda = gpio_pins_pull_sda,             \
        .release_sda = gpio_pins_release_sda, .take_edges = take_edges, .listen = listen, \
        .connect = connect, .disconnect = connect, .now_ns = now_ns, .clock = &clock,     \
        .latches = knows, .stay_ns = duration, .quick_ns = 64000, .enter = gpio_enter,    \
        .stay = gpio_stay, .watch = gpio_watch, .ticks_hz = ticks_hz,                     \
        .timing = {.hold_ns = 300, .setup_ns = 250}, __VA_ARGS__                          \
    }

static const struct gpio_chip stays = CHIP(STAY_NS, GPIO_LATCHES_BOTH, .may_watch = NULL),
                              stays_blind = CHIP(STAY_NS, GPIO_LATCHES_EDGES, .may_watch = NULL),
                              watches = CHIP(STAY_NS, GPIO_LATCHES_BOTH, .may_watch = may_watch),
                              watches_blind =
                                  CHIP(STAY_NS, GPIO_LATCHES_EDGES, .may_watch = may_watch),
                              leaves = CHIP(0, GPIO_LATCHES_BOTH, .may_watch = NULL),
                              leaves_blind = CHIP(0, GPIO_LATCHES_EDGES, .may_watch = NULL);

/* ---- interrupts ------------------------------------------------------------------------------ */

void bare_pair_irq(unsigned pair)
{
    i2ctarget_gpio_irq(&targets[pair].gpio);
}

void bare_alarm_irq(void)
{
    for (unsigned i = 0; i < BARE_PAIRS; i++)
        i2ctarget_gpio_alarm(&targets[i].gpio);
    set_alarm();
}

/* ---- ops ------------------------------------------------------------------------------------- */

static int open_with(const struct gpio_chip *chip, struct i2ctarget *target,
                     const struct i2ctarget_pin *scl, const struct i2ctarget_pin *sda,
                     const struct i2ctarget_address_set *addresses, bool smbus, void **instance)
{
    uintptr_t pair = scl->unit;
    if (pair >= BARE_PAIRS || sda->unit != pair || scl->number != 0 || sda->number != 1)
        return -I2CTARGET_EINVAL;
    if (targets[pair].gpio.target)
        return -I2CTARGET_EBUSY;
    targets[pair].pins = (struct pins){.scl = 2u << 2 * pair,
                                       .sda = 1u << 2 * pair,
                                       .is_blind = chip->latches == GPIO_LATCHES_EDGES};
    *instance = &targets[pair].gpio;
    i2ctarget_gpio_open(&targets[pair].gpio, chip, &targets[pair].pins, target, addresses, smbus);
    nvic_enable(BARE_IRQ_PAIR + (unsigned)pair);
    nvic_enable(BARE_IRQ_ALARM);
    i2ctarget_gpio_join(&targets[pair].gpio);
    return 0;
}

#define OPEN(name)                                                                    \
    static int open_##name(struct i2ctarget *target, const struct i2ctarget_pin *scl, \
                           const struct i2ctarget_pin *sda,                           \
                           const struct i2ctarget_address_set *addresses, bool smbus, \
                           void **instance)                                           \
    {                                                                                 \
        return open_with(&name, target, scl, sda, addresses, smbus, instance);        \
    }

OPEN(stays)
OPEN(stays_blind)
OPEN(watches)
OPEN(watches_blind)
OPEN(leaves)
OPEN(leaves_blind)

static int64_t port_now_us(void *instance)
{
    (void)instance;
    return now_us();
}

#define PORT(name, hz)                                                     \
    const struct i2ctarget_port_ops bare_##name = {                        \
        .capabilities = {.address_count_max = I2CTARGET_ADDRESS_COUNT_MAX, \
                         .smbus = true,                                    \
                         .scl_hz_max = hz},                                \
        .open = open_##name,                                               \
        .close = i2ctarget_gpio_close,                                     \
        .set_addresses = i2ctarget_gpio_set_addresses,                     \
        .answer = i2ctarget_gpio_answer,                                   \
        .lock = i2ctarget_gpio_lock,                                       \
        .unlock = i2ctarget_gpio_unlock,                                   \
        .poll = i2ctarget_gpio_poll,                                       \
        .wait = i2ctarget_gpio_wait,                                       \
        .now_us = port_now_us,                                             \
        .counters = i2ctarget_gpio_counters,                               \
    }

PORT(stays, 400000);
PORT(stays_blind, 400000);
PORT(watches, 400000);
PORT(watches_blind, 400000);
PORT(leaves, 100000);
PORT(leaves_blind, 100000);
