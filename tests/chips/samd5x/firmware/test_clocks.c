/* SPDX-License-Identifier: MIT */
/*
 * Starts the clocks of SAM D5x/E5x on registers that take their time, from all that may have been
 * there before.  What is switched on becomes ready, and what is written is synchronised, only after
 * a few looks; a use before that is detected.  Nothing may ever take the clock from the processor,
 * or give it one that is too fast.  (An emulator's clocks are ready at once.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "firmware/samd5x/clocks.c"

enum {
    LOOKS = 3,
    GENERATORS = 12,
    CHANNELS = 48,
    CALIBRATED = 0x1A5,     /* DFLLVAL after a reset */
    AS_AFTER_RESET = 0x106, /* GENCTRL of generator 0: DFLL, enabled */
    SRC = 0xF,
    NO_CHANNEL = -1,
};

/* Something that is ready after LOOKS looks, since it was begun. */
struct slow {
    bool is_on;
    int looks;
};

struct chip {
    struct slow dfll, dfll_enable, dfll_val, pll, pll_off, pll_ratio, gclk_reset, cache;
    struct slow generator_busy[GENERATORS], channel_on[CHANNELS];
    uint32_t generators[GENERATORS], channels[CHANNELS];
    uint32_t dfll_value, multiplier, pll_settings, ulp32k, cache_config;
    uint16_t flash;
    uint8_t dfll_ctrla, dfll_ctrlb, pll_ctrla, cpu_divider;
    bool dfll_is_uncalibrated, cache_was_invalidated, cache_is_on;
    int looks_at_dfll_loop;
};

static struct chip chip;

static void begin(struct slow *slow)
{
    *slow = (struct slow){.is_on = true};
}

/* For bits that are set while something takes its time. */
static uint32_t busy(struct slow *slow, uint32_t bit)
{
    if (slow->is_on && ++slow->looks >= LOOKS)
        slow->is_on = false;
    return slow->is_on ? bit : 0;
}

/* For bits that are set when it is ready. */
static uint32_t ready(struct slow *slow, uint32_t bit)
{
    return slow->is_on && ++slow->looks >= LOOKS ? bit : 0;
}

static bool is_ready(const struct slow *slow)
{
    return slow->is_on && slow->looks >= LOOKS;
}

/* ---- what drives the processor --------------------------------------------------------------- */

static uint32_t source_of(unsigned generator)
{
    return chip.generators[generator] & SRC;
}

static bool dfll_runs(void)
{
    return is_ready(&chip.dfll) && !chip.dfll_is_uncalibrated && !chip.dfll_val.is_on;
}

static uint32_t dfll_hz(void)
{
    return dfll_runs() && chip.dfll_value == CALIBRATED ? 48000000 : 0;
}

static uint32_t generator_hz(unsigned generator)
{
    uint32_t settings = chip.generators[generator], divider = settings >> 16;
    assert_true(settings & GENCTRL_GENEN);
    if (!divider)
        divider = 1;
    switch (source_of(generator)) {
    case GENCTRL_SRC_DFLL:
        return dfll_hz() / divider;
    case GENCTRL_SRC_OSCULP32K:
        return chip.ulp32k & OSCULP32K_EN32K ? 32768 / divider : 0;
    case GENCTRL_SRC_DPLL0:
        return chip.channels[CHANNEL_DPLL0] & PCHCTRL_CHEN && is_ready(&chip.pll)
                   ? generator_hz(chip.channels[CHANNEL_DPLL0] & SRC) * (chip.multiplier + 1) /
                         divider
                   : 0;
    default:
        return 0;
    }
}

/* After each write: the processor has a clock, and the flash can follow it. */
static void assert_processor_runs(void)
{
    uint32_t hz = generator_hz(GENERATOR_CPU);
    assert_true(hz > 0);
    assert_true(hz <= 120000000);
    assert_true(hz <= 48000000 || chip.flash & NVMCTRL_AUTOWS);
}

/* ---- registers ------------------------------------------------------------------------------- */

static bool is_generator(uintptr_t address)
{
    return address >= GCLK_GENCTRL(0) && address < GCLK_GENCTRL(GENERATORS);
}

static bool is_channel(uintptr_t address)
{
    return address >= GCLK_PCHCTRL(0) && address < GCLK_PCHCTRL(CHANNELS);
}

static uint32_t gclk_busy(void)
{
    uint32_t bits = busy(&chip.gclk_reset, GCLK_SWRST);
    for (unsigned i = 0; i < GENERATORS; i++)
        bits |= busy(&chip.generator_busy[i], (uint32_t)GCLK_BUSY_GENCTRL << i);
    return bits;
}

static uint32_t read_channel(unsigned channel)
{
    uint32_t is_on = ready(&chip.channel_on[channel], PCHCTRL_CHEN);
    return (chip.channels[channel] & ~(uint32_t)PCHCTRL_CHEN) | is_on;
}

uint32_t mmio_read32(uintptr_t address)
{
    if (is_channel(address))
        return read_channel((unsigned)(address - GCLK_PCHCTRL(0)) / 4);
    switch (address) {
    case GCLK_SYNCBUSY:
        return gclk_busy();
    case OSCCTRL_STATUS:
        return ready(&chip.dfll, OSCCTRL_DFLLRDY);
    case DFLLVAL:
        return chip.dfll_value;
    case DPLL0_SYNCBUSY:
        return busy(&chip.pll_off, DPLL_BUSY_ENABLE) | busy(&chip.pll_ratio, DPLL_BUSY_RATIO);
    case DPLL0_STATUS:
        return ready(&chip.pll, DPLL_LOCK) | ready(&chip.pll, DPLL_CLKRDY);
    case OSCULP32K:
        return chip.ulp32k;
    case CMCC_SR:
        return busy(&chip.cache, CMCC_CSTS);
    default:
        fail_msg("a read of %x", (unsigned)address);
        return 0;
    }
}

uint16_t mmio_read16(uintptr_t address)
{
    assert_int_equal(address, NVMCTRL_CTRLA);
    return chip.flash;
}

uint8_t mmio_read8(uintptr_t address)
{
    if (address == DFLLCTRLA)
        return chip.dfll_ctrla;
    assert_int_equal(address, DFLLSYNC);
    return (uint8_t)(busy(&chip.dfll_enable, DFLL_BUSY_ENABLE) |
                     busy(&chip.dfll_val, DFLL_BUSY_VAL) |
                     (chip.looks_at_dfll_loop && --chip.looks_at_dfll_loop ? DFLL_BUSY_CTRLB : 0));
}

/* A generator may be changed when the last change is through, and what it takes must run. */
static void write_generator(unsigned generator, uint32_t value)
{
    assert_false(chip.generator_busy[generator].is_on);
    assert_false(chip.gclk_reset.is_on);
    /* A DFLL in closed loop follows one of them. */
    assert_int_equal(chip.dfll_ctrlb, DFLL_OPEN_LOOP);
    assert_int_equal(chip.looks_at_dfll_loop, 0);
    chip.generators[generator] = value;
    begin(&chip.generator_busy[generator]);
    assert_true(generator_hz(generator) > 0);
}

/* DS60001507 §14.6.3.3: a channel is off while its generator is changed. */
static void write_channel(unsigned channel, uint32_t value)
{
    assert_false(chip.gclk_reset.is_on);
    assert_false(chip.channels[channel] & PCHCTRL_CHEN);
    assert_false(chip.generator_busy[value & SRC].is_on);
    chip.channels[channel] = value;
    begin(&chip.channel_on[channel]);
}

static void assert_pll_can_be_set(void)
{
    assert_false(chip.pll_ctrla & DPLL_ENABLE);
    assert_false(chip.pll_off.is_on);
    assert_int_not_equal(source_of(GENERATOR_CPU), GENCTRL_SRC_DPLL0);
}

static void invalidate_cache(void)
{
    assert_false(chip.cache_is_on || chip.cache.is_on);
    chip.cache_was_invalidated = true;
}

static void switch_cache(bool is_on)
{
    assert_true(!is_on || (chip.cache_was_invalidated && chip.cache_config == 0x20));
    if (!is_on && chip.cache_is_on)
        begin(&chip.cache);
    chip.cache_is_on = is_on;
}

void mmio_write32(uintptr_t address, uint32_t value)
{
    if (is_generator(address)) {
        write_generator((unsigned)(address - GCLK_GENCTRL(0)) / 4, value);
    } else if (is_channel(address)) {
        write_channel((unsigned)(address - GCLK_PCHCTRL(0)) / 4, value);
    } else if (address == DFLLVAL) {
        assert_true(chip.dfll_ctrla & DFLL_ENABLE);
        assert_false(chip.dfll_enable.is_on);
        chip.dfll_value = value;
        chip.dfll_is_uncalibrated = false;
        begin(&chip.dfll_val);
    } else if (address == DPLL0_RATIO) {
        assert_pll_can_be_set();
        chip.multiplier = value;
        begin(&chip.pll_ratio);
    } else if (address == DPLL0_CTRLB) {
        assert_pll_can_be_set();
        chip.pll_settings = value;
    } else if (address == OSCULP32K) {
        chip.ulp32k = value;
    } else if (address == CMCC_CTRL) {
        switch_cache(value);
    } else if (address == CMCC_MAINT0) {
        assert_int_equal(value, 1);
        invalidate_cache();
    } else if (address == CMCC_CFG) {
        chip.cache_config = value;
    } else {
        fail_msg("a write of %x to %x", value, (unsigned)address);
    }
    assert_processor_runs();
}

void mmio_write16(uintptr_t address, uint16_t value)
{
    assert_int_equal(address, NVMCTRL_CTRLA);
    chip.flash = value;
}

static void write_pll(uint8_t value)
{
    if (value & DPLL_ENABLE) {
        assert_pll_can_be_set();
        assert_false(chip.pll_ratio.is_on);
        assert_true(is_ready(&chip.channel_on[CHANNEL_DPLL0]));
        begin(&chip.pll);
    } else {
        if (chip.pll_ctrla & DPLL_ENABLE)
            begin(&chip.pll_off);
        chip.pll = (struct slow){0};
    }
    chip.pll_ctrla = value;
}

/* DS60001507 §14.8.1: all generators and channels become what they are after a reset. */
static void reset_gclk(void)
{
    assert_int_equal(source_of(GENERATOR_CPU), GENCTRL_SRC_DFLL);
    assert_false(chip.pll_ctrla & DPLL_ENABLE); /* it would lose its reference */
    assert_false(chip.pll_off.is_on);
    for (unsigned i = 0; i < GENERATORS; i++)
        chip.generators[i] = i ? 0 : AS_AFTER_RESET;
    for (unsigned i = 0; i < CHANNELS; i++)
        chip.channels[i] = 0;
    begin(&chip.gclk_reset);
}

static void write_dfll(uint8_t value)
{
    assert_true(value & DFLL_ENABLE); /* nothing may stop it: it does not come back as it was */
    if (!(chip.dfll_ctrla & DFLL_ENABLE)) {
        begin(&chip.dfll);
        begin(&chip.dfll_enable);
        chip.dfll_is_uncalibrated = true; /* its value counts once it has been written */
    }
    chip.dfll_ctrla = value;
}

void mmio_write8(uintptr_t address, uint8_t value)
{
    switch (address) {
    case DFLLCTRLA:
        write_dfll(value);
        break;
    case DFLLCTRLB:
        if (chip.dfll_ctrlb != value)
            chip.looks_at_dfll_loop = LOOKS;
        chip.dfll_ctrlb = value;
        break;
    case DPLL0_CTRLA:
        write_pll(value);
        break;
    case GCLK_CTRLA:
        assert_int_equal(value, 1);
        reset_gclk();
        break;
    case MCLK_CPUDIV:
        assert_int_not_equal(value, 0);
        chip.cpu_divider = value;
        break;
    default:
        fail_msg("a write of %x to %x", value, (unsigned)address);
    }
    assert_processor_runs();
}

/* ---- tests ----------------------------------------------------------------------------------- */

static const struct slow is_running = {.is_on = true, .looks = LOOKS};

/* DS60001507: the reset values of all registers. */
static struct chip after_reset(void)
{
    return (struct chip){
        .dfll = is_running,
        .dfll_ctrla = 0x82,
        .dfll_value = CALIBRATED,
        .generators = {AS_AFTER_RESET},
        .pll_ctrla = 0x80,
        .pll_settings = 0x20,
        .flash = 0x4,
        .cpu_divider = 1,
        .ulp32k = 0x1F06,
        .cache_config = 0x20,
    };
}

static void assert_all_runs(void)
{
    assert_int_equal(generator_hz(0), 120000000);
    assert_int_equal(generator_hz(1), 48000000);
    assert_int_equal(generator_hz(3), 32768);
    assert_int_equal(gclk_busy(), 0);
    assert_int_equal(chip.cpu_divider, 1);
    assert_int_equal(chip.pll_settings, 0x800); /* GCLK is the reference; LBYPASS */
    /* §54.13.5: the reference of the PLL, and what it gives. */
    uint32_t reference_hz = generator_hz(chip.channels[CHANNEL_DPLL0] & SRC);
    assert_true(reference_hz >= 32000 && reference_hz <= 3200000);
    assert_int_equal(chip.ulp32k & 0xFF00, 0x1F00); /* the factory's calibration is kept */
    assert_true(chip.cache_is_on);
    for (unsigned i = 0; i < CHANNELS; i++)
        assert_true(i == CHANNEL_DPLL0 || !(chip.channels[i] & PCHCTRL_CHEN));
}

static void test_from_reset(void **state)
{
    (void)state;
    chip = after_reset();
    clocks_start();
    assert_all_runs();
}

/* The boot loader's own clocks: the DFLL follows the frames of USB. */
static void test_from_boot_loader(void **state)
{
    (void)state;
    chip = after_reset();
    chip.generators[0] |= 0x200 | 0x800; /* IDC, OE */
    chip.dfll_ctrla = 0x02;
    chip.dfll_ctrlb = 0x98; /* WAITLOCK, CCDIS, USBCRM */
    chip.cache_is_on = true;
    clocks_start();
    assert_all_runs();
}

/* After a reset of the core alone, everything runs on as it was started, and peripherals use it. */
static void test_again(void **state)
{
    (void)state;
    chip = after_reset();
    clocks_start();
    chip.channels[3] = PCHCTRL_CHEN | 3;
    chip.channels[23] = PCHCTRL_CHEN | 1;
    chip.cache_was_invalidated = false;
    clocks_start();
    assert_all_runs();
}

/* A program that saves power has switched the DFLL off, divides the clock and sets wait states. */
static void test_from_slow_oscillator(void **state)
{
    (void)state;
    chip = after_reset();
    chip.dfll = (struct slow){0};
    chip.dfll_ctrla = 0;
    chip.generators[0] = GENCTRL_SRC_OSCULP32K | GENCTRL_GENEN;
    chip.cpu_divider = 4;
    chip.flash = 0x0100;
    clocks_start();
    assert_all_runs();
}

/* CircuitPython with a crystal: the DFLL follows generator 3, which is about to change. */
static void test_from_closed_loop(void **state)
{
    (void)state;
    chip = after_reset();
    clocks_start();
    chip.dfll_ctrlb = 0x01;
    chip.channels[0] = PCHCTRL_CHEN | 3;
    clocks_start();
    assert_all_runs();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_reset),
        cmocka_unit_test(test_from_boot_loader),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_from_slow_oscillator),
        cmocka_unit_test(test_from_closed_loop),
    };
    return cmocka_run_group_tests_name("samd5x_clocks", tests, NULL, NULL);
}
