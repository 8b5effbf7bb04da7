/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of the RP2040 model need of each other: rp2040.c is time and wires,
 * rp2040_registers.c the address decoder and the peripherals around the PIO.
 */
#ifndef CHIPS_RP2040_MODEL_RP2040_PARTS_H
#define CHIPS_RP2040_MODEL_RP2040_PARTS_H

#include "chips/rp2040/model/rp2040.h"

enum {
    RP2040_RESET_IO_BANK0 = 5,
    RP2040_RESET_PADS_BANK0 = 8,
    RP2040_RESET_PIO0 = 10,
    RP2040_RESET_TIMER = 21
};

void rp2040_fault(struct rp2040 *chip, enum rp2040_fault fault, uint32_t address);

/* ---- rp2040.c -------------------------------------------------------------------------------- */

/* Registers or pads changed: pads, wires, interrupt requests and the next wake follow. */
void rp2040_refresh(struct rp2040 *chip);

/* ---- rp2040_registers.c, and the blocks that have a file of their own ------------------------ */

/* The result of an access to a block. */
enum rp2040_access { RP2040_GOOD, RP2040_NO_REGISTER, RP2040_NOT_MODELLED, RP2040_WRONG_DIRECTION };

/* Load and store say whether such a register exists; `offset` contains no alias. */
struct rp2040_block {
    uint32_t base;
    int reset_bit; /* -1: never in reset */
    enum rp2040_access (*load)(struct rp2040 *chip, uint32_t offset, uint32_t *value);
    enum rp2040_access (*store)(struct rp2040 *chip, uint32_t offset, uint32_t value);
    bool (*is_plain)(uint32_t offset); /* reads back what was written; NULL: no aliases here */
};

extern const struct rp2040_block rp2040_io_bank0, rp2040_pads_bank0; /* rp2040_pads.c */
extern const struct rp2040_block rp2040_timer, rp2040_watchdog;      /* rp2040_timer.c */

void rp2040_power_on(struct rp2040 *chip);
/* The access itself, in no time. */
uint32_t rp2040_load(struct rp2040 *chip, uint32_t address, unsigned bytes);
void rp2040_store(struct rp2040 *chip, uint32_t address, uint32_t value, unsigned bytes);

bool rp2040_is_in_reset(const struct rp2040 *chip, unsigned bit);
/* Interrupt requests of all peripherals, a bit for each number. */
uint32_t rp2040_lines(const struct rp2040 *chip);

/* ---- rp2040_pads.c --------------------------------------------------------------------------- */

#define RP2040_GPIO_MASK ((UINT32_C(1) << PIO_GPIOS) - 1)

void rp2040_reset_io_bank0(struct rp2040 *chip);
void rp2040_reset_pads_bank0(struct rp2040 *chip);
/* Finds from functions, overrides and pads what is driven, and how. */
void rp2040_update_drivers(struct rp2040 *chip);
/* The levels at the pads are these now: inputs of the peripherals, latched edges. */
void rp2040_update_levels(struct rp2040 *chip, uint32_t levels);
bool rp2040_gpio_requests(const struct rp2040 *chip);

/* ---- rp2040_timer.c -------------------------------------------------------------------------- */

/* Counts from 0, from now_ns = `at_ns` on. */
void rp2040_reset_timer(struct rp2040 *chip, uint64_t at_ns);
/*
 * Fires the alarms that are due.  Returns the time of the next one; WIRES_NEVER if none is armed.
 */
void rp2040_run_alarms(struct rp2040 *chip);
uint64_t rp2040_next_alarm_ns(const struct rp2040 *chip);
uint32_t rp2040_timer_requests(const struct rp2040 *chip);

#endif
