/* SPDX-License-Identifier: MIT */
/*
 * Pins of ESP32: the registers of GPIO.
 *
 * STATUS loses an edge that comes in the clock in which another bit of it is cleared (erratum
 * GPIO-3.14).  A level lasts.  So each line latches the level that it does not have: high if it was
 * low at the last look, and low if it was high.  What is latched then is an edge, and that it has
 * come back is not told.
 */
#include "cycles.h"
#include "esp32/clock.h"
#include "esp32/pins.h"

enum { STAY_NS = 200000, QUICK_NS = 500000 /* 16 kHz */ };

/* ---- what the handler does in a message of ours ---------------------------------------------- */

static inline uint32_t gpio_ticks(void)
{
    return cpu_cycles();
}

static inline uint32_t gpio_pins_levels(void *pins)
{
    return i2ctarget_esp32_pins_read(pins, GPIO_IN(0), GPIO_IN(1) - GPIO_IN(0));
}

static inline void gpio_pins_pull_scl(void *pins)
{
    const struct esp32_pair *pair = pins;
    mmio_write32(GPIO_OUT_CLEAR(pair->scl.bank), pair->scl.bit);
}

static inline void gpio_pins_release_scl(void *pins)
{
    const struct esp32_pair *pair = pins;
    mmio_write32(GPIO_OUT_SET(pair->scl.bank), pair->scl.bit);
}

static inline void gpio_pins_pull_sda(void *pins)
{
    const struct esp32_pair *pair = pins;
    mmio_write32(GPIO_OUT_CLEAR(pair->sda.bank), pair->sda.bit);
}

static inline void gpio_pins_release_sda(void *pins)
{
    const struct esp32_pair *pair = pins;
    mmio_write32(GPIO_OUT_SET(pair->sda.bank), pair->sda.bit);
}

static inline uint32_t latched(const struct esp32_pair *pair)
{
    return i2ctarget_esp32_pins_read(pair, GPIO_STATUS(0), GPIO_STATUS(1) - GPIO_STATUS(0));
}

/* The interrupt has found SDA low, and SCL high.  No clock can have been between that and now. */
static inline bool has_seen_start(const struct esp32_pair *pair)
{
    const struct esp32_sight *sight = pair->sight;
    return sight && !pair->scl.bank && !pair->sda.bank && sight->in & pair->scl.bit &&
           !(sight->status & pair->scl.bit) && !(sight->in & pair->sda.bit);
}

/* A low that is latched does not tell how often SCL was low: so it must have been high all the time. */
static inline bool gpio_pins_have_started(void *pins, uint32_t levels)
{
    return has_seen_start(pins) || (levels & GPIO_SCL && !(latched(pins) & GPIO_SCL));
}

/* The registers pull at any time. */
static inline void gpio_pins_take(void *pins)
{
    (void)pins;
}

#include "gpio/stay.h"
#include "gpio/watch.h"

/* ---- edges ----------------------------------------------------------------------------------- */

/* The latch is cleared after its level was chosen: if the line has that level by now, it is set. */
static void await_line(const struct esp32_line *line, bool high, uint32_t interrupt)
{
    i2ctarget_esp32_pads_latch(line, high ? PIN_ON_HIGH : PIN_ON_LOW, interrupt);
    mmio_write32(GPIO_STATUS_CLEAR(line->bank), line->bit);
}

/* These lines have these levels: wait for the others. */
static void await_others(struct esp32_pair *pair, uint32_t lines, uint32_t levels)
{
    pair->awaited = (pair->awaited & ~lines) | (~levels & lines);
    if (lines & GPIO_SCL)
        await_line(&pair->scl, pair->awaited & GPIO_SCL, pair->interrupt);
    if (lines & GPIO_SDA)
        await_line(&pair->sda, pair->awaited & GPIO_SDA, pair->interrupt);
}

/* A line that has the awaited level has moved, even if that is not latched yet. */
static uint32_t take_edges(void *pins)
{
    struct esp32_pair *pair = pins;
    uint32_t levels = gpio_pins_levels(pins), awaited = pair->awaited;
    uint32_t moved = ~(levels ^ awaited) & GPIO_LINES;
    moved |= latched(pair);
    await_others(pair, moved, levels);
    uint32_t scl = awaited & GPIO_SCL ? GPIO_SCL_ROSE : GPIO_SCL_FELL;
    return (moved & GPIO_SCL ? scl : 0) | (moved & GPIO_SDA ? (uint32_t)GPIO_SDA_MOVED : 0);
}

static void listen(void *pins, bool on)
{
    struct esp32_pair *pair = pins;
    pair->interrupt = on ? soc_pin_interrupt(pair->core) : 0;
    if (on) {
        await_others(pair, GPIO_LINES, gpio_pins_levels(pins));
    } else {
        i2ctarget_esp32_pads_latch(&pair->scl, PIN_ON_LOW, 0);
        i2ctarget_esp32_pads_latch(&pair->sda, PIN_ON_LOW, 0);
    }
}

/* ---- coming and going ------------------------------------------------------------------------ */

static void connect(void *pins)
{
    const struct esp32_pair *pair = pins;
    i2ctarget_esp32_pads_connect(&pair->scl, SOC_PLAIN_OUTPUT);
    i2ctarget_esp32_pads_connect(&pair->sda, SOC_PLAIN_OUTPUT);
}

static void disconnect(void *pins)
{
    const struct esp32_pair *pair = pins;
    i2ctarget_esp32_pads_disconnect(&pair->scl);
    i2ctarget_esp32_pads_disconnect(&pair->sda);
}

const struct gpio_chip i2ctarget_esp32_chip = {
    .levels = gpio_pins_levels,
    .pull_scl = gpio_pins_pull_scl,
    .release_scl = gpio_pins_release_scl,
    .pull_sda = gpio_pins_pull_sda,
    .release_sda = gpio_pins_release_sda,
    .take_edges = take_edges,
    .listen = listen,
    .connect = connect,
    .disconnect = disconnect,
    .now_ns = i2ctarget_esp32_now_ns,
    .clock = &i2ctarget_esp32_clock,
    .latches = GPIO_LATCHES_EDGES,
    .stay_ns = STAY_NS,
    .quick_ns = QUICK_NS,
    .enter = gpio_enter,
    .stay = gpio_stay,
    .watch = gpio_watch,
    .may_watch = i2ctarget_esp32_may_watch,
    .ticks_hz = i2ctarget_esp32_cpu_hz,
    .timing = {.hold_ns = 300, .setup_ns = 250},
};

/*
 * SCL may fall 0.6 us after a START, so these two are read first of all, before other interrupts are
 * masked.  If one has come in between, it has taken longer, and what was read is too old.  The other
 * bank has two pads: a START of theirs is looked at later.
 */
void i2ctarget_esp32_gpio_irq(void)
{
    enum { FRESH_CYCLES = 64 };
    struct esp32_sight sight;
    sight.in = mmio_read32(GPIO_IN(0));
    uint32_t read_cycles = cpu_cycles();
    sight.status = mmio_read32(GPIO_STATUS(0));
    uint32_t state = cpu_irq_save();
    bool is_fresh = cpu_cycles() - read_cycles < FRESH_CYCLES;
    i2ctarget_esp32_serve_pins(is_fresh ? &sight : NULL);
    cpu_irq_restore(state);
}
