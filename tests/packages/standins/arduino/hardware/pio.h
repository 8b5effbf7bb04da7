/* SPDX-License-Identifier: MIT */
struct pio_hw_t;
#define pio0 ((pio_hw_t *)0x50200000)
extern "C" void pio_claim_sm_mask(pio_hw_t *pio, unsigned mask);
