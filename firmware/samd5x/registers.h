/* SPDX-License-Identifier: MIT */
/*
 * The registers that start-up alone touches; the port has the others.  Numbers in brackets are
 * sections of the data sheet DS60001507 (SAM D5x/E5x family), or say which width in bits a register
 * is accessed in, if it is not 32.
 */
#ifndef SAMD5X_REGISTERS_H
#define SAMD5X_REGISTERS_H

#include "mmio.h"

/* Clock generators (§14.8). */
#define GCLK_CTRLA 0x40001C00u /* [8] */
#define GCLK_SYNCBUSY 0x40001C04u
enum {
    /* What for the firmware uses them; the port expects 1 and 3. */
    GENERATOR_CPU = 0,
    GENERATOR_48M = 1,
    GENERATOR_32K = 3,
    GENERATOR_1M = 5,
    GCLK_SWRST = 1 << 0,
    GCLK_BUSY_GENCTRL = 1 << 2, /* of generator 0; the others follow */
    GENCTRL_SRC_OSCULP32K = 4,
    GENCTRL_SRC_DFLL = 6,
    GENCTRL_SRC_DPLL0 = 7,
    GENCTRL_DIV_LSB = 16,
};

/* Which peripheral channel of GCLK is the reference of DPLL0 (§14.8.4). */
enum { CHANNEL_DPLL0 = 1 };

/* Main clock (§15.8). */
#define MCLK_CPUDIV 0x40000805u /* [8] */

/* Oscillators (§28.8).  The DFLL gives 48 MHz. */
#define OSCCTRL_STATUS 0x40001010u
#define DFLLCTRLA 0x4000101Cu /* [8] */
#define DFLLCTRLB 0x40001020u /* [8] */
#define DFLLVAL 0x40001024u
#define DFLLSYNC 0x4000102Cu /* [8] */
enum {
    OSCCTRL_DFLLRDY = 1 << 8,
    DFLL_ENABLE = 1 << 1,
    DFLL_OPEN_LOOP = 0, /* all of DFLLCTRLB */
    DFLL_BUSY_ENABLE = 1 << 1,
    DFLL_BUSY_CTRLB = 1 << 2,
    DFLL_BUSY_VAL = 1 << 3,
};

#define DPLL0_CTRLA 0x40001030u /* [8] */
#define DPLL0_RATIO 0x40001034u
#define DPLL0_CTRLB 0x40001038u
#define DPLL0_SYNCBUSY 0x4000103Cu
#define DPLL0_STATUS 0x40001040u
enum {
    DPLL_ENABLE = 1 << 1,
    DPLL_REFCLK_GCLK = 0 << 5,
    DPLL_LBYPASS = 1 << 11,
    DPLL_BUSY_ENABLE = 1 << 1,
    DPLL_BUSY_RATIO = 1 << 2,
    DPLL_LOCK = 1 << 0,
    DPLL_CLKRDY = 1 << 1,
};

/* The 32 kHz oscillator that always runs (§29.8). */
#define OSCULP32K 0x4000141Cu
enum { OSCULP32K_EN32K = 1 << 1 };

/* Flash (§25.8). */
#define NVMCTRL_CTRLA 0x41004000u /* [16] */
enum { NVMCTRL_AUTOWS = 1 << 2 };

/* The cache between the core and the flash (§11.10). */
#define CMCC_CFG 0x41006004u
#define CMCC_CTRL 0x41006008u
#define CMCC_SR 0x4100600Cu
#define CMCC_MAINT0 0x41006020u
enum {
    CMCC_CSIZESW_4K = 2 << 4, /* all of it caches code and data */
    CMCC_CEN = 1 << 0,
    CMCC_CSTS = 1 << 0,
    CMCC_INVALL = 1 << 0,
};

/* Pins (§32.8): a group of 32 every 0x80 bytes. */
#define PORT_DIRCLR_OF(group) (0x41008004u + 0x80u * (group))
#define PORT_WRCONFIG_OF(group) (0x41008028u + 0x80u * (group))
enum {
    WRCONFIG_WRPMUX = 1 << 28,
    WRCONFIG_WRPINCFG = 1 << 30,
};
#define WRCONFIG_UPPER_16 (1u << 31)

/* The core (Armv7-M Architecture Reference Manual §B3.2, §B3.3). */
#define SYST_CSR 0xE000E010u
#define SCB_ICSR 0xE000ED04u
#define SCB_CPACR 0xE000ED88u
#define ICSR_PENDSVCLR (1u << 27)
#define ICSR_PENDSTCLR (1u << 25)
#define CPACR_FPU (0xFu << 20) /* CP10 and CP11: full access */

#endif
