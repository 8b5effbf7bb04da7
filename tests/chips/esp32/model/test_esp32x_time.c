/* SPDX-License-Identifier: MIT */
/* The model's clocks, counters, alarms and watchdogs, and the start of core 1. */
#include "chips/esp32/model/bench_esp32x.h"

#define KEY UINT32_C(0x50D83AA1)
#define SWD_KEY UINT32_C(0x8F1D312A)

enum { MS = 1000000 };

/* ---- the CPU's clock ------------------------------------------------------------------------- */

static void the_crystal_at_first(void **state)
{
    (void)state;
    assert_int_equal(esp32x_cpu_hz(&chip), chip.kind == ESP32X_ESP32 ? 40000000 : 20000000);
}

static void select_source(uint32_t source)
{
    if (chip.kind == ESP32X_ESP32)
        mmio_write32(0x3FF48070, 0x2210 | source << 27);
    else
        mmio_write32(at->sysclk_conf, source << 10);
}

static void speeds(void **state)
{
    bool is_c3 = chip.kind == ESP32X_ESP32C3;
    (void)state;
    assert_int_equal(esp32x_cpu_hz(&chip), is_c3 ? 160000000 : 240000000);
    for (uint32_t i = 0; i < (is_c3 ? 2 : 3); i++) {
        mmio_write32(at->cpu_per_conf, 4 | i);
        assert_int_equal(esp32x_cpu_hz(&chip), 80000000 + i * 80000000);
    }
    mmio_write32(at->cpu_per_conf, 4 | 2);
    expect_error(is_c3 ? ESP32X_FREQUENCY : 0, at->cpu_per_conf);
    mmio_write32(at->cpu_per_conf, 4 | 3);
    expect_error(ESP32X_FREQUENCY, at->cpu_per_conf);
    select_source(0);
    assert_int_equal(esp32x_cpu_hz(&chip), 40000000);
    select_source(2);
    assert_in_range(esp32x_cpu_hz(&chip), 8000000, 18000000);
}

/* The PLL of 320 MHz makes no 240 MHz. */
static void the_slower_pll(void **state)
{
    (void)state;
    mmio_write32(at->cpu_per_conf, 1);
    assert_int_equal(esp32x_cpu_hz(&chip), 160000000);
    mmio_write32(at->cpu_per_conf, 2);
    expect_error(ESP32X_FREQUENCY, at->cpu_per_conf);
}

static void dividers(void **state)
{
    (void)state;
    select_source(0);
    if (chip.kind == ESP32X_ESP32)
        mmio_write32(0x3FF66000, 0x2003);
    else
        mmio_write32(at->sysclk_conf, 3);
    assert_int_equal(esp32x_cpu_hz(&chip), 10000000);
}

static void the_pll_must_be_on(void **state)
{
    (void)state;
    mmio_write32(at->rtc, mmio_read32(at->rtc) | 0x400); /* BBPLL_FORCE_PD */
    expect_error(ESP32X_FREQUENCY, at->rtc);
    assert_int_equal(esp32x_cpu_hz(&chip), 0);
}

/* CCOUNT, 0x7E2: at the CPU's frequency, whatever it is. */
static void cycle_counter(void **state)
{
    (void)state;
    uint32_t before = cpu_cycles();
    pass(1000000);
    uint32_t cycles = cpu_cycles() - before;
    assert_in_range(cycles, esp32x_cpu_hz(&chip) / 1000, esp32x_cpu_hz(&chip) / 1000 + 10);
    mmio_write32(at->cpu_per_conf, 4);
    before = cpu_cycles();
    pass(1000000);
    assert_in_range(cpu_cycles() - before, 80000, 80010);
}

/* ---- SYSTIMER -------------------------------------------------------------------------------- */

static uint32_t systimer_op(void)
{
    return at->systimer + (chip.kind == ESP32X_ESP32S2 ? 0x38 : 0x04);
}

static void write_target(uint64_t target)
{
    bool is_s2 = chip.kind == ESP32X_ESP32S2;
    mmio_write32(at->systimer + (is_s2 ? 0x14 : 0x1C), (uint32_t)(target >> 32));
    mmio_write32(at->systimer + (is_s2 ? 0x18 : 0x20), (uint32_t)target);
    if (!is_s2)
        mmio_write32(at->systimer + 0x50, 1);
}

static void work(bool on)
{
    if (chip.kind == ESP32X_ESP32S2)
        mmio_write32(at->systimer + 0x2C, on ? BIT(31) : 0);
    else
        mmio_write32(at->systimer, 0x46000000 | (on ? BIT(24) : 0));
}

static uint64_t systimer_count(void)
{
    bool is_s2 = chip.kind == ESP32X_ESP32S2;
    mmio_write32(systimer_op(), is_s2 ? BIT(31) : BIT(30));
    while (!(mmio_read32(systimer_op()) & (is_s2 ? BIT(30) : BIT(29))))
        ;
    uint64_t high = mmio_read32(at->systimer + (is_s2 ? 0x3C : 0x40));
    return high << 32 | mmio_read32(at->systimer + (is_s2 ? 0x40 : 0x44));
}

static uint32_t ticks_per_us(void)
{
    return chip.kind == ESP32X_ESP32S2 ? 80 : 16;
}

static uint32_t raw_alarms(void)
{
    return mmio_read32(at->systimer + (chip.kind == ESP32X_ESP32S2 ? 0x48 : 0x68));
}

static void clear_alarms(void)
{
    mmio_write32(at->systimer + (chip.kind == ESP32X_ESP32S2 ? 0x4C : 0x6C), 7);
}

static void counts(void **state)
{
    (void)state;
    uint64_t before = systimer_count();
    pass(1000000);
    uint64_t passed = systimer_count() - before;
    assert_in_range(passed, 1000 * ticks_per_us(), 1001 * ticks_per_us());
}

/* UPDATE; then VALUE_VALID; then VALUE.  VALUE keeps that moment. */
static void values_must_be_valid(void **state)
{
    bool is_s2 = chip.kind == ESP32X_ESP32S2;
    uint32_t low = at->systimer + (is_s2 ? 0x40 : 0x44);
    (void)state;
    chip.processor.access_cycles = 1;
    (void)mmio_read32(low);
    expect_error(ESP32X_BUSY, low);
    mmio_write32(systimer_op(), is_s2 ? BIT(31) : BIT(30));
    assert_int_equal(mmio_read32(systimer_op()), 0);
    (void)mmio_read32(low);
    expect_error(ESP32X_BUSY, low);
    pass(125);
    assert_int_equal(mmio_read32(systimer_op()), is_s2 ? BIT(30) : BIT(29));
    uint32_t value = mmio_read32(low);
    pass(10000);
    assert_int_equal(mmio_read32(low), value);
}

static void alarms(void **state)
{
    (void)state;
    mmio_write32(at->systimer + (chip.kind == ESP32X_ESP32S2 ? 0x44 : 0x64), 1);
    connect_source(at->systimer_map, count_interrupt);
    uint64_t target = systimer_count() + 20 * ticks_per_us();
    write_target(target);
    work(true);
    pass(10000);
    assert_int_equal(raw_alarms(), 0);
    pass(15000);
    assert_int_equal(raw_alarms(), 1);
    assert_true(served > 0);
    clear_alarms();
    served = 0;
    pass(100000);
    assert_int_equal(raw_alarms(), 0); /* once */
    assert_int_equal(served, 0);
}

/* Exactly when the counter has the value, and not before. */
static void alarms_are_exact(void **state)
{
    (void)state;
    uint64_t target = systimer_count() + 50 * ticks_per_us();
    write_target(target);
    work(true);
    chip.processor.access_cycles = 1;
    while (!raw_alarms())
        ;
    uint64_t count = systimer_count();
    assert_in_range(count, target, target + ticks_per_us());
}

static void alarms_need_their_enable(void **state)
{
    (void)state;
    work(false);
    write_target(systimer_count() + ticks_per_us());
    pass(10000);
    assert_int_equal(raw_alarms(), 0);
    work(true);
    assert_int_equal(raw_alarms(), 1); /* it is past by then */
    clear_alarms();
    work(false);
    write_target(systimer_count() + 10 * ticks_per_us());
    work(true);
    work(false);
    pass(20000);
    assert_int_equal(raw_alarms(), 0);
}

static void past_alarms(void **state)
{
    (void)state;
    work(true);
    write_target(systimer_count() - 1);
    assert_int_equal(raw_alarms(), 1);
    clear_alarms();
    pass(10000);
    assert_int_equal(raw_alarms(), 0);
    chip.readings.past_alarm_is_lost = true;
    write_target(systimer_count() - 1);
    pass(10000);
    assert_int_equal(raw_alarms(), 0);
    write_target(systimer_count() + ticks_per_us());
    pass(10000);
    assert_int_equal(raw_alarms(), 1);
}

/* S3, C3: a target that was only written is not in effect. */
static void targets_are_loaded(void **state)
{
    (void)state;
    work(true);
    clear_alarms();
    mmio_write32(at->systimer + 0x1C, 0);
    mmio_write32(at->systimer + 0x20, (uint32_t)systimer_count() + 100);
    pass(100000);
    assert_int_equal(raw_alarms(), 0);
}

static void periods(void **state)
{
    (void)state;
    mmio_write32(at->systimer + 0x34, BIT(30) | 160);
    mmio_write32(at->systimer + 0x50, 1);
    mmio_write32(at->systimer, 0x46000000 | BIT(24));
    pass(9000);
    assert_int_equal(raw_alarms(), 0);
    pass(1500);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(raw_alarms(), 1);
        clear_alarms();
        pass(9870);
    }
    mmio_write32(at->systimer + 0x34, 0);
}

/* Alarms of unit 1, which does not run at first. */
static void the_second_unit(void **state)
{
    (void)state;
    mmio_write32(at->systimer + 0x34, BIT(31));
    mmio_write32(at->systimer + 0x1C, 0);
    mmio_write32(at->systimer + 0x20, 100);
    mmio_write32(at->systimer + 0x50, 1);
    mmio_write32(at->systimer, 0x46000000 | BIT(24));
    pass(100000);
    assert_int_equal(raw_alarms(), 0);
    mmio_write32(at->systimer, 0x46000000 | BIT(24) | BIT(29));
    pass(6000);
    assert_int_equal(raw_alarms(), 0);
    pass(1000);
    assert_int_equal(raw_alarms(), 1);
    mmio_write32(at->systimer + 0x14, 0); /* UNIT1_LOAD */
    mmio_write32(at->systimer + 0x18, 0x1000);
    mmio_write32(at->systimer + 0x60, 1);
    mmio_write32(at->systimer + 0x08, BIT(30));
    pass(1000);
    assert_in_range(mmio_read32(at->systimer + 0x4C), 0x1000, 0x1010);
}

static void masked_alarms(void **state)
{
    (void)state;
    connect_source(at->systimer_map, count_interrupt);
    work(true);
    write_target(systimer_count() - 1);
    pass(1000);
    assert_int_equal(mmio_read32(at->systimer + 0x70), 0);
    assert_int_equal(served, 0);
    mmio_write32(at->systimer + 0x64, 1);
    assert_int_equal(mmio_read32(at->systimer + 0x70), 1);
    clear_alarms();
}

/* S2: it counts cycles of the APB, times STEP. */
static void steps_of_s2(void **state)
{
    (void)state;
    mmio_write32(at->systimer + 0x10, 2 << 10 | 4);
    uint64_t before = systimer_count();
    pass(1000000);
    assert_in_range(systimer_count() - before, 160000, 160200);
    select_source(0);
    before = systimer_count();
    pass(1000000);
    assert_in_range(systimer_count() - before, 160000, 160200);
    mmio_write32(at->systimer + 0x08, 1);
    mmio_write32(at->systimer + 0x0C, 5);
    mmio_write32(at->systimer + 0x04, BIT(31));
    assert_in_range(systimer_count(), UINT64_C(0x100000005), UINT64_C(0x100000105));
}

static void systimer_gate(void **state)
{
    (void)state;
    mmio_write32(at->clk_en, 0xF9C1E06F & ~BIT(29));
    (void)mmio_read32(at->systimer);
    expect_error(ESP32X_UNCLOCKED, at->systimer);
    mmio_write32(at->clk_en, 0xF9C1E06F);
    mmio_write32(at->rst_en, BIT(29));
    (void)mmio_read32(at->systimer);
    expect_error(ESP32X_UNCLOCKED, at->systimer);
    mmio_write32(at->rst_en, 0);
    assert_in_range(systimer_count(), 0, 2 * ticks_per_us());
}

/* ---- TIMG ------------------------------------------------------------------------------------ */

enum { T0_RUN = 0xE0000000, T0_LEVEL = 1 << 11, T0_ALARM = 1 << 10 };

static uint64_t t0_count(void)
{
    mmio_write32(at->timg0 + 0x0C, 1);
    uint64_t low = mmio_read32(at->timg0 + 0x04);
    return (uint64_t)mmio_read32(at->timg0 + 0x08) << 32 | low;
}

static void t0_config(uint32_t bits)
{
    mmio_write32(at->timg0, (uint32_t)(T0_RUN & ~BIT(29)) | 8u << 13 | bits); /* 10 MHz */
}

static uint32_t t0_raw(void)
{
    return mmio_read32(at->timg0 + at->timg_int + 4) & 1;
}

static void t0_counts(void **state)
{
    (void)state;
    t0_config(0);
    uint64_t before = t0_count();
    pass(1000000);
    assert_in_range(t0_count() - before, 10000, 10005);
    mmio_write32(at->timg0 + 0x18, 7);
    mmio_write32(at->timg0 + 0x1C, 2);
    mmio_write32(at->timg0 + 0x20, 1);
    assert_in_range(t0_count(), UINT64_C(0x200000007), UINT64_C(0x200000017));
    mmio_write32(at->timg0, 0x40000000 | 8u << 13); /* EN = 0 */
    before = t0_count();
    pass(1000000);
    assert_int_equal(t0_count(), before);
}

static void t0_alarm(void **state)
{
    bool has_level = chip.kind == ESP32X_ESP32 || chip.kind == ESP32X_ESP32S2;
    (void)state;
    connect_source(at->timg_map, count_interrupt);
    mmio_write32(at->timg0 + at->timg_int, 1);
    t0_config(has_level ? T0_LEVEL : 0);
    mmio_write32(at->timg0 + 0x10, (uint32_t)t0_count() + 100);
    t0_config((has_level ? T0_LEVEL : 0u) | T0_ALARM);
    pass(9000);
    assert_int_equal(t0_raw(), 0);
    pass(2000);
    assert_int_equal(t0_raw(), 1);
    assert_true(served > 0);
    assert_int_equal(mmio_read32(at->timg0) & T0_ALARM, 0); /* it disables itself */
    assert_int_equal(mmio_read32(at->timg0 + at->timg_int + 8), 1);
    mmio_write32(at->timg0 + at->timg_int + 12, 1);
    assert_int_equal(t0_raw(), 0);
}

static void t0_past_alarm(void **state)
{
    (void)state;
    t0_config(0);
    pass(10000);
    mmio_write32(at->timg0 + 0x10, 5);
    t0_config(T0_ALARM);
    assert_int_equal(t0_raw(), 1);
    mmio_write32(at->timg0 + at->timg_int + 12, 1);
    chip.readings.past_alarm_is_lost = true;
    t0_config(T0_ALARM);
    pass(10000);
    assert_int_equal(t0_raw(), 0);
}

static void t0_reloads(void **state)
{
    (void)state;
    mmio_write32(at->timg0 + 0x10, 100);
    t0_config(BIT(29) | T0_ALARM);
    pass(11000);
    assert_in_range(t0_count(), 5, 30);
}

/* ESP32, S2: no interrupt without LEVEL_INT_EN. */
static void t0_level_enable(void **state)
{
    (void)state;
    connect_source(at->timg_map, count_interrupt);
    mmio_write32(at->timg0 + at->timg_int, 1);
    t0_config(0);
    pass(10000);
    t0_config(T0_ALARM); /* past */
    pass(1000);
    assert_int_equal(t0_raw(), 1);
    assert_int_equal(served, 0);
    t0_config(BIT(12));
    expect_error(ESP32X_UNMODELLED, at->timg0);
}

static void t0_mistakes(void **state)
{
    (void)state;
    mmio_write32(at->timg0, 0x80000000 | 8u << 13); /* downwards */
    expect_error(ESP32X_UNMODELLED, at->timg0);
    mmio_write32(at->timg0, 0xC0000000 | 1u << 13);
    expect_error(ESP32X_RESERVED, at->timg0);
    mmio_write32(at->clk_en, 0xF9C1E06F & ~BIT(13));
    (void)mmio_read32(at->timg0);
    expect_error(ESP32X_UNCLOCKED, at->timg0);
    (void)mmio_read32(at->timg1);
    expect_error(0, 0);
}

/* ---- watchdogs ------------------------------------------------------------------------------- */

/* Times out all that the ROM has left running. */
static uint32_t who_bites(uint64_t ns)
{
    uint32_t who = 0;
    pass(ns);
    for (unsigned i = 0; i < chip.error_count; i++) {
        assert_int_equal(chip.errors[i].fault, ESP32X_WATCHDOG);
        who |= BIT(chip.errors[i].address);
    }
    chip.error_count = 0;
    return who;
}

static void watchdogs_after_the_rom(void **state)
{
    bool is_esp32 = chip.kind == ESP32X_ESP32;
    (void)state;
    assert_int_equal(who_bites(300 * MS), 0);
    assert_int_equal(who_bites(UINT64_C(10000) * MS),
                     BIT(ESP32X_TIMG0_WATCHDOG) | BIT(ESP32X_RTC_WATCHDOG) |
                         (is_esp32 ? 0 : BIT(ESP32X_SUPER_WATCHDOG)));
}

static void no_watchdog_after_start_up(void **state)
{
    (void)state;
    assert_int_equal(who_bites(UINT64_C(100000) * MS), 0);
}

static void keys(void **state)
{
    (void)state;
    mmio_write32(at->timg0 + 0x48, 0);
    expect_error(ESP32X_PROTECTED, at->timg0 + 0x48);
    mmio_write32(at->timg0 + 0x60, 1);
    expect_error(ESP32X_PROTECTED, at->timg0 + 0x60);
    mmio_write32(at->rtc_wdt, 0);
    expect_error(ESP32X_PROTECTED, at->rtc_wdt);
    mmio_write32(at->rtc_wdt + 0x18, KEY + 1);
    mmio_write32(at->rtc_wdt, 0);
    expect_error(ESP32X_PROTECTED, at->rtc_wdt);
    if (!at->swd)
        return;
    mmio_write32(at->swd + 4, KEY);
    mmio_write32(at->swd, BIT(31));
    expect_error(ESP32X_PROTECTED, at->swd);
}

/* C3: with WDT_CONF_UPDATE_EN. */
static void set_timg_watchdog(uint32_t base, uint32_t config)
{
    mmio_write32(base + 0x64, KEY);
    mmio_write32(base + 0x48, config | (chip.kind == ESP32X_ESP32C3 ? BIT(22) : 0));
}

static void stopped_by_hand(void **state)
{
    (void)state;
    set_timg_watchdog(at->timg0, 0);
    mmio_write32(at->rtc_wdt + 0x18, KEY);
    mmio_write32(at->rtc_wdt, 0);
    if (at->swd) {
        mmio_write32(at->swd + 4, SWD_KEY);
        mmio_write32(at->swd, BIT(31));
    }
    assert_int_equal(who_bites(UINT64_C(100000) * MS), 0);
}

/* Feeding is enough, if it is done in time. */
static void feeding(void **state)
{
    (void)state;
    set_timg_watchdog(at->timg1, BIT(31) | 3u << 29);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(who_bites(300 * MS), 0);
        mmio_write32(at->timg1 + 0x60, 1);
    }
    assert_int_equal(who_bites(330 * MS), BIT(ESP32X_TIMG1_WATCHDOG));
}

static void rtc_feeding(void **state)
{
    uint32_t hz = chip.rtc_slow_hz;
    (void)state;
    mmio_write32(at->rtc_wdt + 0x18, KEY);
    mmio_write32(at->rtc_wdt + 4, hz / 10); /* 100 ms */
    mmio_write32(at->rtc_wdt, BIT(31) | 4u << 28);
    assert_int_equal(who_bites(90 * MS), 0);
    mmio_write32(at->rtc_wdt + 0x14, BIT(31));
    assert_int_equal(who_bites(90 * MS), 0);
    assert_int_equal(who_bites(20 * MS), BIT(ESP32X_RTC_WATCHDOG));
}

static void super_feeding(void **state)
{
    (void)state;
    mmio_write32(at->swd + 4, SWD_KEY);
    mmio_write32(at->swd, 0);
    assert_int_equal(who_bites(900 * MS), 0);
    mmio_write32(at->swd, BIT(29));
    assert_int_equal(who_bites(900 * MS), 0);
    assert_int_equal(who_bites(200 * MS), BIT(ESP32X_SUPER_WATCHDOG));
    mmio_write32(at->swd, BIT(30)); /* SWD_DISABLE */
    assert_int_equal(who_bites(10000 * (uint64_t)MS), 0);
}

/* Stages whose action is an interrupt, or nothing, pass. */
static void stages(void **state)
{
    (void)state;
    set_timg_watchdog(at->timg1, 0);
    mmio_write32(at->timg1 + 0x4C, 8000 << 16); /* 10 kHz */
    mmio_write32(at->timg1 + 0x50, 100);
    mmio_write32(at->timg1 + 0x54, 200);
    mmio_write32(at->timg1 + 0x58, 300);
    set_timg_watchdog(at->timg1, BIT(31) | 1u << 29 | 3u << 25);
    assert_int_equal(who_bites(59 * MS), 0);
    assert_int_equal(who_bites(2 * MS), BIT(ESP32X_TIMG1_WATCHDOG));
    set_timg_watchdog(at->timg1, 0);
    set_timg_watchdog(at->timg1, BIT(31) | 1u << 29);
    assert_int_equal(who_bites(100000 * (uint64_t)MS), 0);
}

/* C3: what is written waits for WDT_CONF_UPDATE_EN. */
static void updates_of_c3(void **state)
{
    (void)state;
    mmio_write32(at->timg0 + 0x64, KEY);
    mmio_write32(at->timg0 + 0x48, BIT(31) | 3u << 29);
    assert_int_equal(who_bites(10000 * (uint64_t)MS), 0);
    mmio_write32(at->timg0 + 0x48, BIT(31) | 3u << 29 | BIT(22));
    assert_int_equal(mmio_read32(at->timg0 + 0x48), BIT(31) | 3u << 29);
    assert_int_equal(who_bites(330 * MS), BIT(ESP32X_TIMG0_WATCHDOG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RAW_ON_ALL(the_crystal_at_first),
        ON_ALL(speeds),
        ON_NEWER(the_slower_pll),
        ON_ALL(dividers),
        ON_ALL(the_pll_must_be_on),
        ON_ALL(cycle_counter),
        ON_NEWER(counts),
        ON_NEWER(values_must_be_valid),
        ON_NEWER(alarms),
        ON_NEWER(alarms_are_exact),
        ON_NEWER(alarms_need_their_enable),
        ON_NEWER(past_alarms),
        ON_S3_C3(targets_are_loaded),
        ON_S3_C3(periods),
        ON_S3_C3(the_second_unit),
        ON_S3_C3(masked_alarms),
        ON_S2(steps_of_s2),
        ON_NEWER(systimer_gate),
        ON_ALL(t0_counts),
        ON_ALL(t0_alarm),
        ON_ALL(t0_past_alarm),
        ON_ALL(t0_reloads),
        ON_ESP32(t0_level_enable),
        ON_S2(t0_level_enable),
        ON_ALL(t0_mistakes),
        RAW_ON_ALL(watchdogs_after_the_rom),
        ON_ALL(no_watchdog_after_start_up),
        RAW_ON_ALL(keys),
        RAW_ON_ALL(stopped_by_hand),
        ON_ALL(feeding),
        ON_ALL(rtc_feeding),
        ON_NEWER(super_feeding),
        ON_ALL(stages),
        ON_C3(updates_of_c3),
    };
    return cmocka_run_group_tests_name("esp32x_time", tests, NULL, NULL);
}
