/* SPDX-License-Identifier: MIT */
/*
 * An RP2040 that executes its image on our own core: tests/chips/rp2040/model behind the addresses,
 * clocks.h for what start-up code sets, and the boot ROM's part.
 */
#include <inttypes.h>
#include <string.h>

#include "chips/rp2040/emulator/board/clocks.h"
#include "chips/rp2040/model/rp2040.h"
#include "chips/rp2040/model/rp2040_parts.h"
#include "emulator/board/board.h"
#include "emulator/board/uf2.h"
#include "emulator/cortexm/core.h"

#define FLASH UINT32_C(0x10000000)
#define SSI UINT32_C(0x18000000)
#define SRAM UINT32_C(0x20000000)
#define APB UINT32_C(0x40000000)
#define AHB UINT32_C(0x50000000)
#define SIO UINT32_C(0xD0000000)
#define SECOND_STAGE UINT32_C(0x20041F00)
#define UF2_FAMILY UINT32_C(0xE48BFF56)

enum {
    FLASH_BYTES = 2 << 20,
    SRAM_BYTES = 264 << 10,
    PERIPHERAL_BYTES = 5 << 20,
    PAGE = 4096,
    SECOND_STAGE_BYTES = 256,
    RESET_PLL_SYS = 12,
    POWER_ON_HZ = 6500000
};

static struct cortexm core;
static struct rp2040 chip;
static struct rp2040_tap tap;
static struct clocks clocks;
static const struct processor_chip *model; /* what the chip does by itself */
static struct processor_chip with_clocks;

/* ---- addresses ------------------------------------------------------------------------------- */

/* An address in APB or AHB-Lite without its alias (RP2040 datasheet §2.1.2). */
static uint32_t plain(uint32_t address)
{
    return address & ~UINT32_C(0x3000);
}

/* XIP_SSI: the second stage of booting writes it.  What it writes, another test compares. */
static bool is_ssi(uint32_t address)
{
    return address - SSI < PAGE;
}

static bool is_in_reset(uint32_t address)
{
    bool is_pll = clocks_is_pll(plain(address));
    if (is_pll && rp2040_is_in_reset(&chip, RESET_PLL_SYS))
        rp2040_fault(&chip, RP2040_IN_RESET, address);
    return is_pll && rp2040_is_in_reset(&chip, RESET_PLL_SYS);
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    uint32_t value = 0;
    if (is_ssi(address) || is_in_reset(address) || clocks_load(&clocks, plain(address), &value))
        return value;
    return model->load(processor, address, bytes);
}

static uint32_t through_alias(uint32_t address, uint32_t before, uint32_t value)
{
    switch (address >> 12 & 3) {
    case 1:
        return before ^ value;
    case 2:
        return before | value;
    case 3:
        return before & ~value;
    default:
        return value;
    }
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    uint32_t before = 0;
    if (is_ssi(address) || is_in_reset(address))
        return;
    if (!clocks_load(&clocks, plain(address), &before))
        model->store(processor, address, value, bytes);
    else
        clocks_store(&clocks, plain(address), through_alias(address, before, value));
}

/*
 * APB takes one cycle more for a read, two for a write, than the core's own two: as rp2040js has
 * it, so that the two can be compared.
 */
static uint32_t extra_cycles(struct processor *processor, uint32_t address, bool is_write)
{
    (void)processor;
    bool is_apb = address >= APB && address < AHB;
    return is_apb ? 1 + is_write : 0;
}

/* ---- power on, booting ----------------------------------------------------------------------- */

static int pin(const char *name)
{
    int number = -1, end = 0;
    if (sscanf(name, "GPIO%d%n", &number, &end) != 1)
        sscanf(name, "%d%n", &number, &end);
    return end > 0 && !name[end] && number < PIO_GPIOS ? number : -1;
}

static struct core *power_on(struct wires *wires, unsigned scl, unsigned sda,
                             const struct wires_participant **pads)
{
    clocks_reset(&clocks);
    rp2040_init(&chip, wires);
    rp2040_connect(&chip, &tap, scl, sda);
    model = chip.processor.chip;
    with_clocks = *model;
    with_clocks.load = load;
    with_clocks.store = store;
    chip.processor.chip = &with_clocks;
    chip.processor.extra_cycles = extra_cycles;
    struct core_setup setup = {
        .hz = POWER_ON_HZ,
        .chip = &chip.processor,
        .memories = {{.base = FLASH, .size = FLASH_BYTES, .is_rom = true},
                     {.base = SRAM, .size = SRAM_BYTES}},
        .windows = {{.base = SSI, .size = PAGE},
                    {.base = APB, .size = PERIPHERAL_BYTES},
                    {.base = AHB, .size = PERIPHERAL_BYTES},
                    {.base = SIO, .size = PAGE}},
    };
    *pads = &tap.participant;
    return cortexm_init(&core, CORTEXM_M0PLUS, &setup) ? &core.base : NULL;
}

/* §2.8.1.3.1. */
static uint32_t crc32(const uint8_t *bytes, size_t count)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        for (int bit = 7; bit >= 0; bit--) {
            bool carry = crc >> 31 ^ (bytes[i] >> bit & 1);
            crc = crc << 1 ^ (carry ? UINT32_C(0x04C11DB7) : 0);
        }
    }
    return crc;
}

/* The first 256 bytes go to the end of SRAM, and are started if their checksum is right. */
static const char *boot(void)
{
    uint32_t checksum = 0;
    const uint8_t *stage = core_bytes(&core.base, FLASH, SECOND_STAGE_BYTES);
    core_load_word(&core.base, FLASH + SECOND_STAGE_BYTES - 4, &checksum);
    if (crc32(stage, SECOND_STAGE_BYTES - 4) != checksum)
        return "the boot ROM does not start this: the checksum of the second stage is wrong";
    memset(core_bytes(&core.base, SRAM, SRAM_BYTES), 0xA5, SRAM_BYTES);
    memcpy(core_bytes(&core.base, SECOND_STAGE, SECOND_STAGE_BYTES), stage, SECOND_STAGE_BYTES);
    cortexm_reset(&core, FLASH + SECOND_STAGE_BYTES);
    cortexm_jump(&core, SECOND_STAGE, SECOND_STAGE | 1);
    return NULL;
}

static const char *start(struct core *base, const char *image)
{
    const char *trouble = uf2_load(base, image, UF2_FAMILY);
    return trouble ? trouble : boot();
}

/* The model's own cycle follows. */
static uint32_t clock_hz(void)
{
    enum { NS_PER_S = 1000000000 };
    uint32_t hz = clocks_sys_hz(&clocks);
    if (hz)
        chip.processor.cycle_ns = (NS_PER_S + hz / 2) / hz;
    return hz ? hz : POWER_ON_HZ;
}

/* ---- findings -------------------------------------------------------------------------------- */

static unsigned finding_count(void)
{
    return chip.error_count < RP2040_ERRORS_MAX ? chip.error_count : RP2040_ERRORS_MAX;
}

static void finding(unsigned index, char *text, size_t size)
{
    const struct rp2040_error *error = &chip.errors[index];
    snprintf(text, size, "%s: %08" PRIx32, rp2040_fault_name(error->fault), error->address);
}

static void report_pins(FILE *file)
{
    fprintf(file, "\"everDriving\": %" PRIu32 ", \"pins\": [", chip.ever_driven);
    for (unsigned gpio = 0; gpio < PIO_GPIOS; gpio++)
        fprintf(file, "%s{\"ctrl\": %" PRIu32 ", \"pad\": %" PRIu32 "}", gpio ? ", " : "",
                chip.gpio_ctrl[gpio], chip.pads[gpio]);
    fprintf(file, "]");
}

const struct board_chip board_chip = {
    .name = "rp2040",
    .pin = pin,
    .power_on = power_on,
    .start = start,
    .clock_hz = clock_hz,
    .finding_count = finding_count,
    .finding = finding,
    .report_pins = report_pins,
};
