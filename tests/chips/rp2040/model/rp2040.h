/* SPDX-License-Identifier: MIT */
/*
 * As much of an RP2040 as a port of i2ctarget needs, on simulated wires.
 *
 *     port ── mmio.h, cpu.h ──► address decoder ──► RESETS  IO_BANK0  PADS_BANK0  TIMER  WATCHDOG.TICK
 *      ▲                              │             SIO (GPIO)  PPB (NVIC)  PIO0  PIO1
 *      └── interrupt handlers ◄── NVIC ◄────────────────┘                        │
 *                                                        pads ◄──────────────────┘
 *                                    wires (src/line) ◄── taps: two pads each
 *
 * The port's C code runs natively, on the processor of support/processor.h.
 *
 * Time is that of the wires, in nanoseconds; clk_sys has an edge every cycle_ns from the moment of
 * rp2040_init() on.  What a register or a wire had at such an edge is what the PIO sees there.
 * Between two events the PIO blocks are run ahead and, if something comes in between, taken back
 * and run again; so it costs little when nothing happens, and nobody needs to announce anything.
 *
 * What is modelled, and from which source, is in README.md beside this file.
 */
#ifndef CHIPS_RP2040_MODEL_RP2040_H
#define CHIPS_RP2040_MODEL_RP2040_H

#include "chips/rp2040/model/pio.h"
#include "support/processor.h"

enum { RP2040_PIOS = 2, RP2040_IRQS = 26, RP2040_ALARMS = 4, RP2040_TAPS_MAX = 4 };

/* Interrupt numbers (datasheet §2.3.2). */
enum rp2040_irq {
    RP2040_IRQ_TIMER_0 = 0, /* .. 3 */
    RP2040_IRQ_PIO0_0 = 7,
    RP2040_IRQ_PIO0_1 = 8,
    RP2040_IRQ_PIO1_0 = 9,
    RP2040_IRQ_PIO1_1 = 10,
    RP2040_IRQ_IO_BANK0 = 13
};

/* What the port did wrong. */
enum rp2040_fault {
    RP2040_IN_RESET = 1, /* an access to a block that is in reset, or not yet out of it */
    RP2040_UNMAPPED,     /* no register there */
    RP2040_UNMODELLED,   /* a register that this model does not know */
    RP2040_MISALIGNED,
    RP2040_NARROW,    /* a write of a byte or half a word, or such a read of the NVIC */
    RP2040_ALIAS,     /* an atomic alias where there is none, or of a register with side effects */
    RP2040_DIRECTION, /* a write to a read-only register, or a read of a write-only one */
    RP2040_DRIVEN_HIGH, /* a pad was driven high: address is the GPIO */
    RP2040_NO_HANDLER,  /* an enabled interrupt has none: address is its number */
    RP2040_PIO_MISUSE   /* address: enum pio_misuse of the block */
};

struct rp2040_error {
    enum rp2040_fault fault;
    uint64_t at_ns;
    uint32_t address;
};
#define RP2040_ERRORS_MAX 16

struct rp2040;

/* Two pads on the wires. */
struct rp2040_tap {
    struct wires_participant participant; /* the participant that a checker watches */
    unsigned scl, sda;                    /* GPIO numbers */
};

/* One PIO block and the state from which it was run ahead. */
struct rp2040_pio {
    struct pio_model now, before;
    uint64_t now_cycle, before_cycle; /* how many clock edges each has seen */
    bool is_ahead;                    /* `before` is valid */
    uint8_t lines;                    /* its interrupt requests at now_cycle */
};

/* The settings of all pads and their functions, one bit for each GPIO. */
struct rp2040_masks {
    uint32_t of_pio[RP2040_PIOS], of_sio; /* FUNCSEL */
    uint32_t oe_inverted, oe_never, oe_always;
    uint32_t out_inverted, out_low, out_high;
    uint32_t in_inverted, in_low, in_high;
    uint32_t input_enabled, output_disabled, pulled_up;
};

struct rp2040 {
    struct processor processor; /* first member; 125 MHz, set its cycle_ns before the first tap */
    uint32_t reset_cycles;      /* from RESETS.RESET to RESETS.RESET_DONE: 4 */

    /* Findings. */
    struct rp2040_error errors[RP2040_ERRORS_MAX];
    unsigned error_count; /* may be more than are kept */
    uint32_t ever_driven; /* GPIOs whose output was ever enabled */
    uint64_t cycles_stepped, cycles_skipped;

    /* The machine. */
    struct wires *wires;
    struct wires_participant participant; /* its clock: never pulls */
    struct rp2040_tap *taps[RP2040_TAPS_MAX];
    unsigned tap_count;
    struct rp2040_pio pio[RP2040_PIOS];

    uint32_t resets, releasing;
    uint64_t released_ns;
    uint32_t gpio_ctrl[PIO_GPIOS], pads[PIO_GPIOS], voltage_select;
    struct rp2040_masks masks;
    uint32_t gpio_intr[4], gpio_inte[4], gpio_intf[4]; /* intr: latched edges only */
    uint32_t sio_out, sio_oe;
    uint32_t levels;    /* at the pads, as last seen */
    uint32_t peri_in;   /* what the peripherals see of them */
    uint32_t driving;   /* output enabled, and */
    uint32_t driven_as; /* the level it is driven to */
    uint32_t tick;
    uint64_t timer_base_ns, timer_base_us;
    uint32_t timer_high_latch; /* by a read of TIMELR */
    uint32_t alarms[RP2040_ALARMS], armed, timer_intr, timer_inte, timer_intf, dbgpause;
    uint64_t alarm_ns[RP2040_ALARMS];
};

/* Power-on reset; joins the wires, pads floating.  The chip's memory is the caller's. */
void rp2040_init(struct rp2040 *chip, struct wires *wires);
/*
 * As start-up code leaves it: the tick of TIMER runs.  All blocks are still in reset.
 */
void rp2040_boot(struct rp2040 *chip);
/* Puts two pads on the wires.  The tap's memory is the caller's.  Before the first access. */
void rp2040_connect(struct rp2040 *chip, struct rp2040_tap *tap, unsigned scl, unsigned sda);
/* Off the wires, with its taps. */
void rp2040_leave(struct rp2040 *chip);

/* For tests: PIO block `block` as it is now. */
const struct pio_model *rp2040_pio_now(struct rp2040 *chip, unsigned block);
bool rp2040_pad_level(const struct rp2040 *chip, unsigned gpio);
const char *rp2040_fault_name(enum rp2040_fault fault);

#endif
