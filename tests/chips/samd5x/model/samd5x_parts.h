/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the SAM D5x/E5x model need of each other.  samd5x.c is time, wires and pads;
 * samd5x_decoder.c finds the register of an address; each other file is a block of the chip.
 */
#ifndef CHIPS_SAMD5X_MODEL_SAMD5X_PARTS_H
#define CHIPS_SAMD5X_MODEL_SAMD5X_PARTS_H

#include "chips/samd5x/model/samd5x.h"

#define SAMD5X_BIT(n) (UINT32_C(1) << (n))

static inline uint64_t samd5x_sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t samd5x_later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The register after a write of some of its bytes. */
static inline uint32_t samd5x_merge(uint32_t before, uint32_t value, uint32_t lanes)
{
    return (before & ~lanes) | (value & lanes);
}

/* ---- samd5x.c -------------------------------------------------------------------------------- */

void samd5x_fault(struct samd5x *chip, enum samd5x_fault fault, uint32_t address);
/* Multiplexers or pads changed: finds the pads of the SERCOMs anew. */
void samd5x_route(struct samd5x *chip);

/* ---- samd5x_decoder.c: registers ------------------------------------------------------------- */

enum {
    SAMD5X_R = 1, /* may be read */
    SAMD5X_W = 2, /* may be written */
    SAMD5X_RW = 3,
    SAMD5X_EXISTS = 0 /* but is not modelled */
};

/* One register, or `count` of them that follow each other. */
struct samd5x_register {
    uint16_t offset;
    uint8_t bytes, access, count;
};

/*
 * Load gives the whole register.  Store gets the value in its place; `lanes` has ones where the
 * access writes.  Both get the offset of the register's first byte.
 */
struct samd5x_block {
    const struct samd5x_register *registers;
    unsigned register_count;
    uint32_t (*load)(struct samd5x *chip, unsigned instance, uint32_t offset);
    void (*store)(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                  uint32_t lanes);
};

extern const struct samd5x_block samd5x_gclk, samd5x_mclk;          /* samd5x_clocks.c */
extern const struct samd5x_block samd5x_oscctrl, samd5x_osc32kctrl; /* samd5x_oscillators.c */
extern const struct samd5x_block samd5x_port;                       /* samd5x_port.c */
extern const struct samd5x_block samd5x_eic;                        /* samd5x_eic.c */
extern const struct samd5x_block samd5x_tc;                         /* samd5x_tc.c */
extern const struct samd5x_block samd5x_sercom;                     /* samd5x_sercom.c */
extern const struct samd5x_block samd5x_plain_blocks[];             /* samd5x_plain.c */
enum { SAMD5X_PM, SAMD5X_RSTC, SAMD5X_SUPC, SAMD5X_NVMCTRL, SAMD5X_CMCC, SAMD5X_PLAIN_BLOCKS };

/* The access itself, in no time. */
uint32_t samd5x_load(struct samd5x *chip, uint32_t address, unsigned bytes);
void samd5x_store(struct samd5x *chip, uint32_t address, uint32_t value, unsigned bytes);

/* The address of a register, for findings. */
uint32_t samd5x_address(const struct samd5x_block *block, unsigned instance, uint32_t offset);

/* ---- samd5x_clocks.c, samd5x_oscillators.c --------------------------------------------------- */

enum samd5x_bus { SAMD5X_APBA, SAMD5X_APBB, SAMD5X_APBC, SAMD5X_APBD, SAMD5X_ALWAYS };

/* Channels of GCLK that the model uses (asf4 instance headers). */
enum { SAMD5X_CHANNEL_DPLL0 = 1, SAMD5X_CHANNEL_SLOW = 3, SAMD5X_CHANNEL_EIC = 4 };

void samd5x_reset_clocks(struct samd5x *chip);
void samd5x_reset_oscillators(struct samd5x *chip);
void samd5x_boot_oscillators(struct samd5x *chip);
/* The oscillator of GENCTRL.SRC; 0: it stands still. */
uint32_t samd5x_source_hz(const struct samd5x *chip, unsigned source);
uint64_t samd5x_next_oscillator_ns(const struct samd5x *chip);
/* Oscillators or generators changed, or clocks.change_ns has come. */
void samd5x_update_generators(struct samd5x *chip);
/* What a channel feeds; 0: it stands still. */
uint32_t samd5x_channel_hz(const struct samd5x *chip, unsigned channel);
uint32_t samd5x_apb_hz(const struct samd5x *chip);
bool samd5x_is_clocked(const struct samd5x *chip, enum samd5x_bus bus, unsigned bit);
/* When a write that is synchronised to a clock of this frequency is through; 0 Hz: never. */
uint64_t samd5x_synchronised_ns(const struct samd5x *chip, uint32_t hz);
/* The time of so many cycles, rounded up. */
uint64_t samd5x_cycles_ns(uint64_t cycles, uint32_t hz);
/* How many cycles fit in a time. */
uint64_t samd5x_cycles_in(uint64_t ns, uint32_t hz);

void samd5x_reset_plain(struct samd5x *chip);

/* ---- samd5x_port.c, samd5x_pins.c ------------------------------------------------------------ */

void samd5x_reset_port(struct samd5x *chip);
/* The function that a pin is multiplexed to: 0 is A; -1: none, PORT drives it. */
int samd5x_function(const struct samd5x *chip, unsigned pin);
/* Finds what PORT drives; pins of SERCOMs are added by samd5x.c. */
void samd5x_drive_port(struct samd5x *chip);
/* The pads have these levels now. */
void samd5x_port_levels(struct samd5x *chip, unsigned group, uint32_t levels);

/* The pad of a SERCOM on this pin in function C (2) or D (3): 8 * sercom + pad; -1: none. */
int samd5x_sercom_pad(unsigned pin, int function);
/* The number of the external interrupt on this pin; -1: none (PA08 has the NMI). */
int samd5x_extint(unsigned pin);
bool samd5x_is_i2c_pad(unsigned pin);

/* ---- samd5x_sercom.c, with samd5x_i2cs.h ----------------------------------------------------- */

void samd5x_reset_sercoms(struct samd5x *chip);
/* It is now_ns: synchronised writes take effect, and the bit engine sees the lines. */
void samd5x_run_sercom(struct samd5x *chip, unsigned index);
/* When something happens in it by itself; WIRES_NEVER: nothing does. */
uint64_t samd5x_sercom_ns(const struct samd5x *chip, unsigned index);
/* Its four interrupts, in bits 0 to 3. */
uint32_t samd5x_sercom_requests(const struct samd5x_sercom *self);

/* ---- samd5x_tc.c ----------------------------------------------------------------------------- */

void samd5x_reset_tcs(struct samd5x *chip);
void samd5x_run_tcs(struct samd5x *chip);
uint64_t samd5x_tcs_ns(const struct samd5x *chip);
uint32_t samd5x_tc_requests(const struct samd5x *chip); /* a bit each */
/* Generators or channels changed. */
void samd5x_tc_clocks_changed(struct samd5x *chip);

/* ---- samd5x_eic.c ---------------------------------------------------------------------------- */

void samd5x_reset_eic(struct samd5x *chip);
/* It is now_ns, and the pads have their levels. */
void samd5x_run_eic(struct samd5x *chip);
uint64_t samd5x_eic_ns(const struct samd5x *chip);
uint32_t samd5x_eic_requests(const struct samd5x *chip); /* a bit each */

/* ---- samd5x_ppb.c: the processor's own ------------------------------------------------------- */

/* The processor's clock changes now: what was counted is kept. */
void samd5x_ppb_clock_changes(struct samd5x *chip);

uint32_t samd5x_load_ppb(struct samd5x *chip, uint32_t address, unsigned bytes);
void samd5x_store_ppb(struct samd5x *chip, uint32_t address, uint32_t value, unsigned bytes);

#endif
