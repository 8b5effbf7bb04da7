/* SPDX-License-Identifier: MIT */
/*
 * The two state machines of target.pio as the port sees them: words to them, words from them,
 * flags.
 *
 * Where the engine is when the CPU looks, and what is then certain:
 *
 *     at `next`, waiting for a word    SCL is held; nothing happens on the bus until it gets one
 *     at `hold`                        a START came in a byte: SCL is held until it is sent on
 *     at `idle`, `armed`               it waits for START, or for SCL to fall after it
 *     elsewhere                        in a byte; a START or STOP may come at any moment
 */
#ifndef RP2040_ENGINE_H
#define RP2040_ENGINE_H

#include <stdbool.h>

#include "mmio.h"
#include "rp2040/program.h"
#include "rp2040/regs.h"

struct engine {
    uintptr_t pio; /* the block's base address */
};

#define MACHINE(pio, n, reg) ((pio) + PIO_SM + (n) * (uintptr_t)PIO_SM_SIZE + (reg))

/* The bits that i2ctarget_rp2040_engine_pending() may return. */
enum {
    PENDING_WORD = INT_RXNEMPTY << ENGINE,
    PENDING_START = INT_FLAG * FLAG_START,
    PENDING_STOP = INT_FLAG * FLAG_STOP,
};

static inline uint32_t i2ctarget_rp2040_engine_pending(const struct engine *engine)
{
    return mmio_read32(engine->pio + PIO_IRQ0_INTS);
}

/* The oldest word.  There must be one. */
static inline uint32_t i2ctarget_rp2040_engine_read(const struct engine *engine)
{
    return mmio_read32(engine->pio + PIO_RXF + 4 * ENGINE);
}

static inline void i2ctarget_rp2040_engine_write(const struct engine *engine, uint32_t word)
{
    mmio_write32(engine->pio + PIO_TXF + 4 * ENGINE, word);
}

static inline uint32_t i2ctarget_rp2040_engine_flags(const struct engine *engine)
{
    return mmio_read32(engine->pio + PIO_IRQ);
}

static inline void i2ctarget_rp2040_engine_clear_flags(const struct engine *engine, uint32_t flags)
{
    mmio_write32(engine->pio + PIO_IRQ, flags);
}

/* The number of its current instruction. */
static inline uint32_t i2ctarget_rp2040_engine_place(const struct engine *engine)
{
    return mmio_read32(MACHINE(engine->pio, ENGINE, SM_ADDR));
}

_Static_assert(ENGINE_IDLE < ENGINE_ARMED && ENGINE_ARMED < ENGINE_NEXT && ENGINE_NEXT < ENGINE_BIT,
               "what waits for a START comes first, then what sets up, then the bits");
static inline bool is_waiting_for_start(uint32_t place)
{
    return place >= ENGINE_IDLE && place < ENGINE_CLEAR;
}

/*
 * At `next`, when every word is read: wait for the next START.  SCL is released at once, because no
 * SDA has to be set up.
 */
static inline void i2ctarget_rp2040_engine_refuse(const struct engine *engine)
{
    mmio_write32(MACHINE(engine->pio, ENGINE, SM_INSTR), ENGINE_GO_IDLE);
    i2ctarget_rp2040_engine_write(engine, WORD_ADDRESS);
    i2ctarget_rp2040_engine_write(engine, WORD_DIRECTION);
}

/* The engine's clock is clk_sys, or clk_sys divided down to this. */
enum { ENGINE_HZ_MAX = 125000000 };

/* The fastest bus on which a device causes no visible stretch. */
uint32_t i2ctarget_rp2040_engine_scl_hz_max(uint32_t clk_sys_hz);

/*
 * Load the program and set up both machines for these pins, which they do not pull then.  They are
 * stopped; the engine is at `clock`, as in the last bit of a byte.  (It must not be behind the rise
 * of SCL: a rising SCL would look as if it had fallen, and be pulled.)
 */
void i2ctarget_rp2040_engine_prepare(const struct engine *engine, unsigned scl, unsigned sda,
                                     uint32_t clk_sys_hz);
/* While it runs: its times stay the same when clk_sys changes. */
void i2ctarget_rp2040_engine_follow(const struct engine *engine, uint32_t old_hz, uint32_t new_hz);
/* Start them, after the pins are connected. */
void i2ctarget_rp2040_engine_run(const struct engine *engine);
/* Both machines are stopped and raise no interrupt. */
void i2ctarget_rp2040_engine_stop(const struct engine *engine);

/*
 * Drop the byte, if there is one, release both lines, and wait for the next START.  If it has come
 * already, wait for its address; then FLAG_START is in the returned flags, and all flags are
 * cleared.
 */
uint32_t i2ctarget_rp2040_engine_rearm(const struct engine *engine);
/* At `armed`, when the START was followed by a STOP: wait for the next START. */
void i2ctarget_rp2040_engine_disarm(const struct engine *engine);
/*
 * In a byte that a START or STOP has cut, with no word left to be read.  Returns the sampled bits
 * that were not pushed, the last one lowest, and how many more clocks the word would have had.  The
 * bits are then removed from the engine.  i2ctarget_rp2040_engine_rearm() must follow.
 */
uint32_t i2ctarget_rp2040_engine_take_partial(const struct engine *engine, unsigned *clocks_left);

#endif
