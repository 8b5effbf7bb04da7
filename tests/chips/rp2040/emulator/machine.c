/* SPDX-License-Identifier: MIT */
/*
 * What the emulated processor is connected to, compiled to WebAssembly: both PIO blocks, and the
 * pads on the bus.
 *
 *     rp2040js: core, NVIC, SIO, IO_BANK0, PADS_BANK0, TIMER ...          (pico.js)
 *         |  registers        |  function select, pads       ^  levels, interrupt requests
 *     model/pio.c ──► pads                                                (this file)
 *                       ╚══ wires, controllers, checker                   (emulator/bus.c)
 *
 * It advances one clk_sys cycle at a time, and jumps ahead where nothing happens.  There is one
 * machine for each instance of the module.  Only pico.js calls it.
 */
#include "chips/rp2040/model/pio.h"
#include "emulator/bus.h"

enum { BLOCKS = 2 };

/* Function select of a pad (RP2040 datasheet §2.19.2). */
enum { FUNCTION_SIO = 5, FUNCTION_PIO0 = 6, FUNCTION_PIO1 = 7, FUNCTION_NULL = 31 };
/* PADS_BANK0: pull-down, pull-up, input enable, output disable (§2.19.6.3). */
enum { PAD_PUE = 1 << 3, PAD_IE = 1 << 6, PAD_OD = 1 << 7, PAD_RESET = 0x56 };

/* Tells the other side every change of level at a pad. */
__attribute__((import_module("pico"), import_name("level"))) void told_level(uint32_t gpio,
                                                                             uint32_t level);

static struct pio_model blocks[BLOCKS];
static struct wires_participant chip; /* the two pads on the wires */

static uint32_t scl_bit, sda_bit;
static uint32_t ctrl[PIO_GPIOS], pads[PIO_GPIOS];
static uint32_t sio_out, sio_oe;
static uint32_t driving, driven_as;      /* for each pad: is it driven, and to which level */
static uint32_t ever_driving, ever_high; /* since reset */
static uint32_t levels;                  /* at the pads */
static uint32_t inputs;                  /* their levels as the PIO sees them */
static uint64_t cycle_ps;                /* of clk_sys */
static uint32_t lines_seen;
static uint64_t fell_ns, longest_pull_ns; /* SCL: its last fall; from a fall to the pad's release */

/* ---- pads ------------------------------------------------------------------------------------ */

/* The two bits of an override in GPIOn_CTRL: unchanged, inverted, 0, 1. */
static bool overridden(bool value, uint32_t how)
{
    return how == 0 ? value : how == 1 ? !value : how == 3;
}

static uint32_t peripheral_out(uint32_t function)
{
    if (function == FUNCTION_PIO0 || function == FUNCTION_PIO1)
        return blocks[function - FUNCTION_PIO0].pads_out;
    return function == FUNCTION_SIO ? sio_out : 0;
}

static uint32_t peripheral_oe(uint32_t function)
{
    if (function == FUNCTION_PIO0 || function == FUNCTION_PIO1)
        return blocks[function - FUNCTION_PIO0].pads_oe;
    return function == FUNCTION_SIO ? sio_oe : 0;
}

static void find_outputs(void)
{
    driving = driven_as = 0;
    for (uint32_t gpio = 0; gpio < PIO_GPIOS; gpio++) {
        uint32_t function = ctrl[gpio] & 0x1f, bit = 1u << gpio;
        bool out = overridden(peripheral_out(function) & bit, ctrl[gpio] >> 8 & 3);
        bool oe = overridden(peripheral_oe(function) & bit, ctrl[gpio] >> 12 & 3);
        if (oe && !(pads[gpio] & PAD_OD)) {
            driving |= bit;
            driven_as |= out ? bit : 0;
        }
    }
    ever_driving |= driving;
    ever_high |= driving & driven_as;
}

/* A pad that is not driven has the level of its own pull.  The wires have pull-ups. */
static bool level_of(uint32_t gpio)
{
    uint32_t bit = 1u << gpio;
    if (bit == scl_bit)
        return emulated_wires.scl;
    if (bit == sda_bit)
        return emulated_wires.sda;
    if (driving & bit)
        return driven_as & bit;
    return pads[gpio] & PAD_PUE;
}

static void find_inputs(void)
{
    uint32_t before = levels;
    if (before & scl_bit && !emulated_wires.scl)
        fell_ns = emulated_wires.now_ns;
    levels = inputs = 0;
    for (uint32_t gpio = 0; gpio < PIO_GPIOS; gpio++) {
        bool level = level_of(gpio);
        levels |= (uint32_t)level << gpio;
        inputs |= (uint32_t)overridden(level && (pads[gpio] & PAD_IE), ctrl[gpio] >> 16 & 3)
                  << gpio;
    }
    for (uint32_t changed = before ^ levels; changed; changed &= changed - 1) {
        uint32_t gpio = (uint32_t)__builtin_ctz(changed);
        told_level(gpio, levels >> gpio & 1);
    }
}

static void scl_let_go(void)
{
    uint64_t pull_ns = emulated_wires.now_ns - fell_ns;
    if (pull_ns > longest_pull_ns)
        longest_pull_ns = pull_ns;
}

static void pads_changed(void)
{
    uint32_t was_low = driving & ~driven_as;
    find_outputs();
    uint32_t low = driving & ~driven_as;
    if (was_low & ~low & scl_bit)
        scl_let_go();
    i2ctarget_wires_pull(&emulated_wires, &chip, (struct line_pulls){low & scl_bit, low & sda_bit});
    i2ctarget_wires_settle(&emulated_wires);
    find_inputs();
}

static void chip_step(struct wires_participant *self, struct wires *of)
{
    (void)self;
    (void)of;
    find_inputs();
}

/* ---- time ------------------------------------------------------------------------------------ */

static uint32_t lines_now(void)
{
    uint32_t lines = 0;
    for (unsigned i = 0; i < 2 * BLOCKS; i++)
        lines |= (uint32_t)pio_irq_line(&blocks[i / 2], i % 2) << i;
    return lines;
}

static void cycle(void)
{
    emulated_bus_pass(cycle_ps);
    uint32_t before[2 * BLOCKS], after = 0;
    for (unsigned i = 0; i < BLOCKS; i++) {
        before[2 * i] = blocks[i].pads_oe;
        before[2 * i + 1] = blocks[i].pads_out;
        pio_step(&blocks[i], inputs);
        after |= (before[2 * i] ^ blocks[i].pads_oe) | (before[2 * i + 1] ^ blocks[i].pads_out);
    }
    if (after)
        pads_changed();
}

/* How many of `cycles` can be skipped, because nothing changes in the blocks or on the wires. */
static uint32_t dull_cycles(uint32_t cycles)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        uint32_t idle = pio_idle_cycles(&blocks[i], inputs);
        if (idle < cycles)
            cycles = idle;
    }
    uint64_t quiet_cycles = emulated_bus_quiet_ps() / cycle_ps;
    return quiet_cycles < cycles ? (uint32_t)quiet_cycles : cycles;
}

/*
 * Advances by `cycles`.  Unless `to_the_end`, stops after the first cycle in which the interrupt
 * requests differ from those last returned by machine_lines(), or a controller is done.  Returns
 * the number of cycles.
 */
EXPORT(run) uint32_t machine_run(uint32_t cycles, bool to_the_end)
{
    uint32_t gone = 0;
    bool was_busy = emulated_bus_is_busy();
    while (gone < cycles) {
        uint32_t dull = dull_cycles(cycles - gone);
        if (dull) {
            for (unsigned i = 0; i < BLOCKS; i++)
                pio_skip(&blocks[i], dull);
            emulated_bus_pass(dull * cycle_ps);
            gone += dull;
            continue;
        }
        cycle();
        gone++;
        if (!to_the_end && (lines_now() != lines_seen || emulated_bus_is_busy() != was_busy))
            break;
    }
    return gone;
}

/* For how many cycles, of `most`, nothing changes whatever the core does by itself. */
EXPORT(quiet) uint32_t machine_quiet(uint32_t most)
{
    return dull_cycles(most);
}

EXPORT(lines) uint32_t machine_lines(void)
{
    lines_seen = lines_now();
    return lines_seen;
}

/* ---- registers ------------------------------------------------------------------------------- */

EXPORT(pioRead) uint32_t machine_pio_read(uint32_t block, uint32_t offset)
{
    return pio_read32_alias(&blocks[block], offset);
}

EXPORT(pioWrite) void machine_pio_write(uint32_t block, uint32_t offset, uint32_t value)
{
    pio_write32_alias(&blocks[block], offset, value);
}

EXPORT(pioReset) void machine_pio_reset(uint32_t block)
{
    pio_reset(&blocks[block]);
    pads_changed();
}

EXPORT(pioMisuse) uint32_t machine_pio_misuse(uint32_t block)
{
    return blocks[block].misuse;
}

EXPORT(pioOut) uint32_t machine_pio_out(uint32_t block)
{
    return blocks[block].pads_out;
}

EXPORT(pioOe) uint32_t machine_pio_oe(uint32_t block)
{
    return blocks[block].pads_oe;
}

EXPORT(setPad) void machine_set_pad(uint32_t gpio, uint32_t new_ctrl, uint32_t new_pad)
{
    ctrl[gpio] = new_ctrl;
    pads[gpio] = new_pad;
    pads_changed();
}

EXPORT(setSio) void machine_set_sio(uint32_t out, uint32_t oe)
{
    sio_out = out;
    sio_oe = oe;
    pads_changed();
}

EXPORT(setCycle) void machine_set_cycle(uint32_t ps)
{
    cycle_ps = ps;
}

/* The GPIOs that are driven now. */
EXPORT(driving) uint32_t machine_driving(void)
{
    return driving;
}

EXPORT(everDriving) uint32_t machine_ever_driving(void)
{
    return ever_driving;
}

EXPORT(everHigh) uint32_t machine_ever_high(void)
{
    return ever_high;
}

/*
 * The longest time from a fall of SCL to the moment when the pad let go of it, since the last call.  A
 * controller whose low phase lasts as long sees no stretching.
 */
EXPORT(longestPullNs) double machine_longest_pull_ns(void)
{
    double ns = (double)longest_pull_ns;
    longest_pull_ns = 0;
    return ns;
}

/* ---- the beginning --------------------------------------------------------------------------- */

/* Power on.  The controllers are idle, and the pads are as after reset. */
EXPORT(reset) void machine_reset(uint32_t scl, uint32_t sda, uint32_t scl_hz, bool may_stretch)
{
    scl_bit = 1u << scl;
    sda_bit = 1u << sda;
    cycle_ps = 8000;
    sio_out = sio_oe = ever_driving = ever_high = levels = lines_seen = 0;
    fell_ns = longest_pull_ns = 0;
    for (unsigned i = 0; i < PIO_GPIOS; i++) {
        ctrl[i] = FUNCTION_NULL;
        pads[i] = PAD_RESET;
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        pio_reset(&blocks[i]);
    chip = (struct wires_participant){.step = chip_step, .wake_ns = WIRES_NEVER};
    emulated_bus_reset(scl_hz, &chip, may_stretch);
    pads_changed();
}
