/* SPDX-License-Identifier: MIT */
/*
 * As much of a SAM D5x/E5x as a port of i2ctarget needs, on simulated wires.
 *
 *     port ── mmio.h, cpu.h ──► decoder ──► SERCOM0..7 (I2CS)  PORT  EIC  TC0..7
 *      ▲                           │        GCLK MCLK OSCCTRL OSC32KCTRL  PM NVMCTRL …  DWT SysTick
 *      └── interrupt handlers ◄── NVIC ◄────────┘                  │
 *                                                       pads ◄─────┘
 *                                 wires (src/line) ◄── taps: two pads each
 *
 * The port's C code runs natively, on the processor of support/processor.h; or whoever has a
 * processor of its own (an emulator) uses the functions of processor.chip.
 *
 * Nothing is stepped.  Each block says when something happens in it by itself, and the chip wakes
 * at the earliest of these times; so it costs nothing when nothing happens.
 *
 * What is modelled, from which source, and what is left open, is in README.md beside this file.
 */
#ifndef CHIPS_SAMD5X_MODEL_SAMD5X_H
#define CHIPS_SAMD5X_MODEL_SAMD5X_H

#include "support/processor.h"

enum {
    SAMD5X_GROUPS = 4, /* of 32 pins: PA, PB, PC, PD */
    SAMD5X_PINS = 32 * SAMD5X_GROUPS,
    SAMD5X_SERCOMS = 8,
    SAMD5X_TCS = 8,
    SAMD5X_EXTINTS = 16,
    SAMD5X_GENERATORS = 12,
    SAMD5X_CHANNELS = 48, /* of GCLK */
    SAMD5X_IRQS = 137,
    SAMD5X_TAPS_MAX = 4
};

/* The number of a pin: SAMD5X_PA(8) is PA08. */
#define SAMD5X_PA(n) (n)
#define SAMD5X_PB(n) (32 + (n))
#define SAMD5X_PC(n) (64 + (n))
#define SAMD5X_PD(n) (96 + (n))

/* Interrupt numbers (SVD). */
enum samd5x_irq {
    SAMD5X_IRQ_EXTINT0 = 12, /* .. 27 */
    SAMD5X_IRQ_SERCOM0 = 46, /* four each: PREC, AMATCH, DRDY, all others */
    SAMD5X_IRQ_TC0 = 107     /* .. 114 */
};

/* What the port did wrong. */
enum samd5x_fault {
    SAMD5X_UNMAPPED = 1, /* an access to no register */
    SAMD5X_UNMODELLED,   /* a register, or a use of it, that this model does not know */
    SAMD5X_MISALIGNED,
    SAMD5X_WIDTH,       /* an access that is wider than the register, or crosses its end */
    SAMD5X_DIRECTION,   /* a write to a read-only register, or a read of a write-only one */
    SAMD5X_UNCLOCKED,   /* a block whose clock does not run */
    SAMD5X_PROTECTED,   /* a write to an enable-protected field while the block is enabled */
    SAMD5X_BUSY,        /* an access while SYNCBUSY says that the one before is under way */
    SAMD5X_RESERVED,    /* a value or a use that the data sheet reserves or warns of */
    SAMD5X_FREQUENCY,   /* a clock outside the limits of what it feeds */
    SAMD5X_DRIVEN_HIGH, /* a pad was driven high: address is the pin */
    SAMD5X_NO_HANDLER   /* an enabled interrupt has none: address is its number */
};

struct samd5x_error {
    enum samd5x_fault fault;
    uint64_t at_ns;
    uint32_t address; /* of the register, if nothing else is said above */
};
#define SAMD5X_ERRORS_MAX 16

/* ---- what documents leave open --------------------------------------------------------------- */

/* A byte is to be sent.  What continues? */
enum samd5x_data_write {
    SAMD5X_DATA_CONTINUES,    /* a write of DATA; a CMD after it finds nothing to do */
    SAMD5X_DATA_NEEDS_CMD,    /* CMD 3 after it; DATA alone leaves SCL held */
    SAMD5X_DATA_AND_CMD_TWICE /* each of the two: the byte goes out twice if both are written */
};

/* When do BUSERR, COLL, LOWTOUT, SEXTTOUT and LENERR of STATUS go by themselves? */
enum samd5x_status_clearing {
    SAMD5X_CLEARED_WITH_AMATCH, /* when AMATCH goes, whoever clears it */
    SAMD5X_CLEARED_BY_CMD,      /* by CMD 3 at an address match only */
    SAMD5X_CLEARED_BY_HAND      /* never */
};

/* A START or STOP inside a byte (UM10204 forbids none of them). */
enum samd5x_violation {
    SAMD5X_VIOLATION_TOLD,   /* BUSERR and ERROR; a START begins a message all the same */
    SAMD5X_VIOLATION_SILENT, /* no flag */
    SAMD5X_VIOLATION_FATAL   /* BUSERR and ERROR; nothing is heard up to the next START */
};

/* The level that the EIC sees of a pin that is not multiplexed to it. */
enum samd5x_unmuxed { SAMD5X_UNMUXED_LOW, SAMD5X_UNMUXED_HIGH, SAMD5X_UNMUXED_KEPT };

/* All 0: the data sheet's plain sense. */
struct samd5x_readings {
    bool nacked_amatch_stays; /* AMATCH stays set after CMD 3 has sent a NACK */
    enum samd5x_data_write data_write;
    enum samd5x_status_clearing status_clearing;
    enum samd5x_violation violation;
    bool violation_hides_stop;      /* a STOP inside a byte of ours sets no PREC */
    bool violations_of_others;      /* those in messages that are not ours are told, too */
    bool stop_after_nacked_address; /* PREC comes though we did not acknowledge the address */
    bool no_stop_after_nacked_byte; /* PREC does not come after we did not acknowledge a byte */
    bool holds_after_nack;          /* SCL is held after the controller's NACK, up to a CMD */
    bool receives_after_nack;       /* CMD 3 with a NACK of a byte receives the next one */
    bool collision_is_error;        /* COLL sets ERROR, too */
    bool stop_after_collision;      /* PREC comes after a collision, too */
    bool command_leaves_stop;       /* a CMD clears PREC only if it answers AMATCH */
    bool sr_only_after_own;         /* SR is set only if the message before was ours, too */
    bool compare_of_now_matches;    /* TC: CC set to the present COUNT matches at once */
    bool overflow_is_late;          /* TC: OVF is set a tick after COUNT has wrapped */
    enum samd5x_unmuxed unmuxed;
    bool eic_begins_low; /* EIC: when it is switched on, a line that is high counts as a rise */
};

/* ---- the chip -------------------------------------------------------------------------------- */

struct samd5x;

/* Two pads on the wires. */
struct samd5x_tap {
    struct wires_participant participant; /* the participant that a checker watches */
    unsigned scl, sda;                    /* pin numbers */
};

/* One input of a bit engine behind its spike filter. */
struct samd5x_input {
    bool level;          /* behind the filter */
    bool raw;            /* before it */
    bool is_i2c_pad;     /* of those that are specified for I2C */
    uint64_t settles_ns; /* when level follows raw; WIRES_NEVER: they are equal */
};

/* What the bit engine of I2CS is doing. */
enum samd5x_phase {
    SAMD5X_WAITING,      /* for a START */
    SAMD5X_ADDRESS,      /* receives the address byte */
    SAMD5X_ADDRESS_HELD, /* AMATCH; SCL held */
    SAMD5X_ADDRESS_ACK,  /* sends its ACK bit */
    SAMD5X_RECEIVING,    /* a byte */
    SAMD5X_RECEIVED_HELD,
    SAMD5X_RECEIVED_ACK,
    SAMD5X_SEND_HELD, /* a byte to send is awaited */
    SAMD5X_SENDING,
    SAMD5X_SENT /* the controller's ACK bit */
};

struct samd5x_sercom {
    /* Registers. */
    uint32_t ctrla, ctrlb, ctrlc, addr, enabled_interrupts, intflag, status, data;
    uint64_t reset_done_ns, enable_done_ns; /* SYNCBUSY is clear from then on; 0: it is */
    bool is_running;                        /* as ENABLE, after synchronisation */
    int scl_pin, sda_pin;                   /* the pins that are its pads; -1: none */

    /* The bit engine (samd5x_i2cs.c). */
    struct samd5x_input scl, sda;
    enum samd5x_phase phase;
    unsigned bits;        /* clocked of the byte under way, in either direction */
    uint8_t shift;        /* the byte under way */
    bool acknowledges;    /* in the ACK bit under way: SDA is pulled */
    bool waits_after_ack; /* CMD 2 */
    bool has_command;     /* a second one: SAMD5X_DATA_AND_CMD_TWICE */
    unsigned bus_bits;    /* SCL clocks since the START */
    bool in_transfer;     /* a START was seen, and no STOP since */
    bool is_restart;      /* that START was a repeated one */
    bool is_ours;         /* the message under way was addressed to us, and acknowledged */
    bool nacked_address, nacked_byte; /* by us, in the message under way */
    bool collided;
    bool was_addressed; /* since the last STOP */
    bool set_ackact;    /* ACKACT was changed since the last request */

    /* Its outputs. */
    bool pulls_scl, pulls_sda, next_sda;
    uint64_t sda_ns;        /* pulls_sda becomes next_sda; WIRES_NEVER: no change ahead */
    uint64_t release_ns;    /* SCL is released; WIRES_NEVER: not under way */
    uint64_t scl_fell_ns;   /* behind the filter */
    uint64_t timeout_ns;    /* SCL will have been low for too long; WIRES_NEVER: it is high */
    uint64_t held_ns;       /* our stretching since the first START, in sum, but for */
    uint64_t held_since_ns; /* the one under way */
};

struct samd5x_tc {
    uint32_t ctrla, ctrlb, enabled_interrupts, intflag, dbgctrl;
    uint32_t cc[2], cc_written[2]; /* in effect, and as read */
    uint32_t count_written;
    uint32_t count_read; /* as READSYNC left it */
    unsigned command;    /* under way */
    bool is_running, is_stopped;
    uint32_t hz;      /* of its channel, while it runs; 0: it stands still */
    uint64_t base_ns; /* then the count was */
    uint32_t base_count;
    /* Synchronised writes take effect; WIRES_NEVER: none is under way, or no clock runs. */
    uint64_t enable_ns, ctrlb_ns, count_ns, cc_ns[2];
    uint64_t reset_done_ns;
    uint64_t match_ns[2], overflow_ns; /* the next ones */
};

struct samd5x_group {
    uint32_t dir, out, sampling;
    uint8_t pmux[16], pincfg[32];
    uint32_t existing;              /* pins of the largest package */
    uint32_t muxed, inputs, pulled; /* PMUXEN, INEN, PULLEN of all pins */
    uint32_t levels;                /* at the pads */
    uint32_t history[2];            /* the levels before them and these, in turn */
    uint64_t since_ns[2];
    unsigned newest;
    uint32_t driving;   /* output enabled, and */
    uint32_t driven_as; /* the level it is driven to */
    uint32_t on_wires;  /* pins of taps */
};

struct samd5x_eic {
    uint32_t ctrla, asynch, config[2], enabled_interrupts, intflag;
    uint32_t sensed;          /* a bit for each EXTINT that has a SENSE */
    int pins[SAMD5X_EXTINTS]; /* which pin is multiplexed to it; -1: none */
    bool is_running;
    uint64_t sync_done_ns;
    uint64_t since_ns;                /* an edge of its clock */
    uint32_t levels, sampled;         /* a bit for each EXTINT; at its last clock */
    uint64_t sample_ns;               /* the next clock that matters; WIRES_NEVER: none does */
    uint64_t flag_ns[SAMD5X_EXTINTS]; /* when the flag is set; WIRES_NEVER: not ahead */
};

struct samd5x_clocks {
    uint32_t genctrl[SAMD5X_GENERATORS], pchctrl[SAMD5X_CHANNELS];
    uint64_t genctrl_done_ns[SAMD5X_GENERATORS], channel_done_ns[SAMD5X_CHANNELS];
    uint32_t hz[SAMD5X_GENERATORS]; /* 0: stands still */
    uint64_t change_ns;             /* an oscillator gets ready: hz changes */
    uint32_t ahbmask, apbmask[4], cpudiv;
    uint32_t dfllctrla, dfllctrlb, dfllval, dfllmul;
    uint64_t dfll_ready_ns, dfll_sync_ns;
    struct {
        uint32_t ctrla, ctrlb, ratio, hz;
        uint64_t lock_ns, sync_ns;
    } dpll[2];
    uint32_t xosc32k, osculp32k;
    uint64_t xosc32k_ready_ns;
};

struct samd5x {
    struct processor processor; /* first member; set its cycle_ns before the first tap */

    /* Settings; the values of samd5x_init() are in brackets. */
    struct samd5x_readings readings; /* [all 0] */
    uint32_t i2c_filter_ns;          /* [50] spikes up to this on pads specified for I2C */
    uint32_t other_filter_ns;        /* [0] and on all others */
    uint32_t sda_hold_ns[4];         /* [0, 75, 450, 600] for CTRLA.SDAHOLD */
    uint32_t low_timeout_us;         /* [30000] CTRLA.LOWTOUTEN, at 32768 Hz */
    uint32_t extend_timeout_us;      /* [25000] CTRLA.SEXTTOEN, at 32768 Hz */
    uint32_t sync_cycles;            /* [4] of the block's clock, for each synchronised write */
    uint32_t eic_clocks, eic_cycles; /* [4, 5] from an edge to its flag: EIC's clock, the bus's */
    uint32_t dpll_lock_us;           /* [25] */
    bool has_crystal;                /* [true] of 32768 Hz */

    /* Findings. */
    struct samd5x_error errors[SAMD5X_ERRORS_MAX];
    unsigned error_count;                /* may be more than are kept */
    uint32_t ever_driven[SAMD5X_GROUPS]; /* pins whose output was ever enabled */

    /* The machine. */
    struct wires *wires;
    struct wires_participant participant; /* its clock: never pulls */
    struct samd5x_tap *taps[SAMD5X_TAPS_MAX];
    unsigned tap_count;
    struct samd5x_clocks clocks;
    struct samd5x_group groups[SAMD5X_GROUPS];
    struct samd5x_sercom sercoms[SAMD5X_SERCOMS];
    struct samd5x_tc tcs[SAMD5X_TCS];
    struct samd5x_eic eic;
    uint32_t tcs_in_use, sercoms_in_use; /* those that something may happen in */
    uint32_t plain[32];                  /* registers that only keep their value: samd5x_plain.c */
    uint32_t demcr, dwt_ctrl, cpacr;     /* of the processor: samd5x_ppb.c */
    uint64_t cycle_base_ns;              /* then CYCCNT was */
    uint32_t cycle_base;
    uint32_t systick_csr, systick_rvr;
    uint64_t systick_base_ns, systick_wraps; /* wraps that COUNTFLAG has told */
};

/* Power-on reset; joins the wires, pads floating.  The chip's memory is the caller's. */
void samd5x_init(struct samd5x *chip, struct wires *wires);
/*
 * As start-up code leaves it: GCLK0 120 MHz (DPLL0), GCLK1 48 MHz (DFLL), GCLK3 32768 Hz, GCLK5
 * 1 MHz for DPLL0.
 */
void samd5x_boot(struct samd5x *chip);
/* Puts two pads on the wires.  The tap's memory is the caller's.  Before the first access. */
void samd5x_connect(struct samd5x *chip, struct samd5x_tap *tap, unsigned scl_pin,
                    unsigned sda_pin);
/* Off the wires, with its taps. */
void samd5x_leave(struct samd5x *chip);

/* For tests. */
bool samd5x_pad_level(const struct samd5x *chip, unsigned pin);
uint32_t samd5x_cpu_hz(const struct samd5x *chip); /* as the clocks are set; not 1 / cycle_ns */
const char *samd5x_fault_name(enum samd5x_fault fault);

#endif
