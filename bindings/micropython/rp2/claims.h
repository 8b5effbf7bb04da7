/* SPDX-License-Identifier: MIT */
/*
 * What a target takes of the chip, as the pico-sdk keeps account of it, so that nobody else takes it
 * meanwhile, and nothing of others is taken:
 *
 *     a PIO block         its four state machines and all of its instruction memory
 *     PIO0_IRQ_0 or PIO1_IRQ_0
 *     an alarm of TIMER, and its interrupt, which all targets share
 *
 * All of it is given back when the target ends: deinit(), the finaliser, soft reset.  Interrupts
 * belong to core 0, which runs the main thread.
 */
#ifndef MICROPYTHON_RP2_CLAIMS_H
#define MICROPYTHON_RP2_CLAIMS_H

#include <stdbool.h>

enum { CLAIMS_BLOCKS = 2, CLAIMS_NONE = -1 };

/* A free PIO block, which is now the caller's: 0 or 1.  CLAIMS_NONE: there is none. */
int i2ctarget_mp_claim_block(void);
/*
 * Its interrupt is enabled.  rp2.PIO.irq() disables it before it refuses a block that is not its own.
 */
void i2ctarget_mp_enable_block(int block);
/* Give it back.  No target uses it any more. */
void i2ctarget_mp_release_block(int block);

/* The alarm for all targets: 0..3.  Every call wants one release.  CLAIMS_NONE: none is free. */
int i2ctarget_mp_claim_alarm(void);
void i2ctarget_mp_release_alarm(void);

#endif
