/* SPDX-License-Identifier: MIT */
/*
 * The private peripheral bus of the SAM D5x/E5x model: NVIC, the cycle counter of DWT, SysTick as
 * a counter, and registers that start-up code sets.
 *
 * ARMv7-M Architecture Reference Manual: B3.2 (SCB), B3.3 (SysTick), B3.4 (NVIC), C1.6 (DEMCR),
 * C1.8 (DWT).  Whoever has a processor of its own has these registers, too, and asks for none here.
 */
#include "chips/samd5x/model/samd5x_parts.h"

enum {
    DWT_CTRL = 0x1000,
    DWT_CYCCNT = 0x1004,
    SYST_CSR = 0xE010,
    SYST_RVR = 0xE014,
    SYST_CVR = 0xE018,
    SYST_CALIB = 0xE01C,
    CPUID = 0xED00,
    CPACR = 0xED88,
    DEMCR = 0xEDFC,
    OFFSET = 0xFFFFF
};
enum { CYCCNTENA = 1, SYST_ENABLE = 1, SYST_TICKINT = 2, SYST_CLKSOURCE = 4 };
#define TRCENA SAMD5X_BIT(24)
#define COUNTFLAG SAMD5X_BIT(16)

/* ---- DWT.CYCCNT ------------------------------------------------------------------------------ */

static bool counts_cycles(const struct samd5x *chip)
{
    return chip->demcr & TRCENA && chip->dwt_ctrl & CYCCNTENA;
}

/* At the frequency of the clocks, not of processor.cycle_ns: it is a whole number of ns. */
static uint32_t cycles(const struct samd5x *chip)
{
    uint64_t passed_ns = chip->wires->now_ns - chip->cycle_base_ns;
    if (!counts_cycles(chip))
        return chip->cycle_base;
    return chip->cycle_base + (uint32_t)samd5x_cycles_in(passed_ns, samd5x_apb_hz(chip));
}

static void set_cycles(struct samd5x *chip, uint32_t value)
{
    chip->cycle_base = value;
    chip->cycle_base_ns = chip->wires->now_ns;
}

void samd5x_ppb_clock_changes(struct samd5x *chip)
{
    set_cycles(chip, cycles(chip));
}

/* ---- SysTick --------------------------------------------------------------------------------- */

/* Cycles since CVR was written, which made it 0: the first of them loads RVR. */
static uint64_t ticks(const struct samd5x *chip)
{
    if (!(chip->systick_csr & SYST_ENABLE))
        return 0;
    return samd5x_cycles_in(chip->wires->now_ns - chip->systick_base_ns, samd5x_apb_hz(chip));
}

static uint32_t load_systick(struct samd5x *chip, uint32_t offset)
{
    uint64_t period = (uint64_t)chip->systick_rvr + 1;
    uint64_t passed = ticks(chip);
    if (offset == SYST_RVR)
        return chip->systick_rvr;
    if (offset == SYST_CVR)
        return passed == 0 ? 0 : chip->systick_rvr - (uint32_t)((passed - 1) % period);
    uint64_t wraps = passed / period;
    uint32_t flag = wraps > chip->systick_wraps ? COUNTFLAG : 0;
    chip->systick_wraps = wraps;
    return chip->systick_csr | flag;
}

static void store_systick(struct samd5x *chip, uint32_t offset, uint32_t value, uint32_t address)
{
    if (offset == SYST_RVR) {
        chip->systick_rvr = value & 0xFFFFFF;
        return;
    }
    if (offset == SYST_CSR) {
        if (value & SYST_TICKINT || !(value & SYST_CLKSOURCE))
            samd5x_fault(chip, SAMD5X_UNMODELLED, address);
        chip->systick_csr = value & (SYST_ENABLE | SYST_CLKSOURCE);
    }
    chip->systick_base_ns = chip->wires->now_ns;
    chip->systick_wraps = 0;
}

/* ---- access ---------------------------------------------------------------------------------- */

/* False: this register is not modelled. */
static bool load(struct samd5x *chip, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case DWT_CTRL:
        *value = chip->dwt_ctrl | 0x40000000; /* four comparators */
        return true;
    case DWT_CYCCNT:
        *value = cycles(chip);
        return true;
    case SYST_CSR:
    case SYST_RVR:
    case SYST_CVR:
        *value = load_systick(chip, offset);
        return true;
    case CPUID:
        *value = 0x410FC241; /* Cortex-M4 r0p1 */
        return true;
    case CPACR:
        *value = chip->cpacr;
        return true;
    case DEMCR:
        *value = chip->demcr;
        return true;
    default:
        return nvic_load(&chip->processor.nvic, offset, value);
    }
}

static bool store(struct samd5x *chip, uint32_t offset, uint32_t value, uint32_t address)
{
    uint32_t counted = cycles(chip);
    switch (offset) {
    case DWT_CTRL:
        chip->dwt_ctrl = value & CYCCNTENA;
        set_cycles(chip, counted);
        return true;
    case DWT_CYCCNT:
        set_cycles(chip, value);
        return true;
    case SYST_CSR:
    case SYST_RVR:
    case SYST_CVR:
        store_systick(chip, offset, value, address);
        return true;
    case CPACR:
        chip->cpacr = value;
        return true;
    case DEMCR:
        chip->demcr = value & TRCENA;
        set_cycles(chip, counted);
        return true;
    default:
        return nvic_store(&chip->processor.nvic, offset, value, chip->wires->now_ns);
    }
}

/* C1.6.5: without TRCENA the registers of DWT have no defined value. */
static void judge_dwt(struct samd5x *chip, uint32_t address)
{
    uint32_t offset = address & OFFSET;
    if (offset >= DWT_CTRL && offset <= DWT_CYCCNT && !(chip->demcr & TRCENA))
        samd5x_fault(chip, SAMD5X_UNCLOCKED, address);
}

/* The priorities are the only ones that may be accessed in bytes (B3.4.3). */
uint32_t samd5x_load_ppb(struct samd5x *chip, uint32_t address, unsigned bytes)
{
    uint32_t value = 0;
    judge_dwt(chip, address);
    if (address % bytes != 0)
        samd5x_fault(chip, SAMD5X_MISALIGNED, address);
    else if (bytes == 1 && nvic_load_priority(&chip->processor.nvic, address & OFFSET, &value))
        return value;
    else if (bytes != 4)
        samd5x_fault(chip, SAMD5X_WIDTH, address);
    else if (!load(chip, address & OFFSET, &value))
        samd5x_fault(chip, SAMD5X_UNMODELLED, address);
    return value;
}

void samd5x_store_ppb(struct samd5x *chip, uint32_t address, uint32_t value, unsigned bytes)
{
    judge_dwt(chip, address);
    if (address % bytes != 0)
        samd5x_fault(chip, SAMD5X_MISALIGNED, address);
    else if (bytes == 1 && nvic_store_priority(&chip->processor.nvic, address & OFFSET, value))
        return;
    else if (bytes != 4)
        samd5x_fault(chip, SAMD5X_WIDTH, address);
    else if (!store(chip, address & OFFSET, value, address))
        samd5x_fault(chip, SAMD5X_UNMODELLED, address);
}
