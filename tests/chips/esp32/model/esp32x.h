/* SPDX-License-Identifier: MIT */
/*
 * As much of an ESP32, ESP32-S2, ESP32-S3 or ESP32-C3 as a target on two GPIO pins needs, on
 * simulated wires.  Which of the four it is, is chosen when it is made.
 *
 *     port ── mmio.h ─────► decoder ──► GPIO  IO_MUX  RTC_IO  SYSTIMER  TIMG0,1  RTC_CNTL
 *      ▲ │                     │        DPORT or SYSTEM  APB_CTRL  interrupt matrix
 *      │ └─ cpu_gpio.h ─► CPU GPIO ──► GPIO matrix ──► pads
 *      │       cycles.h        │                        │
 *      └── interrupt handlers ◄┘     wires (src/line) ◄─┘ taps: two pads each
 *
 * The port's C code runs natively, on the processor of support/processor.h; cpu_gpio.h and cycles.h
 * of support/cpu reach this model.  Or whoever has a processor of its own (an emulator) uses the
 * functions of processor.chip (load, store, catch_up, refresh) and those below "for processors".
 *
 * Nothing is stepped.  Each block says when something happens in it by itself, and the chip wakes
 * at the earliest of these times; so it costs nothing when nothing happens.
 *
 * What is modelled, from which source, and what is left open, is in README.md beside this file.
 */
#ifndef CHIPS_ESP32_MODEL_ESP32X_H
#define CHIPS_ESP32_MODEL_ESP32X_H

#include "support/processor.h"

enum esp32x_kind { ESP32X_ESP32, ESP32X_ESP32S2, ESP32X_ESP32S3, ESP32X_ESP32C3, ESP32X_KINDS };

enum {
    ESP32X_PINS = 54,    /* at most; a pin has its GPIO number */
    ESP32X_CORES = 2,    /* at most */
    ESP32X_CHANNELS = 8, /* of the CPU GPIO, for each core */
    ESP32X_SOURCES = 128,
    ESP32X_ALARMS = 3,   /* of SYSTIMER */
    ESP32X_ARRIVALS = 8, /* edges on their way through the synchroniser */
    ESP32X_TIMGS = 2,
    ESP32X_TAPS_MAX = 4,
    ESP32X_ANALOG_REGISTERS = 16, /* of a block */
    ESP32X_BLOCKS = 14,
    ESP32X_WORDS = 1024 /* registers of a block, at most */
};

/* What the port did wrong. */
enum esp32x_fault {
    ESP32X_UNMAPPED = 1,   /* an access to no register */
    ESP32X_UNMODELLED,     /* a register, or a use of it, that this model does not know */
    ESP32X_WIDTH,          /* an access that is no aligned word */
    ESP32X_DIRECTION,      /* a write to a read-only register, or a read of a write-only one */
    ESP32X_UNCLOCKED,      /* a block whose clock is off, or that is held in reset */
    ESP32X_PROTECTED,      /* a write without the key */
    ESP32X_BUSY,           /* a counter's value was read before it was valid */
    ESP32X_RESERVED,       /* a value that is reserved */
    ESP32X_FREQUENCY,      /* the CPU's clock is beyond the chip's limits, or stands still */
    ESP32X_DRIVEN_HIGH,    /* a pad was driven high: address is the pin */
    ESP32X_FORBIDDEN_PIN,  /* an output on a pin of flash, USB or strapping: address is the pin */
    ESP32X_INPUT_ONLY,     /* an output on a pin that has none: address is the pin */
    ESP32X_INPUT_DISABLED, /* the level of a pad with FUN_IE = 0 was read: address is the pin */
    ESP32X_PULLED_DOWN,    /* a pull-down on a pad that is on a wire: address is the pin */
    ESP32X_WATCHDOG,       /* one resets the chip: address is enum esp32x_watchdog */
    ESP32X_CORE1_START,    /* core 1 was to start in an order in which it does not */
    ESP32X_COLLISION,      /* accesses of both cores at once of which one may fail (errata) */
    ESP32X_NO_HANDLER      /* an enabled interrupt has none: address is its number */
};

enum esp32x_watchdog {
    ESP32X_TIMG0_WATCHDOG,
    ESP32X_TIMG1_WATCHDOG,
    ESP32X_RTC_WATCHDOG,
    ESP32X_SUPER_WATCHDOG,
    ESP32X_WATCHDOGS
};

struct esp32x_error {
    enum esp32x_fault fault;
    uint64_t at_ns;
    uint32_t address; /* of the register, if nothing else is said above */
};
#define ESP32X_ERRORS_MAX 16

/* ---- what documents leave open --------------------------------------------------------------- */

/* ESP32, erratum GPIO-3.14: edge interrupts of several pins of a group are lost.  Which? */
enum esp32x_edge_loss {
    ESP32X_LOST_TOGETHER, /* the second of two edges within edge_window_ns */
    ESP32X_LOST_PENDING,  /* that, and every edge while another pin of the group is pending */
    ESP32X_LOST_NEVER
};

/* All 0: the documents' plain sense. */
struct esp32x_readings {
    enum esp32x_edge_loss edge_loss;
    bool status_needs_enable;  /* GPIO.STATUS is set only for pins with an INT_ENA */
    bool level_status_follows; /* STATUS of a level interrupt goes with the level, by itself */
    /*
     * A CPU GPIO's output with OEN_SEL = 0.  S2, S3: GPIO.ENABLE enables it, and not the signal,
     * always.  C3: it is always enabled, and not by CSR 0x803.
     */
    bool other_channel_enable;
    bool past_alarm_is_lost; /* an alarm that is set to a time that is past does not come */
    bool clear_is_a_pulse;   /* C3: writing 1 to CPU_INT_CLEAR clears; it does not hold */
};

/* ---- the chip -------------------------------------------------------------------------------- */

struct esp32x;
struct esp32x_facts; /* what the four chips differ in: esp32x_parts.h */

/* Two pads on the wires. */
struct esp32x_tap {
    struct wires_participant participant; /* the participant that a checker watches */
    unsigned scl, sda;                    /* pin numbers */
};

/* A bit for each pin. */
struct esp32x_gpio {
    uint64_t out, enable, status;
    uint64_t on_wires;                     /* pins of taps */
    uint64_t routed;                       /* pins with another FUNCn_OUT_SEL_CFG than GPIO's */
    uint64_t open_drain;                   /* PAD_DRIVER */
    uint64_t rising, falling, high, low;   /* what makes an interrupt */
    uint64_t enabled[ESP32X_CORES];        /* which reaches the core */
    uint64_t outputs, pulled, driven_high; /* output enabled; and low; and high */
    uint64_t has_input;                    /* FUN_IE */
    uint64_t idle;                         /* levels of pads that are on no wire */
    uint64_t levels;                       /* at the pads */
    uint64_t seen;                         /* as they have arrived */
    struct {
        uint64_t ns, levels;
    } arriving[ESP32X_ARRIVALS];
    unsigned arriving_count;
    uint64_t edge_ns[2]; /* the last edge that was kept, in each bank; erratum 3.14 */
};

/* A counter that runs at hz, and was base_count at base_ns. */
struct esp32x_counter {
    uint64_t base_ns, base_count;
    uint64_t hz; /* 0: it stands still */
};

struct esp32x_systimer {
    struct esp32x_counter unit[2];
    uint64_t latched[2];  /* as VALUE shows it */
    uint64_t valid_ns[2]; /* it does from then on */
    struct {
        bool is_armed;
        uint64_t target;   /* in effect */
        uint64_t match_ns; /* WIRES_NEVER: no match ahead */
    } alarm[ESP32X_ALARMS];
};

struct esp32x_timg {
    struct esp32x_counter counter; /* of T0 */
    uint64_t latched;
    uint64_t match_ns;
};

struct esp32x_watch {
    uint64_t fed_ns;
    uint64_t expires_ns; /* WIRES_NEVER: it does not run */
    uint32_t config[6];  /* in effect: WDTCONFIG0.. */
};

struct esp32x_core1 {
    bool has_started;            /* since its last reset */
    bool is_resetting, is_ready; /* as it was; ready: clocked, and not stalled */
    unsigned starts;
};

/* An access of one of two cores. */
struct esp32x_access {
    uint64_t end_cycle;
    uint32_t address;
    bool is_write, is_guarded; /* guarded: one before it keeps erratum CPU-3.10 away */
};

struct esp32x_bus {
    struct esp32x_access last[ESP32X_CORES];
};

struct esp32x {
    struct processor processor; /* first member; set its cycle_ns before the first tap */

    /* Settings; the values of esp32x_init() are in brackets. */
    struct esp32x_readings readings; /* [all 0] */
    uint32_t cpu_gpio_cycles;        /* [1] the cost of an instruction of the CPU GPIO */
    uint32_t input_delay_ns;         /* [25] from a pad to IN, STATUS and signals */
    uint32_t edge_window_ns;         /* [25] see enum esp32x_edge_loss */
    uint32_t systimer_delay_ns;      /* [125] from UNITn_UPDATE to VALUE_VALID */
    uint32_t rtc_slow_hz;            /* [150000, on the others 136000] */
    uint32_t super_watchdog_ms;      /* [1000] */

    /* Findings. */
    struct esp32x_error errors[ESP32X_ERRORS_MAX];
    unsigned error_count; /* may be more than are kept */
    uint64_t ever_driven; /* pins that were ever pulled or driven */

    /* The machine. */
    enum esp32x_kind kind;
    const struct esp32x_facts *facts;
    struct wires *wires;
    struct wires_participant participant; /* its clock: never pulls */
    struct esp32x_tap *taps[ESP32X_TAPS_MAX];
    unsigned tap_count;
    uint32_t words[ESP32X_BLOCKS][ESP32X_WORDS]; /* what registers keep */
    struct esp32x_gpio gpio;
    bool is_stale;       /* registers that blocks follow were written */
    bool has_run;        /* blocks did something, and interrupts may follow */
    uint64_t due_ns;     /* the next time at which a block does something */
    bool are_pads_stale; /* registers that pads follow were written */
    struct {
        uint8_t out, enable; /* of the channels */
    } cpu_gpio[ESP32X_CORES];
    struct esp32x_systimer systimer;
    struct esp32x_timg timg[ESP32X_TIMGS];
    struct esp32x_watch watch[ESP32X_WATCHDOGS];
    struct {
        uint8_t pll[ESP32X_ANALOG_REGISTERS], regulator[ESP32X_ANALOG_REGISTERS];
        uint64_t done_ns, calibrated_ns; /* an access, and the calibration of the PLL, are over */
    } analog;
    uint32_t sources[ESP32X_SOURCES / 32]; /* what peripherals request; GPIO's apart: one a core */
    bool gpio_source[ESP32X_CORES];
    uint32_t lines[ESP32X_CORES];     /* of the matrix, a bit for each CPU interrupt */
    uint32_t latched_lines;           /* C3: of CPU interrupts of edge type */
    uint32_t admitted;                /* of the native processor, when they were last looked at */
    uint32_t intenable[ESP32X_CORES]; /* Xtensa: esp32x_enable_cpu_interrupts() */
    struct esp32x_counter cycles;     /* of cpu_cycles() */
    struct esp32x_core1 core1;
    struct esp32x_bus bus;
};

/*
 * A chip that the ROM has just left: its watchdogs run, the CPU's clock is the crystal's.  Joins the
 * wires, pads floating.  The chip's memory is the caller's.
 */
void esp32x_init(struct esp32x *chip, enum esp32x_kind kind, struct wires *wires);
/* As start-up code leaves it: watchdogs off, CPU at 240 MHz (C3: 160 MHz). */
void esp32x_boot(struct esp32x *chip);
/* Puts two pads on the wires.  The tap's memory is the caller's.  Before the first access. */
void esp32x_connect(struct esp32x *chip, struct esp32x_tap *tap, unsigned scl_pin,
                    unsigned sda_pin);
/* Off the wires, with its taps. */
void esp32x_leave(struct esp32x *chip);

/* ---- for processors -------------------------------------------------------------------------- */

/* The CPU interrupts that are asserted: those of the core's matrix, a bit for each number. */
uint32_t esp32x_irq_lines(const struct esp32x *chip, unsigned core);
/*
 * Native rigs: the CPU interrupts that the core has enabled (INTENABLE).  [none]  A handler is set
 * by processor_on_irq() for the number of a CPU interrupt.  On the C3 CPU_INT_ENABLE does it.
 */
void esp32x_enable_cpu_interrupts(struct esp32x *chip, unsigned core, uint32_t mask);
/* C3: the CPU interrupt that is taken when mstatus.MIE is set; 0: none. */
unsigned esp32x_cpu_interrupt(const struct esp32x *chip);

/*
 * The instructions and CSRs of the CPU GPIO.  They act at now_ns; call catch_up() before, refresh()
 * after them, as with a register.  S2, S3: get_gpio_in, wr_mask_gpio_out, ur.gpio_out; C3: CSRs
 * 0x804, 0x805, 0x803.  On the ESP32 they are ESP32X_UNMAPPED.
 */
uint8_t esp32x_cpu_gpio_in(struct esp32x *chip, unsigned core);
uint8_t esp32x_cpu_gpio_out(struct esp32x *chip, unsigned core);
void esp32x_cpu_gpio_write(struct esp32x *chip, unsigned core, uint8_t mask, uint8_t value);
void esp32x_cpu_gpio_enable(struct esp32x *chip, unsigned core, uint8_t enable);

/* As the clocks are set; not 1 / cycle_ns. */
uint32_t esp32x_cpu_hz(const struct esp32x *chip);
/*
 * Core 1 was started in the right order, and is not stalled.  Its ROM waits for an address that is
 * not 0, and goes there.  core1.starts counts its resets.
 */
bool esp32x_core1_runs(const struct esp32x *chip);
uint32_t esp32x_core1_entry(const struct esp32x *chip);
/*
 * Two cores that run: this one begins an access in this cycle, in the order of time.  How many
 * cycles later is it over?
 */
uint32_t esp32x_begin_access(struct esp32x *chip, unsigned core, uint64_t cycle, uint32_t address,
                             bool is_write);

/* ---- for tests ------------------------------------------------------------------------------- */

bool esp32x_pad_level(const struct esp32x *chip, unsigned pin);
const char *esp32x_kind_name(enum esp32x_kind kind); /* "esp32", … */
const char *esp32x_fault_name(enum esp32x_fault fault);

#endif
