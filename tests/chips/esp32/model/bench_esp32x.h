/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the model share: a chip on wires, after start-up, and a hand.  Every test runs on
 * all chips that it names; `at` has the addresses of the present one, from SVD and notes, not from
 * the model's tables.
 */
#ifndef CHIPS_ESP32_MODEL_BENCH_ESP32X_H
#define CHIPS_ESP32_MODEL_BENCH_ESP32X_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu_gpio.h"
#include "cycles.h"
#include "mmio.h"
#include "chips/esp32/model/esp32x.h"

#define BIT(n) (UINT32_C(1) << (n))

/* ---- addresses ------------------------------------------------------------------------------- */

struct places {
    uint32_t gpio, mux, system, matrix, systimer, timg0, timg1, rtc;
    uint32_t pin0, in_sel0, out_sel0; /* PIN0, FUNC0_IN_SEL_CFG, FUNC0_OUT_SEL_CFG */
    uint32_t scl_mux, sda_mux, gpio_function, plain;
    uint32_t in_select; /* FUNCn_IN_SEL_CFG.SEL */
    uint32_t cpu_clk, cpu_rst, clk_en, rst_en, cpu_per_conf, sysclk_conf, from_cpu;
    uint32_t gpio_map, timg_map, systimer_map, from_cpu_map;
    uint32_t enable_cpu; /* of PINn.INT_ENA */
    uint32_t channel[ESP32X_CORES];
    uint32_t rtc_wdt, swd, timg_int;
};

enum { SCL = 4, SDA = 21, OTHER = 1 }; /* on all four, pins that may be used */

static const struct places places[ESP32X_KINDS] = {
    [ESP32X_ESP32] = {.gpio = 0x3FF44000,
                      .mux = 0x3FF49000,
                      .system = 0x3FF00000,
                      .matrix = 0x3FF00104,
                      .timg0 = 0x3FF5F000,
                      .timg1 = 0x3FF60000,
                      .rtc = 0x3FF48000,
                      .pin0 = 0x3FF44088,
                      .in_sel0 = 0x3FF44130,
                      .out_sel0 = 0x3FF44530,
                      .scl_mux = 0x3FF49048,
                      .sda_mux = 0x3FF4907C,
                      .gpio_function = 2,
                      .plain = 256,
                      .in_select = 0x80,
                      .clk_en = 0x3FF000C0,
                      .rst_en = 0x3FF000C4,
                      .cpu_per_conf = 0x3FF0003C,
                      .from_cpu = 0x3FF000DC,
                      .gpio_map = 0x3FF0015C,
                      .timg_map = 0x3FF0013C,
                      .from_cpu_map = 0x3FF00164,
                      .enable_cpu = 15,
                      .rtc_wdt = 0x3FF4808C,
                      .timg_int = 0x98},
    [ESP32X_ESP32S2] = {.gpio = 0x3F404000,
                        .mux = 0x3F409000,
                        .system = 0x3F4C0000,
                        .matrix = 0x3F4C2000,
                        .systimer = 0x3F423000,
                        .timg0 = 0x3F41F000,
                        .timg1 = 0x3F420000,
                        .rtc = 0x3F408000,
                        .pin0 = 0x3F404074,
                        .in_sel0 = 0x3F404154,
                        .out_sel0 = 0x3F404554,
                        .scl_mux = 0x3F409014,
                        .sda_mux = 0x3F409058,
                        .gpio_function = 1,
                        .plain = 256,
                        .in_select = 0x80,
                        .cpu_clk = 0x3F4C0010,
                        .cpu_rst = 0x3F4C0014,
                        .clk_en = 0x3F4C0040,
                        .rst_en = 0x3F4C0048,
                        .cpu_per_conf = 0x3F4C0018,
                        .sysclk_conf = 0x3F4C008C,
                        .from_cpu = 0x3F4C0058,
                        .gpio_map = 0x3F4C205C,
                        .timg_map = 0x3F4C203C,
                        .systimer_map = 0x3F4C211C,
                        .from_cpu_map = 0x3F4C2070,
                        .enable_cpu = 13,
                        .channel = {235},
                        .rtc_wdt = 0x3F408094,
                        .swd = 0x3F4080B0,
                        .timg_int = 0x98},
    [ESP32X_ESP32S3] = {.gpio = 0x60004000,
                        .mux = 0x60009000,
                        .system = 0x600C0000,
                        .matrix = 0x600C2000,
                        .systimer = 0x60023000,
                        .timg0 = 0x6001F000,
                        .timg1 = 0x60020000,
                        .rtc = 0x60008000,
                        .pin0 = 0x60004074,
                        .in_sel0 = 0x60004154,
                        .out_sel0 = 0x60004554,
                        .scl_mux = 0x60009014,
                        .sda_mux = 0x60009058,
                        .gpio_function = 1,
                        .plain = 256,
                        .in_select = 0x80,
                        .cpu_clk = 0x600C0008,
                        .cpu_rst = 0x600C000C,
                        .clk_en = 0x600C0018,
                        .rst_en = 0x600C0020,
                        .cpu_per_conf = 0x600C0010,
                        .sysclk_conf = 0x600C0060,
                        .from_cpu = 0x600C0030,
                        .gpio_map = 0x600C2040,
                        .timg_map = 0x600C20C8,
                        .systimer_map = 0x600C20E4,
                        .from_cpu_map = 0x600C213C,
                        .enable_cpu = 13,
                        .channel = {221, 129},
                        .rtc_wdt = 0x60008098,
                        .swd = 0x600080B4,
                        .timg_int = 0x70},
    [ESP32X_ESP32C3] = {.gpio = 0x60004000,
                        .mux = 0x60009000,
                        .system = 0x600C0000,
                        .matrix = 0x600C2000,
                        .systimer = 0x60023000,
                        .timg0 = 0x6001F000,
                        .timg1 = 0x60020000,
                        .rtc = 0x60008000,
                        .pin0 = 0x60004074,
                        .in_sel0 = 0x60004154,
                        .out_sel0 = 0x60004554,
                        .scl_mux = 0x60009014,
                        .sda_mux = 0x60009058,
                        .gpio_function = 1,
                        .plain = 128,
                        .in_select = 0x40,
                        .cpu_clk = 0x600C0000,
                        .cpu_rst = 0x600C0004,
                        .clk_en = 0x600C0010,
                        .rst_en = 0x600C0018,
                        .cpu_per_conf = 0x600C0008,
                        .sysclk_conf = 0x600C0058,
                        .from_cpu = 0x600C0028,
                        .gpio_map = 0x600C2040,
                        .timg_map = 0x600C2080,
                        .systimer_map = 0x600C2094,
                        .from_cpu_map = 0x600C20C8,
                        .enable_cpu = 13,
                        .channel = {28},
                        .rtc_wdt = 0x60008090,
                        .swd = 0x600080AC,
                        .timg_int = 0x70},
};

/* GPIO of all four. */
enum {
    OUT = 0x04,
    OUT_W1TS = 0x08,
    OUT_W1TC = 0x0C,
    ENABLE = 0x20,
    ENABLE_W1TS = 0x24,
    ENABLE_W1TC = 0x28,
    IN = 0x3C,
    STATUS = 0x44,
    STATUS_W1TS = 0x48,
    STATUS_W1TC = 0x4C
};
enum {
    PAD_DRIVER = 4,
    RISING = 1 << 7,
    FALLING = 2 << 7,
    ANY = 3 << 7,
    LOW = 4 << 7,
    HIGH = 5 << 7
};
enum { FUN_WPD = 0x80, FUN_WPU = 0x100, FUN_IE = 0x200 };
enum { LINE = 9 }; /* a CPU interrupt of all four */

static const struct places *at;
static struct wires wires;
static struct esp32x chip;
static struct esp32x_tap tap;
static struct wires_participant hand; /* pulls as a test wants */

/* ---- what tests do --------------------------------------------------------------------------- */

static void do_nothing(struct wires_participant *self, struct wires *on)
{
    (void)self;
    (void)on;
}

static inline void pull(bool scl_low, bool sda_low)
{
    i2ctarget_wires_pull(&wires, &hand, (struct line_pulls){scl_low, sda_low});
    i2ctarget_wires_settle(&wires);
}

static inline void pass(uint64_t ns)
{
    processor_idle(&wires, wires.now_ns + ns);
}

static inline uint32_t gpio_read(uint32_t offset)
{
    return mmio_read32(at->gpio + offset);
}

static inline void gpio_write(uint32_t offset, uint32_t value)
{
    mmio_write32(at->gpio + offset, value);
}

/* A pad as a line of a bus, with the GPIO function. */
static inline void open_pad(unsigned pin, uint32_t mux, uint32_t configuration)
{
    gpio_write(OUT_W1TS, BIT(pin));
    mmio_write32(mux, 0x800 | FUN_IE | FUN_WPU | at->gpio_function << 12);
    mmio_write32(at->pin0 + 4 * pin, PAD_DRIVER | configuration);
    mmio_write32(at->out_sel0 + 4 * pin, at->plain);
    gpio_write(ENABLE_W1TS, BIT(pin));
}

static inline void open_lines(void)
{
    if (chip.kind == ESP32X_ESP32)
        mmio_write32(at->rtc + 0x494, 0x42000000); /* TOUCH_PAD0: no pull-down */
    open_pad(SCL, at->scl_mux, 0);
    open_pad(SDA, at->sda_mux, 0);
}

static unsigned served; /* calls of the handler */

static inline void count_interrupt(void *owner)
{
    (void)owner;
    served++;
}

/* A source interrupts: through its map register, with the controller's consent. */
static inline void connect_source(uint32_t map, void (*handler)(void *owner))
{
    mmio_write32(map, LINE);
    processor_on_irq(&chip.processor, LINE, handler, NULL);
    if (chip.kind != ESP32X_ESP32C3) {
        esp32x_enable_cpu_interrupts(&chip, 0, BIT(LINE));
        return;
    }
    mmio_write32(at->matrix + 0x114 + 4 * LINE, 1); /* PRI, THRESH, ENABLE */
    mmio_write32(at->matrix + 0x194, 1);
    mmio_write32(at->matrix + 0x104, BIT(LINE));
}

/* ---- coming and going ------------------------------------------------------------------------ */

static inline void power_on(enum esp32x_kind kind)
{
    i2ctarget_wires_init(&wires);
    at = &places[kind];
    served = 0;
    esp32x_init(&chip, kind, &wires);
    esp32x_connect(&chip, &tap, SCL, SDA);
    processor_select(&chip.processor);
    hand = (struct wires_participant){.step = do_nothing, .wake_ns = WIRES_NEVER};
    i2ctarget_wires_join(&wires, &hand);
}

static inline int set_up_raw(void **state)
{
    power_on((enum esp32x_kind)(uintptr_t)*state);
    return 0;
}

static inline int set_up(void **state)
{
    set_up_raw(state);
    esp32x_boot(&chip);
    pass(1000);
    return 0;
}

/* There must be no error that the test has not noted. */
static inline int tear_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < chip.error_count && i < ESP32X_ERRORS_MAX; i++)
        print_error("%s: 0x%08x\n", esp32x_fault_name(chip.errors[i].fault),
                    chip.errors[i].address);
    esp32x_leave(&chip);
    return chip.error_count ? -1 : 0;
}

/* Takes the only error that there is; 0: there is none. */
static inline void expect_error(enum esp32x_fault fault, uint32_t address)
{
    assert_int_equal(chip.error_count, fault ? 1 : 0);
    if (!fault)
        return;
    assert_int_equal(chip.errors[0].fault, fault);
    assert_int_equal(chip.errors[0].address, address);
    chip.error_count = 0;
}

#define ROW(function, up, kind_name, kind)                                          \
    {                                                                               \
#function "_" kind_name, function, up, tear_down, (void *)(uintptr_t)(kind) \
    }
#define ON_ESP32(function) ROW(function, set_up, "esp32", ESP32X_ESP32)
#define ON_S2(function) ROW(function, set_up, "esp32s2", ESP32X_ESP32S2)
#define ON_S3(function) ROW(function, set_up, "esp32s3", ESP32X_ESP32S3)
#define ON_C3(function) ROW(function, set_up, "esp32c3", ESP32X_ESP32C3)
#define ON_S3_C3(function) ON_S3(function), ON_C3(function)
#define ON_NEWER(function) ON_S2(function), ON_S3_C3(function)
#define ON_ALL(function) ON_ESP32(function), ON_NEWER(function)
/* As the ROM leaves it. */
#define RAW_ON_ALL(function)                                  \
    ROW(function, set_up_raw, "esp32", ESP32X_ESP32),         \
        ROW(function, set_up_raw, "esp32s2", ESP32X_ESP32S2), \
        ROW(function, set_up_raw, "esp32s3", ESP32X_ESP32S3), \
        ROW(function, set_up_raw, "esp32c3", ESP32X_ESP32C3)

#endif
