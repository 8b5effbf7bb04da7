/* SPDX-License-Identifier: MIT */
/*
 * What the RP2040 adds to the start of a Cortex-M.
 *
 * Core 1 stays asleep in the boot ROM.
 */
#include "i2ctarget/rp2040.h"
#include "firmware/cortexm/start.h"
#include "firmware/rp2040/registers.h"

#define X unexpected

static const vector interrupts[32] INTERRUPT_VECTORS = {
    /* RP2040 datasheet §2.3.2: TIMER_IRQ_0.. */
    i2ctarget_rp2040_alarm_irq, X, X, X, X, X, X,
    /* PIO0_IRQ_0, PIO0_IRQ_1, PIO1_IRQ_0, PIO1_IRQ_1 */
    i2ctarget_rp2040_pio0_irq, X, i2ctarget_rp2040_pio1_irq, X,
    /* 11.. */
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X};

#undef X

/*
 * After a reset of only the cores the PIO still runs and may hold SCL.  The pins are reset before
 * the PIO: a pad with inverted output enable would be pulled low by a PIO in reset.
 */
IN_FLASH void chip_begin(void)
{
    mmio_write32(RESETS_RESET + ALIAS_SET, RESET_IO_BANK0);
    mmio_write32(RESETS_RESET + ALIAS_SET, RESET_PIO0 | RESET_PIO1 | RESET_TIMER);
}

/*
 * A reset of the function select makes all pins inputs.  (The PIO may still try to hold SCL for an
 * answer that will not come.)
 */
void chip_release_pins(void)
{
    mmio_write32(RESETS_RESET + ALIAS_SET, RESET_IO_BANK0);
}
