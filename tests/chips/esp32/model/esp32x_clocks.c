/* SPDX-License-Identifier: MIT */
/*
 * Clocks and gates: DPORT (ESP32) or SYSTEM, APB_CTRL.
 *
 * The PLL is taken to run at 480 MHz unless OPTIONS0 forces it off, whatever its own registers say
 * (esp32x_analog.c).
 */
#include "chips/esp32/model/esp32x_parts.h"

enum { XTAL_HZ = 40000000, APB_OF_PLL_HZ = 80000000, NONE = 0xFFFF };
enum { CPU_GPIO_GATE = 7 };
enum { OPTIONS0 = 0, PLL_FORCED_DOWN = 0x540 }; /* BB_I2C, BBPLL_I2C, BBPLL: FORCE_PD */
enum { SOURCE_XTAL, SOURCE_PLL, SOURCE_RC_FAST };

/* ---- frequencies ----------------------------------------------------------------------------- */

static unsigned source_of(const struct esp32x *chip)
{
    const struct esp32x_facts *facts = chip->facts;
    if (facts->system.sysclk_conf == NONE)
        return esp32x_peek(chip, ESP32X_RTC_CNTL, facts->rtc.clk_conf) >> 27 & 3;
    return esp32x_peek(chip, ESP32X_SYSTEM, facts->system.sysclk_conf) >> 10 & 3;
}

/* PRE_DIV_CNT divides all but the PLL. */
static uint32_t divider(const struct esp32x *chip)
{
    uint16_t offset = chip->facts->system.sysclk_conf;
    uint32_t conf = offset == NONE ? esp32x_peek(chip, ESP32X_APB_CTRL, 0)
                                   : esp32x_peek(chip, ESP32X_SYSTEM, offset);
    return (conf & 0x3FF) + 1;
}

static uint32_t pll_cpu_hz(const struct esp32x *chip)
{
    static const uint32_t of_480[] = {80000000, 160000000, 240000000, 0};
    static const uint32_t of_320[] = {80000000, 160000000, 0, 0};
    uint32_t conf = esp32x_peek(chip, ESP32X_SYSTEM, chip->facts->system.cpu_per_conf);
    bool is_480 = chip->facts->system.sysclk_conf == NONE || conf >> 2 & 1;
    if (esp32x_peek(chip, ESP32X_RTC_CNTL, OPTIONS0) & PLL_FORCED_DOWN)
        return 0;
    return is_480 ? of_480[conf & 3] : of_320[conf & 3];
}

uint32_t esp32x_cpu_hz(const struct esp32x *chip)
{
    switch (source_of(chip)) {
    case SOURCE_XTAL:
        return XTAL_HZ / divider(chip);
    case SOURCE_PLL:
        return pll_cpu_hz(chip);
    case SOURCE_RC_FAST:
        return chip->facts->rc_fast_hz / divider(chip);
    default:
        return 0;
    }
}

bool esp32x_is_on_pll(const struct esp32x *chip)
{
    return source_of(chip) == SOURCE_PLL;
}

uint32_t esp32x_apb_hz(const struct esp32x *chip)
{
    uint32_t cpu_hz = esp32x_cpu_hz(chip);
    return esp32x_is_on_pll(chip) && cpu_hz ? (uint32_t)APB_OF_PLL_HZ : cpu_hz;
}

void esp32x_follow_clocks(struct esp32x *chip)
{
    esp32x_set_hz(&chip->cycles, chip->wires->now_ns, esp32x_cpu_hz(chip));
    esp32x_follow_systimer(chip);
    esp32x_follow_timg(chip);
    esp32x_follow_watchdogs(chip);
}

/* ---- gates ----------------------------------------------------------------------------------- */

bool esp32x_is_clocked(const struct esp32x *chip, int gate)
{
    const struct esp32x_facts *facts = chip->facts;
    if (gate == ESP32X_ALWAYS)
        return true;
    bool is_of_cpu = gate == ESP32X_CPU_GATE;
    if (is_of_cpu && facts->system.cpu_clk_en == NONE)
        return false;
    int bit = is_of_cpu ? CPU_GPIO_GATE : gate;
    uint16_t clk_en = is_of_cpu ? facts->system.cpu_clk_en : facts->system.clk_en;
    uint16_t rst_en = is_of_cpu ? facts->system.cpu_rst_en : facts->system.rst_en;
    return (esp32x_peek(chip, ESP32X_SYSTEM, clk_en) >> bit & 1) &&
           !(esp32x_peek(chip, ESP32X_SYSTEM, rst_en) >> bit & 1);
}

/* What is held in reset forgets its registers. */
static void reset_gated(struct esp32x *chip, uint16_t offset, uint32_t value)
{
    if (offset == chip->facts->system.cpu_rst_en && value >> CPU_GPIO_GATE & 1) {
        for (unsigned i = 0; i < chip->facts->cores; i++)
            chip->cpu_gpio[i].out = chip->cpu_gpio[i].enable = 0;
    }
    if (offset != chip->facts->system.rst_en)
        return;
    for (const struct esp32x_block *block = chip->facts->blocks; block->register_count; block++) {
        if (block->gate < 0 || !(value >> block->gate & 1))
            continue;
        esp32x_reset_block(chip, block);
        if (block->id == ESP32X_SYSTIMER)
            esp32x_reset_systimer(chip);
        else
            esp32x_reset_timg(chip, block->id - ESP32X_TIMG0);
    }
}

/* ---- registers ------------------------------------------------------------------------------- */

static uint32_t load(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    const struct esp32x_facts *facts = chip->facts;
    if (id == facts->matrix.block && offset >= facts->matrix.status[0])
        return esp32x_load_matrix(chip, offset);
    if (id == ESP32X_SYSTEM && offset == facts->system.sysclk_conf)
        return esp32x_peek(chip, id, offset) | (XTAL_HZ / 1000000) << 12;
    return esp32x_peek(chip, id, offset);
}

static void check_frequency(struct esp32x *chip, uint32_t address)
{
    uint32_t hz = esp32x_cpu_hz(chip);
    if (hz == 0 || hz > chip->facts->max_hz)
        esp32x_fault(chip, ESP32X_FREQUENCY, address);
}

void esp32x_store_clock(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset,
                        uint32_t value)
{
    uint32_t before_hz = esp32x_cpu_hz(chip);
    *esp32x_word(chip, id, offset) = value;
    if (esp32x_cpu_hz(chip) != before_hz)
        check_frequency(chip, esp32x_address(chip, id, offset));
    esp32x_follow_clocks(chip);
    esp32x_follow_core1(chip, esp32x_address(chip, id, offset));
}

static void store(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    uint32_t from_cpu = (offset - chip->facts->system.from_cpu) / 4;
    esp32x_store_clock(chip, id, offset, value);
    if (id != ESP32X_SYSTEM)
        return;
    reset_gated(chip, (uint16_t)offset, value);
    if (from_cpu < 4) /* CPU_INTR_FROM_CPU_0..3 */
        esp32x_request(chip, chip->facts->matrix.from_cpu + from_cpu, value & 1);
}

const struct esp32x_functions esp32x_system_block = {load, store};
