/* SPDX-License-Identifier: MIT */
/*
 * Pins of ESP32-S2, ESP32-S3 and ESP32-C3: the processor has eight of its own (dedicated GPIO), which
 * the GPIO matrix connects to any pads.  An instruction reads or writes all of them.
 *
 *     pads ── IO_MUX ── GPIO ──┬── GPIO matrix ── processor's pins 2n (SCL) and 2n + 1 (SDA)
 *                              └── STATUS: edges
 *
 * The input stays connected while the pin pulls, and STATUS latches edges all the time: rises of
 * SCL, and both edges of SDA.  Which of the two it was STATUS does not tell, so that of SCL latches
 * rises alone.  Then it is certain that a START was one: SCL has been high since the last look.
 */
#include "cpu_gpio.h"
#include "cycles.h"
#include "esp32/clock.h"
#include "esp32/pins.h"

enum { STAY_NS = 200000, QUICK_NS = 64000 /* 125 kHz */ };

/* ---- what the handler does in a message of ours ---------------------------------------------- */

static inline uint32_t gpio_ticks(void)
{
    return cpu_cycles();
}

static inline unsigned channel(const struct esp32_pair *pair)
{
    return 2u * pair->place;
}

static inline uint32_t channels(void *pins, uint32_t lines)
{
    return lines << channel(pins);
}

static inline uint32_t gpio_pins_levels(void *pins)
{
    return cpu_gpio_in() >> channel(pins) & GPIO_LINES;
}

static inline void gpio_pins_pull_scl(void *pins)
{
    cpu_gpio_write(channels(pins, GPIO_SCL), 0);
}

static inline void gpio_pins_release_scl(void *pins)
{
    cpu_gpio_write(channels(pins, GPIO_SCL), channels(pins, GPIO_SCL));
}

static inline void gpio_pins_pull_sda(void *pins)
{
    cpu_gpio_write(channels(pins, GPIO_SDA), 0);
}

static inline void gpio_pins_release_sda(void *pins)
{
    cpu_gpio_write(channels(pins, GPIO_SDA), channels(pins, GPIO_SDA));
}

/*
 * The processor may see a level some clocks of APB (80 MHz) before STATUS has its edge: 50 ns at 240
 * MHz, more if the clock is slower.
 */
static inline void wait_for_latch(void)
{
    enum { LATCHING_CYCLES = 12 };
    uint32_t since = gpio_ticks();
    while (gpio_ticks() - since < LATCHING_CYCLES)
        ;
}

static inline uint32_t latched(const struct esp32_pair *pair)
{
    return i2ctarget_esp32_pins_read(pair, GPIO_STATUS(0), GPIO_STATUS(1) - GPIO_STATUS(0));
}

/* A fall of SCL needs no look at the latch of a rise that was a moment ago: SCL is high for longer. */
static inline bool gpio_pins_have_started(void *pins, uint32_t levels)
{
    if (levels & GPIO_SCL)
        wait_for_latch();
    uint32_t lines = latched(pins);
    return !(lines & GPIO_SCL) && (levels & GPIO_SCL || lines & GPIO_SDA);
}

/* The processor's pins pull at any time. */
static inline void gpio_pins_take(void *pins)
{
    (void)pins;
}

#include "gpio/stay.h"
#include "gpio/watch.h"

/* ---- edges ----------------------------------------------------------------------------------- */

static void forget(const struct esp32_pair *pair, uint32_t lines)
{
    if (lines == GPIO_LINES && pair->scl.bank == pair->sda.bank) {
        mmio_write32(GPIO_STATUS_CLEAR(pair->scl.bank), pair->scl.bit | pair->sda.bit);
        return;
    }
    if (lines & GPIO_SCL)
        mmio_write32(GPIO_STATUS_CLEAR(pair->scl.bank), pair->scl.bit);
    if (lines & GPIO_SDA)
        mmio_write32(GPIO_STATUS_CLEAR(pair->sda.bank), pair->sda.bit);
}

static uint32_t take_edges(void *pins)
{
    const struct esp32_pair *pair = pins;
    wait_for_latch();
    uint32_t lines = latched(pair);
    forget(pair, lines);
    uint32_t scl_edge = pair->awaits_fall ? GPIO_SCL_FELL : GPIO_SCL_ROSE;
    return (lines & GPIO_SCL ? scl_edge : 0) | (lines & GPIO_SDA ? (uint32_t)GPIO_SDA_MOVED : 0);
}

/* Nothing else may be done if rises are latched already: this is in the way of the next START. */
static void listen(void *pins, bool on)
{
    struct esp32_pair *pair = pins;
    if (on)
        forget(pair, GPIO_LINES);
    if (on && pair->latches_rises)
        return;
    uint32_t interrupt = on ? soc_pin_interrupt(pair->core) : 0;
    pair->latches_rises = on;
    pair->awaits_fall = false;
    i2ctarget_esp32_pads_latch(&pair->scl, PIN_ON_RISE, interrupt);
    i2ctarget_esp32_pads_latch(&pair->sda, PIN_ON_ANY_EDGE, interrupt);
}

static void await_fall(void *pins)
{
    struct esp32_pair *pair = pins;
    pair->awaits_fall = true;
    pair->latches_rises = false;
    i2ctarget_esp32_pads_latch(&pair->scl, PIN_ON_FALL, soc_pin_interrupt(pair->core));
    forget(pair, GPIO_SCL);
}

/* ---- coming and going ------------------------------------------------------------------------ */

/* The block is held in reset until somebody needs it. */
static void open_channels(uint32_t mask)
{
    enum { DEDICATED_GPIO = 1 << 7 };
    mmio_write32(SOC_CPU_CLOCKS, mmio_read32(SOC_CPU_CLOCKS) | DEDICATED_GPIO);
    mmio_write32(SOC_CPU_RESETS, mmio_read32(SOC_CPU_RESETS) & ~(uint32_t)DEDICATED_GPIO);
    if (SOC_CPU_OUTPUTS)
        mmio_write32(SOC_CPU_OUTPUTS, mmio_read32(SOC_CPU_OUTPUTS) | mask);
}

static void connect_line(const struct esp32_line *line, unsigned signal)
{
    i2ctarget_esp32_pads_connect(line, signal);
    mmio_write32(GPIO_IN_SELECT(signal), line->pin | SOC_INPUT_BY_MATRIX);
}

static void connect(void *pins)
{
    const struct esp32_pair *pair = pins;
    uint32_t both = channels(pins, GPIO_LINES);
    open_channels(both);
    cpu_gpio_write(both, both);
    connect_line(&pair->scl, soc_cpu_signal(pair->core, channel(pair)));
    connect_line(&pair->sda, soc_cpu_signal(pair->core, channel(pair) + 1));
}

static void disconnect_line(const struct esp32_line *line, unsigned signal)
{
    i2ctarget_esp32_pads_disconnect(line);
    mmio_write32(GPIO_IN_SELECT(signal), 0);
}

static void disconnect(void *pins)
{
    const struct esp32_pair *pair = pins;
    uint32_t both = channels(pins, GPIO_LINES);
    cpu_gpio_write(both, both);
    disconnect_line(&pair->scl, soc_cpu_signal(pair->core, channel(pair)));
    disconnect_line(&pair->sda, soc_cpu_signal(pair->core, channel(pair) + 1));
}

const struct gpio_chip i2ctarget_esp32_chip = {
    .levels = gpio_pins_levels,
    .pull_scl = gpio_pins_pull_scl,
    .release_scl = gpio_pins_release_scl,
    .pull_sda = gpio_pins_pull_sda,
    .release_sda = gpio_pins_release_sda,
    .take_edges = take_edges,
    .listen = listen,
    .await_fall = await_fall,
    .connect = connect,
    .disconnect = disconnect,
    .now_ns = i2ctarget_esp32_now_ns,
    .clock = &i2ctarget_esp32_clock,
    .latches = GPIO_LATCHES_RISES,
    .stay_ns = STAY_NS,
    .quick_ns = QUICK_NS,
    .enter = gpio_enter,
    .stay = gpio_stay,
    .watch = gpio_watch,
    .may_watch = i2ctarget_esp32_may_watch,
    .ticks_hz = i2ctarget_esp32_cpu_hz,
    .timing = {.hold_ns = 300, .setup_ns = 250},
};

/* The latches prove a START up to the first clock. */
void i2ctarget_esp32_gpio_irq(void)
{
    i2ctarget_esp32_serve_pins(NULL);
}
