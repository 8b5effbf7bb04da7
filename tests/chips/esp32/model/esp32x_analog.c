/* SPDX-License-Identifier: MIT */
/*
 * The bus to the analog blocks inside the chip: PLL and voltage regulators.  No SVD has it; this is
 * what ESP-IDF's sources tell (esp_hal_regi2c, soc/<chip>/regi2c_*.h).
 *
 * The blocks keep what is written, and change nothing else: clocks are in esp32x_clocks.c.
 */
#include <stddef.h>

#include "chips/esp32/model/esp32x_parts.h"

enum { COMMANDS_END = 0x20, CALIBRATION = 0x40, WAYS = 0x44 };
enum { IS_WRITE = 24, IS_BUSY = 25, PLL_IS_CLOSED = 17 };
enum { CALIBRATION_STOPS = 2, CALIBRATION_RUNS = 3, CALIBRATION_DONE = 24 };
enum { BLOCK_PLL = 0x66, BLOCK_REGULATOR = 0x6D };
/* S2: the PLL is right from some capacity on. */
enum { CAPACITY = 1, CORRECTION = 8, CAPACITY_BITS = 0xF, ENOUGH = 5 };
enum { PLL_FORCED_DOWN = 0x540, WIFI_CLK_EN = 0x90, BUS_CLOCK = 18 };
enum { ACCESS_NS = 1000, CALIBRATION_NS = 20000 };

static uint8_t *bank_of(struct esp32x *chip, uint8_t block)
{
    return block == BLOCK_PLL         ? chip->analog.pll
           : block == BLOCK_REGULATOR ? chip->analog.regulator
                                      : NULL;
}

/* 0: the access is allowed. */
static enum esp32x_fault fault_of(struct esp32x *chip, uint32_t offset, uint32_t command)
{
    uint8_t block = (uint8_t)command;
    if (chip->wires->now_ns < chip->analog.done_ns)
        return ESP32X_BUSY;
    if (!bank_of(chip, block) || (command >> 8 & 0xFF) >= ESP32X_ANALOG_REGISTERS ||
        offset / 4 != chip->facts->analog_controller)
        return ESP32X_UNMODELLED;
    if (chip->kind == ESP32X_ESP32S2 &&
        !(esp32x_peek(chip, ESP32X_APB_CTRL, WIFI_CLK_EN) >> BUS_CLOCK & 1))
        return ESP32X_UNCLOCKED;
    if (block != BLOCK_PLL)
        return 0;
    if (esp32x_peek(chip, ESP32X_RTC_CNTL, 0) & PLL_FORCED_DOWN)
        return ESP32X_UNCLOCKED;
    return esp32x_peek(chip, ESP32X_ANALOG, WAYS) >> PLL_IS_CLOSED & 1 ? ESP32X_PROTECTED : 0;
}

static uint8_t register_of(struct esp32x *chip, uint8_t block, uint8_t address)
{
    uint8_t value = bank_of(chip, block)[address];
    bool is_correction =
        chip->kind == ESP32X_ESP32S2 && block == BLOCK_PLL && address == CORRECTION;
    if (!is_correction)
        return value;
    return (chip->analog.pll[CAPACITY] & CAPACITY_BITS) < ENOUGH ? CAPACITY_BITS : 0;
}

static void obey(struct esp32x *chip, uint32_t offset, uint32_t command)
{
    uint8_t block = (uint8_t)command, address = (uint8_t)(command >> 8);
    enum esp32x_fault fault = fault_of(chip, offset, command);
    if (fault) {
        esp32x_fault(chip, fault, esp32x_address(chip, ESP32X_ANALOG, offset));
        return;
    }
    if (command >> IS_WRITE & 1)
        bank_of(chip, block)[address] = (uint8_t)(command >> 16);
    chip->analog.done_ns = chip->wires->now_ns + ACCESS_NS;
    *esp32x_word(chip, ESP32X_ANALOG, offset) =
        (command & 0xFFFF) | (uint32_t)register_of(chip, block, address) << 16;
}

static uint32_t load(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    uint32_t value = esp32x_peek(chip, id, offset);
    if (offset < COMMANDS_END && chip->wires->now_ns < chip->analog.done_ns)
        value |= ESP32X_BIT(IS_BUSY);
    if (offset == CALIBRATION && value >> CALIBRATION_RUNS & 1 &&
        chip->wires->now_ns >= chip->analog.calibrated_ns)
        value |= ESP32X_BIT(CALIBRATION_DONE);
    return value;
}

static void store(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    if (offset < COMMANDS_END) {
        obey(chip, offset, value);
        return;
    }
    bool begins =
        offset == CALIBRATION && value >> CALIBRATION_RUNS & 1 && !(value >> CALIBRATION_STOPS & 1);
    if (begins)
        chip->analog.calibrated_ns = chip->wires->now_ns + CALIBRATION_NS;
    *esp32x_word(chip, id, offset) = value;
}

const struct esp32x_functions esp32x_analog_block = {load, store};
