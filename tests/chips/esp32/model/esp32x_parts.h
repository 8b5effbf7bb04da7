/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the model need of each other.  esp32x.c is time, wires and what the processor
 * asks; esp32x_decoder.c finds the register of an address; esp32x_facts.c is what the four chips
 * differ in, with esp32x_tables.c their registers; each other file is a block of the chips.
 */
#ifndef CHIPS_ESP32_MODEL_ESP32X_PARTS_H
#define CHIPS_ESP32_MODEL_ESP32X_PARTS_H

#include "chips/esp32/model/esp32x.h"

#define ESP32X_BIT(n) (UINT32_C(1) << (n))
#define ESP32X_PIN(n) (UINT64_C(1) << (n))

static inline uint64_t esp32x_sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- esp32x_facts.c, esp32x_tables.c: registers ---------------------------------------------- */

/* ESP32X_SYSTEM is DPORT on the ESP32. */
enum esp32x_block_id {
    ESP32X_GPIO,
    ESP32X_IO_MUX,
    ESP32X_RTC_IO,
    ESP32X_SYSTEM,
    ESP32X_APB_CTRL,
    ESP32X_INTERRUPT,
    ESP32X_SYSTIMER,
    ESP32X_TIMG0,
    ESP32X_TIMG1,
    ESP32X_RTC_CNTL,
    ESP32X_DEDICATED_GPIO,
    ESP32X_ANALOG
};

enum {
    ESP32X_R = 1, /* may be read */
    ESP32X_W = 2, /* may be written */
    ESP32X_RW = ESP32X_R | ESP32X_W
};

/* `count` of them, one behind the other. */
struct esp32x_register {
    uint16_t offset, count;
    uint8_t access;
    uint32_t reset;    /* the value, when the ROM has left the chip */
    uint32_t writable; /* bits that keep what is written */
};

/* A block without functions only keeps what is written. */
struct esp32x_functions {
    uint32_t (*load)(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset);
    /* Keeps the value itself, if at all: esp32x_word().  Bits that cannot be written are as before. */
    void (*store)(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value);
};

struct esp32x_block {
    enum esp32x_block_id id;
    uint32_t base;
    const struct esp32x_register *registers;
    unsigned register_count;
    const struct esp32x_functions *functions; /* NULL: none */
    int8_t gate; /* its bit of PERIP_CLK_EN and RST_EN; -1: always clocked; -2: CPU GPIO's gate */
};
enum { ESP32X_ALWAYS = -1, ESP32X_CPU_GATE = -2 };

/* A pad's place in IO_MUX and, of pads that are RTC pads, in RTC_IO. */
struct esp32x_rtc_pad {
    uint8_t pin;
    uint8_t offset;                  /* in RTC_IO; 0: no more */
    uint8_t mux, pull_up, pull_down; /* bits */
};

struct esp32x_facts {
    const char *name;
    unsigned cores, pins;
    bool is_xtensa;
    uint64_t existing, input_only, forbidden, strapping; /* pins */
    const struct esp32x_block *blocks;                   /* up to one without registers */

    const uint8_t *mux_offsets; /* of IO_MUX, by pin; NULL: 4 + 4 * pin */
    uint8_t gpio_function;      /* MCU_SEL */
    const struct esp32x_rtc_pad *rtc_pads;

    struct {
        uint16_t pin, in_sel, out_sel, cpu_int, app_int; /* offsets; app_int 0: none */
        uint8_t second_int;               /* from an INT register to that of GPIO32.. */
        uint8_t in_bits, out_bits;        /* widths of IN_SEL and OUT_SEL */
        uint16_t plain;                   /* the signal that is GPIO's own */
        uint8_t low, high;                /* constants of IN_SEL */
        uint8_t cpu_enable[ESP32X_CORES]; /* bit of INT_ENA */
        bool has_erratum;                 /* 3.14 */
    } gpio;
    uint16_t channels[ESP32X_CORES][ESP32X_CHANNELS]; /* signals; 0: none */
    bool channels_have_enable;                        /* C3: CSR 0x803 */

    struct {
        uint16_t clk_en, rst_en, cpu_clk_en, cpu_rst_en, cpu_per_conf, sysclk_conf, from_cpu;
    } system; /* offsets; 0xFFFF: none */
    struct {
        enum esp32x_block_id block;
        uint16_t map[ESP32X_CORES], status[ESP32X_CORES];
        uint8_t count; /* sources */
        uint8_t gpio, from_cpu, systimer, timg[ESP32X_TIMGS];
    } matrix;
    struct {
        uint16_t clk_conf, watchdog, super_watchdog, stall; /* super_watchdog 0: none */
        uint8_t flashboot;                                  /* bit of WDTCONFIG0 */
    } rtc;
    uint8_t analog_controller; /* the one that leads to the PLL */
    uint16_t timg_interrupts;  /* offset of INT_ENA_TIMERS */
    bool watchdog_has_update;  /* C3: WDT_CONF_UPDATE_EN */
    uint32_t max_hz, rc_fast_hz, rtc_slow_hz;
};

extern const struct esp32x_functions esp32x_gpio_block, esp32x_mux_block, esp32x_system_block,
    esp32x_matrix_block, esp32x_systimer_block, esp32x_systimer_s2_block, esp32x_timg_block,
    esp32x_rtc_block, esp32x_cpu_gpio_block, esp32x_analog_block;

extern const struct esp32x_facts esp32x_facts_of[ESP32X_KINDS];

/* The blocks of each chip, with a last one whose register_count is 0. */
extern const struct esp32x_block esp32x_blocks_of_esp32[], esp32x_blocks_of_esp32s2[],
    esp32x_blocks_of_esp32s3[], esp32x_blocks_of_esp32c3[];

/* ---- esp32x.c -------------------------------------------------------------------------------- */

void esp32x_fault(struct esp32x *chip, enum esp32x_fault fault, uint32_t address);

/* ---- esp32x_decoder.c ------------------------------------------------------------------------ */

uint32_t esp32x_load(struct esp32x *chip, uint32_t address, unsigned bytes);
void esp32x_store(struct esp32x *chip, uint32_t address, uint32_t value, unsigned bytes);
void esp32x_reset_registers(struct esp32x *chip);
void esp32x_reset_block(struct esp32x *chip, const struct esp32x_block *block);
/* What a register keeps. */
uint32_t *esp32x_word(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset);
static inline uint32_t esp32x_peek(const struct esp32x *chip, enum esp32x_block_id id,
                                   uint32_t offset)
{
    return chip->words[id][offset / sizeof(uint32_t)];
}
/* The address of a register, for errors. */
uint32_t esp32x_address(const struct esp32x *chip, enum esp32x_block_id id, uint32_t offset);

/* ---- esp32x_clocks.c: DPORT or SYSTEM, APB_CTRL ---------------------------------------------- */

uint32_t esp32x_apb_hz(const struct esp32x *chip);
bool esp32x_is_on_pll(const struct esp32x *chip);
bool esp32x_is_clocked(const struct esp32x *chip, int gate);
/* Keeps the value of a register that may be one of a clock. */
void esp32x_store_clock(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset,
                        uint32_t value);
/* A clock may have changed: every counter goes on from where it is. */
void esp32x_follow_clocks(struct esp32x *chip);

/* ---- esp32x_core1.c -------------------------------------------------------------------------- */

/* A register that core 1 follows may have been written: the one of this address. */
void esp32x_follow_core1(struct esp32x *chip, uint32_t address);

/* ---- esp32x_counter.c ------------------------------------------------------------------------ */

uint64_t esp32x_count_at(const struct esp32x_counter *counter, uint64_t ns);
/* The first time at which it is at least this; WIRES_NEVER: it stands still. */
uint64_t esp32x_time_of(const struct esp32x_counter *counter, uint64_t count);
void esp32x_set_count(struct esp32x_counter *counter, uint64_t ns, uint64_t count);
void esp32x_set_hz(struct esp32x_counter *counter, uint64_t ns, uint64_t hz);

/* ---- esp32x_gpio.c --------------------------------------------------------------------------- */

/* It is now_ns: levels arrive at IN and make interrupts. */
void esp32x_run_gpio(struct esp32x *chip);
/* When the next levels arrive; and do any make an interrupt? */
uint64_t esp32x_arrival_ns(const struct esp32x *chip);
bool esp32x_pins_interrupt(const struct esp32x *chip);
/* The pads have these levels now. */
void esp32x_pads_changed(struct esp32x *chip, uint64_t levels);
/* The levels as they have arrived, with FUN_IE = 0 as 0; reading one of `pins` needs its input. */
uint64_t esp32x_inputs(struct esp32x *chip, uint64_t pins);

/* ---- esp32x_pads.c: IO_MUX, RTC_IO, GPIO matrix ---------------------------------------------- */

/* Finds what is driven, reports what must not be, and pulls the taps' lines. */
void esp32x_drive_pads(struct esp32x *chip);
/* The levels at the pads. */
uint64_t esp32x_find_levels(const struct esp32x *chip);
/* Is the signal a channel of the CPU GPIO?  Of which core, and which one. */
bool esp32x_channel_of(const struct esp32x *chip, unsigned signal, unsigned *core,
                       unsigned *channel);

/* ---- esp32x_cpu_gpio.c ----------------------------------------------------------------------- */

/* What the channels of a core give out. */
uint8_t esp32x_channel_outputs(const struct esp32x *chip, unsigned core);

/* ---- esp32x_matrix.c: interrupts ------------------------------------------------------------- */

/* The registers that are not kept values: of status. */
uint32_t esp32x_load_matrix(struct esp32x *chip, uint32_t offset);
void esp32x_request(struct esp32x *chip, unsigned source, bool is_requested);
/* Sources may have changed: lines, latches and what the native processor may serve follow. */
void esp32x_route_interrupts(struct esp32x *chip);

/* ---- esp32x_systimer.c, esp32x_timg.c, esp32x_watchdogs.c ------------------------------------- */

void esp32x_reset_systimer(struct esp32x *chip);
void esp32x_run_systimer(struct esp32x *chip);
uint64_t esp32x_systimer_ns(const struct esp32x *chip);
void esp32x_follow_systimer(struct esp32x *chip); /* its clock may have changed */

void esp32x_reset_timg(struct esp32x *chip, unsigned group);
void esp32x_run_timg(struct esp32x *chip);
uint64_t esp32x_timg_ns(const struct esp32x *chip);
void esp32x_follow_timg(struct esp32x *chip);

void esp32x_reset_watchdog(struct esp32x *chip, enum esp32x_watchdog which);
void esp32x_run_watchdogs(struct esp32x *chip);
uint64_t esp32x_watchdogs_ns(const struct esp32x *chip);
void esp32x_follow_watchdogs(struct esp32x *chip);
/* A write to a register of this one. */
void esp32x_store_watchdog(struct esp32x *chip, enum esp32x_watchdog which, uint32_t offset,
                           uint32_t value);

#endif
