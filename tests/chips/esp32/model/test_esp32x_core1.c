/* SPDX-License-Identifier: MIT */
/* The start of core 1, and what both cores do to the bus that they share. */
#include "chips/esp32/model/bench_esp32x.h"

enum { ENTRY = 0x40378400 };

/* ---- steps ----------------------------------------------------------------------------------- */

static uint32_t entry_register(void)
{
    return chip.kind == ESP32X_ESP32 ? 0x3FF00038 : 0x600C0004;
}

/* APPCPU_CTRL_A, B, C; or bits 2, 1, 0 of CORE_1_CONTROL_0. */
static uint32_t control_register(unsigned bit)
{
    return chip.kind == ESP32X_ESP32 ? 0x3FF00034 - 4 * bit : 0x600C0000;
}

static void set(unsigned bit, bool value)
{
    uint32_t address = control_register(bit);
    if (chip.kind == ESP32X_ESP32)
        mmio_write32(address, value);
    else
        mmio_write32(address, (mmio_read32(address) & ~BIT(bit)) | (uint32_t)value << bit);
}

enum { RUNSTALL, CLOCK, RESET };

static void stall_by_rtc(bool stalls)
{
    uint32_t stall = at->rtc + (chip.kind == ESP32X_ESP32 ? 0xAC : 0xBC);
    mmio_write32(stall, stalls ? 0x21 << 20 : 0);
    mmio_write32(at->rtc, (mmio_read32(at->rtc) & ~3u) | (stalls ? 2 : 0));
}

static void start(void)
{
    set(CLOCK, true);
    set(RESET, true);
    set(RESET, false);
}

/* ---- the order ------------------------------------------------------------------------------- */

static void as_esp_idf_does_it(void **state)
{
    (void)state;
    stall_by_rtc(false);
    set(CLOCK, true);
    assert_false(esp32x_core1_runs(&chip));
    set(RUNSTALL, false);
    set(RESET, true);
    assert_false(esp32x_core1_runs(&chip));
    set(RESET, false);
    assert_true(esp32x_core1_runs(&chip));
    assert_int_equal(chip.core1.starts, 1);
    assert_int_equal(esp32x_core1_entry(&chip), 0);
    mmio_write32(entry_register(), ENTRY);
    assert_int_equal(esp32x_core1_entry(&chip), ENTRY);
}

static void the_address_may_come_first(void **state)
{
    (void)state;
    mmio_write32(entry_register(), ENTRY);
    set(CLOCK, true);
    set(RESET, false); /* it is in reset since power-on */
    assert_true(esp32x_core1_runs(&chip));
}

static void again(void **state)
{
    (void)state;
    start();
    set(RESET, true);
    assert_false(esp32x_core1_runs(&chip));
    set(RESET, false);
    assert_true(esp32x_core1_runs(&chip));
    assert_int_equal(chip.core1.starts, 2);
}

/* ---- other orders ---------------------------------------------------------------------------- */

static void no_clock(void **state)
{
    (void)state;
    set(RESET, false);
    expect_error(ESP32X_CORE1_START, control_register(RESET));
    set(CLOCK, true);
    assert_false(esp32x_core1_runs(&chip));
    mmio_write32(entry_register(), ENTRY);
    expect_error(ESP32X_CORE1_START, entry_register());
}

static void all_at_once(void **state)
{
    (void)state;
    mmio_write32(control_register(RESET), 2);
    expect_error(ESP32X_CORE1_START, control_register(RESET));
    assert_false(esp32x_core1_runs(&chip));
}

static void stalled(void **state)
{
    (void)state;
    set(RUNSTALL, true);
    start();
    expect_error(ESP32X_CORE1_START, control_register(RESET));
    set(RUNSTALL, false);
    assert_false(esp32x_core1_runs(&chip));
}

static void stalled_by_rtc(void **state)
{
    (void)state;
    stall_by_rtc(true);
    start();
    expect_error(ESP32X_CORE1_START, control_register(RESET));
    stall_by_rtc(false);
    assert_false(esp32x_core1_runs(&chip));
}

/* Whoever stops its clock has to reset it. */
static void the_clock_stops(void **state)
{
    (void)state;
    start();
    set(CLOCK, false);
    assert_false(esp32x_core1_runs(&chip));
    set(CLOCK, true);
    assert_false(esp32x_core1_runs(&chip));
    mmio_write32(entry_register(), ENTRY);
    expect_error(ESP32X_CORE1_START, entry_register());
    start();
    assert_true(esp32x_core1_runs(&chip));
}

static void stalls(void **state)
{
    (void)state;
    start();
    set(RUNSTALL, true);
    assert_false(esp32x_core1_runs(&chip));
    set(RUNSTALL, false);
    assert_true(esp32x_core1_runs(&chip));
    stall_by_rtc(true);
    assert_false(esp32x_core1_runs(&chip));
    mmio_write32(at->rtc, mmio_read32(at->rtc) & ~3u); /* half of the key */
    assert_true(esp32x_core1_runs(&chip));
    assert_int_equal(chip.core1.starts, 1);
}

static void no_core_1(void **state)
{
    (void)state;
    assert_false(esp32x_core1_runs(&chip));
}

/* ---- the bus --------------------------------------------------------------------------------- */

enum { PRICE = 16, READ = 0, WRITE = 1 };

static uint32_t begin_access(unsigned core, uint64_t cycle, uint32_t address, bool is_write)
{
    return esp32x_begin_access(&chip, core, cycle, address, is_write);
}

static void one_access_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(begin_access(0, 1000, at->gpio + 0x3C, READ), PRICE);
    assert_int_equal(begin_access(1, 1000, at->gpio + 0x08, WRITE), 2 * PRICE);
    assert_int_equal(begin_access(0, 1020, at->gpio + 0x3C, READ), 12 + PRICE);
    assert_int_equal(begin_access(1, 1048, at->gpio + 0x3C, READ), PRICE);
    assert_int_equal(begin_access(1, 1050, at->gpio + 0x3C, READ), PRICE); /* it is its own */
}

#define DPORT UINT32_C(0x3FF000F0)
#define DPORT_END UINT32_C(0x3FF1EFFC)
#define GPIO_IN UINT32_C(0x3FF4403C)

/* CPU-3.10: a read of DPORT while the other core reads a peripheral, whichever begins. */
static void bad_reads(void **state)
{
    (void)state;
    begin_access(0, 1000, GPIO_IN, READ);
    begin_access(1, 1015, DPORT, READ);
    expect_error(ESP32X_COLLISION, DPORT);
    begin_access(1, 2000, DPORT_END, READ);
    begin_access(0, 2001, GPIO_IN, READ);
    expect_error(ESP32X_COLLISION, DPORT_END);
    begin_access(0, 3000, GPIO_IN, WRITE);
    begin_access(1, 3001, DPORT, READ);
    begin_access(0, 4000, GPIO_IN, READ);
    begin_access(1, 4001, DPORT, WRITE);
    begin_access(0, 5000, GPIO_IN, READ);
    begin_access(1, 5016, DPORT, READ);
    expect_error(0, 0);
}

/* What keeps it away: a read of a peripheral immediately before. */
static void guarded_reads(void **state)
{
    (void)state;
    begin_access(0, 1000, GPIO_IN, READ);
    begin_access(0, 1016, DPORT, READ);
    begin_access(1, 1017, GPIO_IN, READ);
    expect_error(0, 0);
    begin_access(0, 2000, GPIO_IN, READ);
    begin_access(0, 2016, GPIO_IN, WRITE);
    begin_access(0, 2032, DPORT, READ);
    begin_access(1, 2033, GPIO_IN, READ);
    expect_error(ESP32X_COLLISION, DPORT);
}

/* CPU-3.16: both cores in DPORT. */
static void lost_accesses(void **state)
{
    (void)state;
    begin_access(0, 1000, DPORT, WRITE);
    begin_access(1, 1015, DPORT_END, WRITE);
    expect_error(ESP32X_COLLISION, DPORT_END);
    begin_access(0, 2000, DPORT, WRITE);
    begin_access(1, 2016, DPORT, WRITE);
    expect_error(0, 0);
}

static void no_such_errata(void **state)
{
    (void)state;
    begin_access(0, 1000, DPORT, READ);
    begin_access(1, 1001, DPORT, READ);
    begin_access(0, 1002, GPIO_IN, READ);
    expect_error(0, 0);
}

#define ON_BOTH(function) ON_ESP32(function), ON_S3(function)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(as_esp_idf_does_it),
        ON_BOTH(the_address_may_come_first),
        ON_BOTH(again),
        ON_BOTH(no_clock),
        ON_S3(all_at_once),
        ON_BOTH(stalled),
        ON_BOTH(stalled_by_rtc),
        ON_BOTH(the_clock_stops),
        ON_BOTH(stalls),
        ON_S2(no_core_1),
        ON_C3(no_core_1),
        ON_BOTH(one_access_at_a_time),
        ON_ESP32(bad_reads),
        ON_ESP32(guarded_reads),
        ON_ESP32(lost_accesses),
        ON_S3(no_such_errata),
    };
    return cmocka_run_group_tests_name("esp32x_core1", tests, NULL, NULL);
}
