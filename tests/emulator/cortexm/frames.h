/* SPDX-License-Identifier: MIT */
/*
 * Entry to handlers and return from them: the frame on the stack, the FPU's part of it (at once or
 * when it is needed), tail-chaining, late arrival.  ARMv7-M Architecture Reference Manual §B1.5.6 to
 * §B1.5.8; ARMv6-M has a part of it.
 */
#ifndef CORTEXM_FRAMES_H
#define CORTEXM_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

struct cortexm;

/* CONTROL (ARMv7-M §B1.4.4; SFPA: ARMv8-M, the FPU's context is that of secure code). */
enum { CONTROL_SPSEL = 2, CONTROL_FPCA = 4, CONTROL_SFPA = 8 };

/* All of these set the core's pc.  False: the core locks up. */

/* What exceptions_next() says is taken, before the instruction at `pc`. */
bool frames_take(struct cortexm *core, uint32_t pc);
/* An EXC_RETURN value was branched to. */
bool frames_return(struct cortexm *core, uint32_t exc_return);
/* A fault at `pc`; or SVC, the instruction behind it being at `pc`. */
bool frames_fault(struct cortexm *core, unsigned exception, uint32_t status, uint32_t pc);
/* The FPU's registers go where the frame has room for them, before they are used. */
void frames_save_float(struct cortexm *core);

#endif
