/* SPDX-License-Identifier: MIT */
/*
 * The PIO model as a WebAssembly module, for an emulator written in JavaScript: pio.mjs loads it.
 *
 * There is no C library and no heap in it: as many blocks as a chip has live here and are named by
 * their number.
 */
#include <stddef.h>

#include "chips/rp2040/model/pio.h"

#define EXPORT(name) __attribute__((export_name(#name)))

enum { BLOCKS = 2 };

static struct pio_model blocks[BLOCKS];

/* A compiler may call these two for whatever it likes, C library or none. */
void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ((volatile unsigned char *)to)[i] = ((const unsigned char *)from)[i];
    return to;
}

void *memset(void *to, int value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ((volatile unsigned char *)to)[i] = (unsigned char)value;
    return to;
}

EXPORT(reset) void wasm_reset(unsigned block)
{
    pio_reset(&blocks[block]);
}

EXPORT(read32) uint32_t wasm_read32(unsigned block, uint32_t offset)
{
    return pio_read32_alias(&blocks[block], offset);
}

EXPORT(write32) void wasm_write32(unsigned block, uint32_t offset, uint32_t value)
{
    pio_write32_alias(&blocks[block], offset, value);
}

EXPORT(step) void wasm_step(unsigned block, uint32_t pads_in)
{
    pio_step(&blocks[block], pads_in);
}

EXPORT(idle_cycles) uint32_t wasm_idle_cycles(unsigned block, uint32_t pads_in)
{
    return pio_idle_cycles(&blocks[block], pads_in);
}

EXPORT(irq_lines) uint32_t wasm_irq_lines(unsigned block)
{
    return (uint32_t)pio_irq_line(&blocks[block], 0) | (uint32_t)pio_irq_line(&blocks[block], 1)
                                                           << 1;
}

EXPORT(pads_out) uint32_t wasm_pads_out(unsigned block)
{
    return blocks[block].pads_out;
}

EXPORT(pads_oe) uint32_t wasm_pads_oe(unsigned block)
{
    return blocks[block].pads_oe;
}

EXPORT(misuse) uint32_t wasm_misuse(unsigned block)
{
    return blocks[block].misuse;
}

/*
 * Up to that many cycles with the pads as they are; it ends early, after the cycle in which what is
 * driven or an interrupt line changed.  How many cycles it were.
 */
EXPORT(run) uint32_t wasm_run(unsigned block, uint32_t cycles, uint32_t pads_in)
{
    struct pio_model *pio = &blocks[block];
    uint32_t out = pio->pads_out;
    uint32_t oe = pio->pads_oe;
    uint32_t lines = wasm_irq_lines(block);
    uint32_t done = 0;
    while (done < cycles) {
        uint32_t idle = pio_idle_cycles(pio, pads_in);
        if (idle > 0) {
            idle = idle < cycles - done ? idle : cycles - done;
            pio_skip(pio, idle);
            done += idle;
            continue;
        }
        pio_step(pio, pads_in);
        done++;
        if (pio->pads_out != out || pio->pads_oe != oe || wasm_irq_lines(block) != lines)
            break;
    }
    return done;
}
