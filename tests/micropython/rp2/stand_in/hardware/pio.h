/* SPDX-License-Identifier: MIT */
#ifndef HARDWARE_PIO_H
#define HARDWARE_PIO_H

#include "sdk.h"

typedef unsigned uint;

struct pio_hw {
    uint32_t irq;
};
typedef struct pio_hw *PIO;

extern struct pio_hw sdk_blocks[SDK_BLOCKS];
#define pio0 (&sdk_blocks[0])
#define pio1 (&sdk_blocks[1])

struct pio_program {
    const uint16_t *instructions;
    uint8_t length;
    int8_t origin;
};

bool pio_sm_is_claimed(PIO pio, uint machine);
void pio_claim_sm_mask(PIO pio, uint mask);
void pio_sm_unclaim(PIO pio, uint machine);
bool pio_can_add_program_at_offset(PIO pio, const struct pio_program *program, uint offset);
int pio_add_program_at_offset(PIO pio, const struct pio_program *program, uint offset);
void pio_remove_program(PIO pio, const struct pio_program *program, uint offset);

#endif
