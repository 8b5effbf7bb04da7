/* SPDX-License-Identifier: MIT */
/* The bus to the analog blocks, on all four chips. */
#include "bench_esp32x.h"

#define BUS 0x6000E000u
#define CALIBRATION (BUS + 0x40)
#define WAYS (BUS + 0x44)
enum { PLL = 0x66, REGULATOR = 0x6D, WRITE = 1 << 24, BUSY = 1 << 25, RUNS = 8, DONE = 1 << 24 };

static uint32_t controller(void)
{
    static const uint32_t numbers[] = {4, 0, 1, 0};
    return BUS + 4 * numbers[chip.kind];
}

static void open_ways(void)
{
    if (chip.kind == ESP32X_ESP32S2)
        mmio_write32(0x3F426090, mmio_read32(0x3F426090) | BIT(18));
    mmio_write32(WAYS, 0x0001FF00);
}

static uint8_t obeyed(uint32_t command)
{
    uint32_t state;
    mmio_write32(controller(), command);
    do
        state = mmio_read32(controller());
    while (state & BUSY);
    return (uint8_t)(state >> 16);
}

static void test_keeps_what_is_written(void **state)
{
    (void)state;
    open_ways();
    obeyed(WRITE | 0x6B0300 | PLL);
    obeyed(WRITE | 0x1C0300 | REGULATOR);
    assert_int_equal(obeyed(0x0300 | PLL), 0x6B);
    assert_int_equal(obeyed(0x0300 | REGULATOR), 0x1C);
    assert_int_equal(obeyed(0x0400 | PLL), 0);
}

static void test_one_access_at_a_time(void **state)
{
    (void)state;
    open_ways();
    mmio_write32(controller(), WRITE | 0x110300 | PLL);
    assert_int_equal(mmio_read32(controller()) & BUSY, BUSY);
    mmio_write32(controller(), WRITE | 0x220300 | PLL);
    expect_error(ESP32X_BUSY, controller());
    pass(2000);
    assert_int_equal(obeyed(0x0300 | PLL), 0x11);
}

static void test_way_is_closed(void **state)
{
    (void)state;
    open_ways();
    mmio_write32(WAYS, 0x0003FF00);
    obeyed(WRITE | 0x110300 | PLL);
    expect_error(ESP32X_PROTECTED, controller());
    mmio_write32(WAYS, 0x0001FF00);
    assert_int_equal(obeyed(0x0300 | PLL), 0);
}

static void test_another_controller(void **state)
{
    (void)state;
    open_ways();
    mmio_write32(BUS + 4 * 7, PLL);
    expect_error(ESP32X_UNMODELLED, BUS + 4 * 7);
}

static void test_pll_without_power(void **state)
{
    (void)state;
    open_ways();
    mmio_write32(at->rtc, mmio_read32(at->rtc) | 1 << 10);
    if (chip.kind != ESP32X_ESP32)
        mmio_write32(at->sysclk_conf, 0);
    chip.error_count = 0; /* the processor's clock has gone meanwhile */
    mmio_write32(controller(), PLL);
    expect_error(ESP32X_UNCLOCKED, controller());
}

static void test_bus_without_clock(void **state)
{
    (void)state;
    mmio_write32(WAYS, 0x0001FF00);
    mmio_write32(controller(), PLL);
    expect_error(ESP32X_UNCLOCKED, controller());
}

static void test_calibration_takes_time(void **state)
{
    (void)state;
    mmio_write32(CALIBRATION, RUNS);
    assert_int_equal(mmio_read32(CALIBRATION) & DONE, 0);
    pass(30000);
    assert_int_equal(mmio_read32(CALIBRATION) & DONE, DONE);
}

static void test_capacity_is_sought(void **state)
{
    unsigned capacity = 0;
    (void)state;
    open_ways();
    while (obeyed(0x0800 | PLL) & 0xF)
        obeyed(WRITE | ++capacity << 16 | 0x0100 | PLL);
    assert_int_equal(capacity, 5);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_ALL(test_keeps_what_is_written), ON_ALL(test_one_access_at_a_time),
        ON_ALL(test_way_is_closed),         ON_ALL(test_another_controller),
        ON_ALL(test_pll_without_power),     ON_S2(test_bus_without_clock),
        ON_S3(test_calibration_takes_time), ON_S2(test_capacity_is_sought),
    };
    return cmocka_run_group_tests_name("esp32x_analog", tests, NULL, NULL);
}
