/* SPDX-License-Identifier: MIT */
/*
 * What an instruction costs, and which instructions the emulator must know by name.
 *
 * Costs are those of the Technical Reference Manuals (Cortex-M0 §3.3, Cortex-M0+ §3.3, Cortex-M4
 * §3.3.1) for memory without wait states.  Where a manual gives a range, README.md says what was
 * taken.  The Cortex-M33's manual has no such table; it gets the Cortex-M4's.
 */
#ifndef CORTEXM_CYCLES_H
#define CORTEXM_CYCLES_H

#include <stdbool.h>
#include <stdint.h>

enum cortexm_kind { CORTEXM_M0, CORTEXM_M0PLUS, CORTEXM_M4, CORTEXM_M33 };

enum instruction_class {
    INSTRUCTION_PLAIN,
    INSTRUCTION_IT,        /* the `block` instructions behind it are conditional */
    INSTRUCTION_MASKS,     /* CPS, MSR: what may be taken can change */
    INSTRUCTION_FLOAT,     /* uses the FPU */
    INSTRUCTION_EXCLUSIVE, /* LDREX: an exception must end it */
    INSTRUCTION_WFI,
    INSTRUCTION_WFE,
    INSTRUCTION_SEV,
    INSTRUCTION_YIELD
};

struct instruction {
    uint32_t opcode; /* first halfword, second halfword << 16 */
    uint8_t cycles;
    uint8_t what; /* enum instruction_class */
    uint8_t block;
    uint8_t bytes;
};

/* `opcode`: the halfword at the address, and the one behind it << 16. */
struct instruction cycles_decode(enum cortexm_kind kind, uint32_t opcode);
/* In addition, for every instruction that goes on elsewhere than behind itself. */
unsigned cycles_refill(enum cortexm_kind kind);

/* Interrupts (TRMs: M0 16, M0+ 15, M4 and M33 12 cycles). */
struct exception_cycles {
    uint8_t entry;       /* from the end of an instruction to the handler's first one */
    uint8_t exit;        /* from the return to the next instruction of what was interrupted */
    uint8_t tail_chain;  /* from the return to the next handler's first instruction */
    uint8_t float_frame; /* for stacking or unstacking the FPU's registers at once */
};
struct exception_cycles cycles_of_exceptions(enum cortexm_kind kind);

#endif
