/* SPDX-License-Identifier: MIT */
/*
 * What SAM D5x/E5x add to the start of a Cortex-M.
 *
 * The boot loader starts us as a reset leaves the chip, but for VTOR and the watchdog, which it has
 * switched off.  Nothing here relies on that: another one, or a debugger, may leave more behind.
 */
#include "i2ctarget/samd5x.h"
#include "nvic.h"
#include "firmware/cortexm/start.h"
#include "firmware/samd5x/registers.h"

#define X unexpected
#define X8 X, X, X, X, X, X, X, X
/* The four interrupts of a SERCOM have one handler, so the flags are always judged together. */
#define SERCOM(n)                                                       \
    i2ctarget_samd5x_sercom##n##_irq, i2ctarget_samd5x_sercom##n##_irq, \
        i2ctarget_samd5x_sercom##n##_irq, i2ctarget_samd5x_sercom##n##_irq

/*
 * The handler of all EXTINTs; unexpected() in an image whose port has SERCOMs alone.  memory.ld says
 * which it is.
 */
void eic_vector(void);
#define EIC4 eic_vector, eic_vector, eic_vector, eic_vector

/* DS60001507 §10.2.2, table 10-1. */
static const vector interrupts[137] INTERRUPT_VECTORS = {
    /* 0.. */
    X8, X, X, X, X,
    /* 12.. */
    EIC4, EIC4, EIC4, EIC4,
    /* 28.., 44.. */
    X8, X8, X, X,
    /* 46.. */
    SERCOM(0), SERCOM(1), SERCOM(2), SERCOM(3), SERCOM(4), SERCOM(5), SERCOM(6), SERCOM(7),
    /* 78.., 102.. */
    X8, X8, X8, X, X, X, X, X,
    /* 107, TC0..: the port uses one of those with an even number */
    i2ctarget_samd5x_timer_irq, X, i2ctarget_samd5x_timer_irq, X, i2ctarget_samd5x_timer_irq, X,
    i2ctarget_samd5x_timer_irq, X,
    /* 115.. */
    X8, X8, X, X, X, X, X, X};

enum { INTERRUPT_WORDS = (sizeof interrupts / sizeof *interrupts + 31) / 32 };

/* How many groups of pins the package has: a number that the linker knows, as the board's chip. */
extern char pin_groups[];

/*
 * The debugger's two pins, PA30 and PA31, stay as they are: nobody could look into the chip then.
 */
static inline __attribute__((always_inline)) void release_group(uint32_t group)
{
    uint32_t upper = group == 0 ? 0x3FFF : 0xFFFF;

    mmio_write32(PORT_DIRCLR_OF(group), 0xFFFF | upper << 16);
    mmio_write32(PORT_WRCONFIG_OF(group), WRCONFIG_WRPINCFG | WRCONFIG_WRPMUX | 0xFFFF);
    mmio_write32(PORT_WRCONFIG_OF(group),
                 WRCONFIG_UPPER_16 | WRCONFIG_WRPINCFG | WRCONFIG_WRPMUX | upper);
}

static inline __attribute__((always_inline)) void release_groups(void)
{
    for (uint32_t group = 0; group < (uintptr_t)pin_groups; group++)
        release_group(group);
}

void chip_release_pins(void)
{
    release_groups();
}

IN_FLASH static void silence_interrupts(void)
{
    mmio_write32(SYST_CSR, 0);
    mmio_write32(SCB_ICSR, ICSR_PENDSTCLR | ICSR_PENDSVCLR);
    for (unsigned word = 0; word < INTERRUPT_WORDS; word++) {
        mmio_write32(NVIC_ICER + 4 * word, 0xFFFFFFFF);
        mmio_write32(NVIC_ICPR + 4 * word, 0xFFFFFFFF);
    }
}

/* Before the first instruction with floating-point registers. */
IN_FLASH static void switch_fpu_on(void)
{
    mmio_write32(SCB_CPACR, mmio_read32(SCB_CPACR) | CPACR_FPU);
    __asm volatile("dsb\n\tisb" ::: "memory");
}

IN_FLASH void chip_begin(void)
{
    __asm volatile("cpsid i" ::: "memory");
    release_groups();
    silence_interrupts();
    switch_fpu_on();
}
