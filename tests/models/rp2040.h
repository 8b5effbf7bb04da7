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
 * The port's C code runs natively; only its accesses and waits take time.  While they do, the wires
 * go on, and with them everything that hangs on them.  An interrupt is delivered at the end of an
 * access, or while the processor waits, by calling the handler: interrupt latency and the cost of
 * an access are settings.
 *
 * Time is that of the wires, in nanoseconds; clk_sys has an edge every cycle_ns from the moment of
 * rp2040_init() on.  What a register or a wire had at such an edge is what the PIO sees there.
 * Between two events the PIO blocks are run ahead and, if something comes in between, taken back
 * and run again; so it costs little when nothing happens, and nobody needs to announce anything.
 *
 * What is modelled, and from which source, is in README.md beside this file.
 */
#ifndef MODELS_RP2040_H
#define MODELS_RP2040_H

#include "line/wires.h"
#include "models/pio.h"

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

/* What went wrong, by the port's fault. */
enum rp2040_fault {
    RP2040_IN_RESET = 1, /* an access to a block that RESETS keeps in reset, or is not done with */
    RP2040_UNMAPPED,     /* no register there */
    RP2040_UNMODELLED,   /* a register that this model does not know */
    RP2040_MISALIGNED,
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
    struct wires_participant participant; /* whom a checker watches */
    unsigned scl, sda;                    /* GPIO numbers */
};

/* One PIO block and the state from which it was run ahead. */
struct rp2040_pio {
    struct pio_model now, before;
    uint64_t now_cycle, before_cycle; /* how many clock edges each has seen */
    bool is_ahead;                    /* `before` is valid */
    uint8_t lines;                    /* its interrupt requests at now_cycle */
};

/* The settings of all pads and their functions, a bit for each GPIO. */
struct rp2040_masks {
    uint32_t of_pio[RP2040_PIOS], of_sio; /* FUNCSEL */
    uint32_t oe_inverted, oe_never, oe_always;
    uint32_t out_inverted, out_low, out_high;
    uint32_t in_inverted, in_low, in_high;
    uint32_t input_enabled, output_disabled, pulled_up;
};

struct rp2040_nvic {
    uint32_t enabled, pending, active;
    uint32_t lines; /* requests as last seen */
    uint8_t priorities[32];
    uint64_t pending_ns[32]; /* since when */
    uint64_t ready_ns;       /* since when nothing has kept interrupts back */
    unsigned running;        /* the priority at which the processor runs: 0..3, 4 is a thread */
    bool masked;             /* PRIMASK */
    uint32_t vtor, scr;
};

struct rp2040 {
    /* Settings; those of rp2040_init() in brackets. */
    uint32_t cycle_ns;       /* [8]: 125 MHz; before the first tap is connected */
    uint32_t access_cycles;  /* [2] what each register access takes */
    uint32_t latency_cycles; /* [16] from pending to the handler's first instruction */
    uint32_t exit_cycles;    /* [12] from the handler's return to the thread's next instruction */
    uint32_t reset_cycles;   /* [4] from RESETS.RESET to RESETS.RESET_DONE */
    /* Cycles that this access takes on top, NULL: none.  May look at everything, change nothing. */
    uint32_t (*extra_cycles)(struct rp2040 *chip, uint32_t address, bool is_write);
    /* Nothing will ever end the wait.  Must not return.  NULL: abort(). */
    void (*deadlock)(struct rp2040 *chip);
    void *owner; /* the test's */

    /* Findings. */
    struct rp2040_error errors[RP2040_ERRORS_MAX];
    unsigned error_count; /* may be more than are kept */
    uint32_t ever_driven; /* GPIOs whose output was ever enabled */
    uint64_t accesses, interrupts, cycles_stepped, cycles_skipped;
    uint32_t handler_accesses;   /* since the handler that runs was entered */
    uint64_t longest_handler_ns; /* from entry to return, nested ones included */

    /* The machine. */
    struct wires *wires;
    struct wires_participant participant; /* its clock: never pulls */
    struct rp2040_tap *taps[RP2040_TAPS_MAX];
    unsigned tap_count;
    uint64_t born_ns;
    struct rp2040_pio pio[RP2040_PIOS];
    struct rp2040_nvic nvic;
    bool event; /* the event register of WFE */
    struct {
        void (*handle)(void *owner);
        void *owner;
    } handlers[RP2040_IRQS];

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
    struct rp2040 *next;
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

/* The handler of an interrupt number, as the vector table would name it.  NULL: none. */
void rp2040_on_irq(struct rp2040 *chip, unsigned irq, void (*handle)(void *owner), void *owner);

/* mmio.h and cpu.h are this chip's from now on.  Returns the one before, or NULL. */
struct rp2040 *rp2040_select(struct rp2040 *chip);

/*
 * The processors wait: time passes up to until_ns, interrupts of every chip on these wires are
 * served.  rp2040_idle_step() returns after the first thing that happened; false: nothing did, and
 * now_ns is until_ns (left alone if that is WIRES_NEVER).
 */
void rp2040_idle(struct wires *wires, uint64_t until_ns);
bool rp2040_idle_step(struct wires *wires, uint64_t until_ns);

/* The register access of mmio.h on a chip of one's own choice. */
uint32_t rp2040_read32(struct rp2040 *chip, uint32_t address);
void rp2040_write32(struct rp2040 *chip, uint32_t address, uint32_t value);

/* For tests: PIO block `block` as it is at this very moment. */
const struct pio_model *rp2040_pio_now(struct rp2040 *chip, unsigned block);
bool rp2040_pad_level(const struct rp2040 *chip, unsigned gpio);
const char *rp2040_fault_name(enum rp2040_fault fault);

#endif
