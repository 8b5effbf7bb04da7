/* SPDX-License-Identifier: MIT */
/*
 * The start of core 1: DPORT's APPCPU_CTRL_A to D (ESP32), SYSTEM's CORE_1_CONTROL_0 and 1 (S3), and
 * the stall of RTC_CNTL.
 *
 *     no stall, clock on ──► reset on ──► reset off ──► its ROM waits for an address ──► it runs
 *
 * Every published start-up goes this way, the address being written before or behind the others.
 * What happens otherwise nobody says: here the core does not start.
 */
#include "chips/esp32/model/esp32x_parts.h"

/* ESP32: a register each.  S3: bits of the first one. */
enum { CTRL_A = 0x2C, CTRL_B = 0x30, CTRL_C = 0x34, CTRL_D = 0x38 };
enum { CONTROL_0 = 0, CONTROL_1 = 4, S3_RUNSTALL = 0, S3_CLKGATE = 1, S3_RESETTING = 2 };
enum { OPTIONS0 = 0, RTC_STALL_KEY = 0x86 };

static bool is_set(const struct esp32x *chip, uint32_t offset_of_esp32, unsigned bit_of_s3)
{
    if (chip->kind == ESP32X_ESP32)
        return esp32x_peek(chip, ESP32X_SYSTEM, offset_of_esp32) & 1;
    return esp32x_peek(chip, ESP32X_SYSTEM, CONTROL_0) >> bit_of_s3 & 1;
}

/* RTC_CNTL stalls it with a key in two registers. */
static bool is_stalled(const struct esp32x *chip)
{
    uint32_t low = esp32x_peek(chip, ESP32X_RTC_CNTL, OPTIONS0) & 3;
    uint32_t high = esp32x_peek(chip, ESP32X_RTC_CNTL, chip->facts->rtc.stall) >> 20 & 0x3F;
    return (high << 2 | low) == RTC_STALL_KEY || is_set(chip, CTRL_C, S3_RUNSTALL);
}

static uint32_t entry_offset(const struct esp32x *chip)
{
    return chip->kind == ESP32X_ESP32 ? CTRL_D : CONTROL_1;
}

/* The register that was written is that of the address, and has one now. */
static bool is_entry(const struct esp32x *chip, uint32_t address)
{
    return address == esp32x_address(chip, ESP32X_SYSTEM, entry_offset(chip)) &&
           esp32x_core1_entry(chip) != 0;
}

/* The reset ends.  The core had to be clocked, and not stalled, in it, and has to be so now. */
static void leave_reset(struct esp32x *chip, bool may_start, uint32_t address)
{
    chip->core1.has_started = may_start;
    if (may_start)
        chip->core1.starts++;
    else
        esp32x_fault(chip, ESP32X_CORE1_START, address);
}

void esp32x_follow_core1(struct esp32x *chip, uint32_t address)
{
    struct esp32x_core1 *core = &chip->core1;
    if (chip->facts->cores < 2)
        return;
    bool is_clocked = is_set(chip, CTRL_B, S3_CLKGATE);
    bool is_resetting = is_set(chip, CTRL_A, S3_RESETTING);
    bool is_ready = is_clocked && !is_stalled(chip);
    if (is_resetting || !is_clocked)
        core->has_started = false;
    if (core->is_resetting && !is_resetting)
        leave_reset(chip, core->is_ready && is_ready, address);
    else if (is_clocked && !is_resetting && !core->has_started && is_entry(chip, address))
        esp32x_fault(chip, ESP32X_CORE1_START, address); /* no ROM runs that would read it */
    core->is_resetting = is_resetting;
    core->is_ready = is_ready;
}

bool esp32x_core1_runs(const struct esp32x *chip)
{
    return chip->core1.has_started && !is_stalled(chip);
}

uint32_t esp32x_core1_entry(const struct esp32x *chip)
{
    return esp32x_peek(chip, ESP32X_SYSTEM, entry_offset(chip));
}
