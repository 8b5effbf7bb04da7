/* SPDX-License-Identifier: MIT */
/*
 * The system control space of a Cortex-M and what else lies on its private bus: NVIC, SCB, SysTick,
 * the FPU's context, the cycle counter.  ARMv6-M Architecture Reference Manual §B3, ARMv7-M §B3 and
 * §C1.8.
 */
#ifndef CORTEXM_SCS_H
#define CORTEXM_SCS_H

#include <stdbool.h>
#include <stdint.h>

struct cortexm;

#define SCS_PRIVATE_BUS UINT32_C(0xE0000000)
#define SCS_PRIVATE_BUS_BYTES UINT32_C(0x00100000)

/* Bits of CFSR (§B3.2.15). */
#define CFSR_IACCVIOL (UINT32_C(1) << 0)
#define CFSR_IBUSERR (UINT32_C(1) << 8)
#define CFSR_PRECISERR (UINT32_C(1) << 9)
#define CFSR_UNSTKERR (UINT32_C(1) << 11)
#define CFSR_STKERR (UINT32_C(1) << 12)
#define CFSR_BFARVALID (UINT32_C(1) << 15)
#define CFSR_UNDEFINSTR (UINT32_C(1) << 16)
#define CFSR_INVSTATE (UINT32_C(1) << 17)
#define CFSR_INVPC (UINT32_C(1) << 18)
#define CFSR_NOCP (UINT32_C(1) << 19)
#define CFSR_UNALIGNED (UINT32_C(1) << 24)

#define HFSR_FORCED (UINT32_C(1) << 30)
#define HFSR_VECTTBL (UINT32_C(1) << 1)

#define SCR_SLEEPONEXIT (UINT32_C(1) << 1)
#define CCR_NONBASETHRDENA (UINT32_C(1) << 0)
#define CCR_STKALIGN (UINT32_C(1) << 9)

#define FPCCR_LSPACT (UINT32_C(1) << 0)
#define FPCCR_LSPEN (UINT32_C(1) << 30)
#define FPCCR_ASPEN (UINT32_C(1) << 31)

struct scs {
    uint32_t vtor, scr, ccr;
    uint32_t cfsr, hfsr, dfsr, bfar, mmfar;
    uint32_t cpacr, fpccr, fpcar, fpdscr;
    /* SysTick: it was `systick_value` in `systick_cycle`, and counts down if it is enabled. */
    uint32_t systick_control, systick_reload, systick_value;
    uint64_t systick_cycle;
    /* The cycle counter was `count` in `count_since`. */
    uint32_t demcr, dwt_control, count;
    uint64_t count_since;
};

void scs_init(struct scs *scs, bool is_v6);

/* Offsets from SCS_PRIVATE_BUS; 1, 2 or 4 bytes.  What is not there reads 0. */
uint32_t scs_load(struct cortexm *core, uint32_t offset, unsigned bytes);
void scs_store(struct cortexm *core, uint32_t offset, uint32_t value, unsigned bytes);

/* SysTick up to the core's cycle; and the cycle in which it wants that next. */
void scs_run_systick(struct cortexm *core);
uint64_t scs_next_systick(const struct cortexm *core);

/* May the FPU be used? */
bool scs_float_enabled(const struct cortexm *core);

#endif
