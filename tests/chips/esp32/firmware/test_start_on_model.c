/* SPDX-License-Identifier: MIT */
/*
 * The start of an image on the register-level model, which reports accesses that the chip would not
 * take: to analog blocks too early, to watchdogs without the key, clocks beyond the limits.  KIND is
 * one of the four chips, whose code is compiled for this test.
 */
#include "chip.h"
#include "chips/esp32/model/bench_esp32x.h"
#include "counter.h"
#include "firmware/espressif/start.h"
#include "i2ctarget/esp32.h"

enum { INTERRUPT_GPIO = 23, INTERRUPT_TIMER = 27, WAITS_MAX = 8 };

/* What ESP-IDF has: the PLL's registers, voltages, times. */
static const struct wanted {
    uint32_t hz;
    uint8_t pll[ESP32X_ANALOG_REGISTERS];
    uint32_t voltage, voltage_mask; /* of RTC_CNTL_REG */
    uint32_t rtc_reg, pll_us, voltage_us, source, source_mask;
    uint32_t timer_map, maps, nowhere;
} wanted_of[ESP32X_KINDS] = {
    [ESP32X_ESP32] = {240000000,
                      {0x18, 0x20, 0, 28, 0x9A, 0xC6, 0, 0, 0, 0x74, 0, 0xC3, 0},
                      7 << 11,
                      7 << 11,
                      0x3FF4807C,
                      80,
                      3,
                      0x3FF48070,
                      3 << 27,
                      0x3FF0013C,
                      69,
                      16},
    [ESP32X_ESP32S2] = {240000000,
                        {0, 0x15, 0x50, 8, 0x6B, 0, 0x94},
                        7 << 11 | 7 << 25,
                        7 << 11 | 7 << 25,
                        0x3F408084,
                        0,
                        40,
                        0x3F4C008C,
                        3 << 10,
                        0x3F4C211C,
                        95,
                        16},
    [ESP32X_ESP32S3] = {240000000,
                        {0, 0, 0x50, 8, 0x6B, 0, 0x73, 0, 0, 3},
                        0,
                        0,
                        0x60008084,
                        10,
                        40,
                        0x600C0060,
                        3 << 10,
                        0x600C20E4,
                        99,
                        16},
    [ESP32X_ESP32C3] = {160000000,
                        {0, 0, 0x50, 8, 0x6B, 0, 0x63, 0, 0, 2},
                        0,
                        0,
                        0x60008080,
                        1,
                        0,
                        0x600C0058,
                        3 << 10,
                        0x600C2094,
                        62,
                        0},
};
static const struct wanted *wanted;

/* ---- what the chip's code needs -------------------------------------------------------------- */

/* How the chip was while it waited. */
static struct {
    uint32_t us;
    bool has_voltage, has_pll, is_on_pll;
} waits[WAITS_MAX];
static unsigned wait_count;
static bool counts_clocks;
static uint32_t enabled;

static bool has_pll(void)
{
    return memcmp(chip.analog.pll, wanted->pll, sizeof wanted->pll) == 0;
}

static bool has_voltage(void)
{
    if (chip.kind == ESP32X_ESP32S3)
        return chip.analog.regulator[4] == 28 && chip.analog.regulator[6] == 28;
    return (mmio_read32(wanted->rtc_reg) & wanted->voltage_mask) == wanted->voltage;
}

static bool is_on_pll(void)
{
    return (mmio_read32(wanted->source) & wanted->source_mask) != 0;
}

void chip_wait_us(uint32_t us)
{
    assert_in_range(wait_count, 0, WAITS_MAX - 1);
    waits[wait_count].us = us;
    waits[wait_count].has_voltage = has_voltage();
    waits[wait_count].has_pll = has_pll();
    waits[wait_count++].is_on_pll = is_on_pll();
    pass((uint64_t)us * 1000);
}

void halt(void)
{
    fail_msg("halt");
    abort();
}

void unexpected(void)
{
    halt();
}

void core_counts_clocks(void)
{
    counts_clocks = true;
}

#ifdef IS_XTENSA
void chip_enable_interrupts(uint32_t numbers)
{
    enabled = numbers;
}
#endif

void i2ctarget_esp32_gpio_irq(void)
{
}

void i2ctarget_esp32_timer_irq(void)
{
}

/* ---- tests ----------------------------------------------------------------------------------- */

static int set_up_chip(void **state)
{
    wait_count = 0;
    counts_clocks = false;
    enabled = 0;
    wanted = &wanted_of[KIND];
    *state = (void *)(uintptr_t)KIND;
    return set_up_raw(state);
}

static void start(void)
{
    chip_release_pins();
    chip_stop_watchdogs();
    clocks_start();
    chip_route_interrupts(MATRIX);
    chip_take_interrupts();
}

static void assert_clocks(void)
{
    assert_int_equal(esp32x_cpu_hz(&chip), wanted->hz);
    assert_true(has_pll() && has_voltage());
    assert_int_equal(counts_clocks, KIND == ESP32X_ESP32C3);
    if (KIND == ESP32X_ESP32S3) /* the calibration has been stopped again */
        assert_int_equal(mmio_read32(0x6000E040) & 0xC, 4);
}

static void test_clocks(void **state)
{
    (void)state;
    start();
    assert_clocks();
}

/* The core waits for the PLL and for the voltage while it is on the crystal. */
static void test_nothing_is_too_early(void **state)
{
    uint32_t pll_us = 0, voltage_us = 0;
    (void)state;
    start();
    for (unsigned i = 0; i < wait_count; i++) {
        if (!waits[i].is_on_pll && waits[i].has_pll)
            pll_us += waits[i].us;
        if (!waits[i].is_on_pll && waits[i].has_voltage)
            voltage_us += waits[i].us;
    }
    assert_true(pll_us >= wanted->pll_us);
    assert_true(voltage_us >= wanted->voltage_us);
}

/* A debugger starts the image again: the core is on the PLL. */
static void test_again(void **state)
{
    (void)state;
    start();
    wait_count = 0;
    start();
    assert_clocks();
}

static void test_from_a_divided_crystal(void **state)
{
    (void)state;
    uint32_t divider = KIND == ESP32X_ESP32 ? 0x3FF66000 : at->sysclk_conf;
    mmio_write32(divider, mmio_read32(divider) | 3);
    start();
    assert_clocks();
    mmio_write32(wanted->source, mmio_read32(wanted->source) & ~wanted->source_mask);
    assert_int_equal(esp32x_cpu_hz(&chip), 40000000);
}

/* The model's clock is not followed by the watchdogs' time alone: a minute, and none of them bites. */
static void test_watchdogs(void **state)
{
    (void)state;
    start();
    for (unsigned second = 0; second < 60; second++)
        pass(1000000000);
    assert_int_equal(chip.error_count, 0);
}

/* Without this, one does: the test can fail. */
static void test_a_watchdog_that_is_forgotten(void **state)
{
    (void)state;
    clocks_start();
    for (unsigned second = 0; second < 60 && !chip.error_count; second++)
        pass(1000000000);
    assert_int_equal(chip.errors[0].fault, ESP32X_WATCHDOG);
    chip.error_count = 0;
}

static void test_pins_are_released(void **state)
{
    (void)state;
    open_lines();
    gpio_write(OUT_W1TC, BIT(SCL) | BIT(SDA));
    pass(1000);
    assert_false(esp32x_pad_level(&chip, SCL) || esp32x_pad_level(&chip, SDA));
    chip_release_pins();
    pass(1000);
    assert_true(esp32x_pad_level(&chip, SCL) && esp32x_pad_level(&chip, SDA));
    assert_int_equal(gpio_read(ENABLE) & (BIT(SCL) | BIT(SDA)), 0);
}

/* Those that the processor's own pins drive, too. */
static void test_pins_of_the_processor_are_released(void **state)
{
    (void)state;
    if (KIND == ESP32X_ESP32)
        return; /* it has none */
    mmio_write32(at->cpu_clk, mmio_read32(at->cpu_clk) | 1 << 7);
    mmio_write32(at->cpu_rst, mmio_read32(at->cpu_rst) & ~(uint32_t)(1 << 7));
    open_lines();
    uint32_t enable_by_gpio = KIND == ESP32X_ESP32C3 ? 1 << 9 : 1 << 10;
    mmio_write32(at->out_sel0 + 4 * SCL, at->channel[0] | enable_by_gpio);
    pass(1000);
    assert_false(esp32x_pad_level(&chip, SCL));
    chip_release_pins();
    pass(1000);
    assert_true(esp32x_pad_level(&chip, SCL));
}

static void test_interrupts(void **state)
{
    (void)state;
    mmio_write32(at->matrix + 4 * 3, 5); /* a program of before */
    start();
    for (unsigned source = 0; source < wanted->maps; source++) {
        uint32_t map = at->matrix + 4 * source;
        uint32_t number = map == at->gpio_map        ? INTERRUPT_GPIO
                          : map == wanted->timer_map ? INTERRUPT_TIMER
                                                     : wanted->nowhere;
        assert_int_equal(mmio_read32(map), number);
    }
    if (KIND == ESP32X_ESP32C3)
        enabled = mmio_read32(at->matrix + 0x104);
    assert_int_equal(enabled, BIT(INTERRUPT_GPIO) | BIT(INTERRUPT_TIMER));
}

/* An edge on a pin of the chip arrives at the core. */
static void test_an_edge_interrupts(void **state)
{
    (void)state;
    start();
    open_lines();
    processor_on_irq(&chip.processor, INTERRUPT_GPIO, count_interrupt, NULL);
    if (KIND != ESP32X_ESP32C3)
        esp32x_enable_cpu_interrupts(&chip, 0, enabled);
    mmio_write32(at->pin0 + 4 * SCL, PAD_DRIVER | LOW | 1u << at->enable_cpu);
    pull(true, false);
    pass(1000);
    pull(false, false);
    gpio_write(STATUS_W1TC, BIT(SCL));
    pass(1000);
    assert_true(served > 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up_chip, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_clocks),
        TEST(test_nothing_is_too_early),
        TEST(test_again),
        TEST(test_from_a_divided_crystal),
        TEST(test_watchdogs),
        TEST(test_a_watchdog_that_is_forgotten),
        TEST(test_pins_are_released),
        TEST(test_pins_of_the_processor_are_released),
        TEST(test_interrupts),
        TEST(test_an_edge_interrupts),
    };
    return cmocka_run_group_tests_name("esp32_start", tests, NULL, NULL);
}
