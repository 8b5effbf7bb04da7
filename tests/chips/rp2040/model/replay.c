/* SPDX-License-Identifier: MIT */
/*
 * Random programs and register accesses on the PIO model.  Prints one line with the result of each
 * round.  replay.mjs does the same with the WebAssembly module, and test_wasm.py compares the two.
 */
#include <stdio.h>

#include "chips/rp2040/model/pio.h"

enum { ROUNDS = 200, EVENTS = 100 };

static uint32_t seed = 2463534242;

static uint32_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static uint32_t digest;

static void mix(uint32_t value)
{
    digest = (digest ^ value) * 16777619;
}

/* Cycle by cycle here, in one call there. */
static void run(struct pio_model *pio, uint32_t cycles, uint32_t pads)
{
    for (uint32_t i = 0; i < cycles; i++)
        pio_step(pio, pads);
}

static void show(struct pio_model *pio)
{
    mix(pio->pads_out);
    mix(pio->pads_oe);
    for (uint32_t offset = 0; offset < PIO_REGISTERS_END; offset += 4) {
        if (offset < PIO_RXF0 || offset >= PIO_IRQ)
            mix(pio_read32(pio, offset));
    }
}

static void start(struct pio_model *pio)
{
    pio_reset(pio);
    for (uint32_t i = 0; i < PIO_INSTRUCTIONS; i++)
        pio_write32(pio, PIO_INSTR_MEM0 + 4 * i, next() & 0xFFFF);
    for (uint32_t i = 0; i < PIO_MACHINES; i++) {
        uint32_t base = i * PIO_SM_STRIDE;
        pio_write32(pio, base + PIO_SM0_CLKDIV, (next() & 3) << 16 | 0x10000 | (next() & 0xFF00));
        pio_write32(pio, base + PIO_SM0_EXECCTRL, next());
        pio_write32(pio, base + PIO_SM0_SHIFTCTRL, next() & 0x3FFF0000);
        pio_write32(pio, base + PIO_SM0_PINCTRL, next() & 0x5FFFFFFF);
    }
    pio_write32(pio, PIO_CTRL, 0xF);
}

int main(void)
{
    static struct pio_model pio;
    for (unsigned round = 0; round < ROUNDS; round++) {
        digest = 2166136261;
        start(&pio);
        for (unsigned event = 0; event < EVENTS; event++) {
            uint32_t choice = next() % 8;
            if (choice < 2)
                pio_write32_alias(&pio, PIO_TXF0 + 4 * choice, next());
            else if (choice == 2)
                mix(pio_read32_alias(&pio, PIO_RXF0));
            else if (choice == 3)
                pio_write32_alias(&pio, PIO_IRQ_FORCE, next());
            else if (choice == 4)
                pio_write32_alias(&pio, PIO_SM0_INSTR + PIO_SM_STRIDE, next() & 0xFFFF);
            uint32_t pads = next();
            run(&pio, next() % 50, pads);
            show(&pio);
        }
        printf("%u %08x %x\n", round, digest, pio.misuse);
    }
    return 0;
}
