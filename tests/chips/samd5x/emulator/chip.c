/* SPDX-License-Identifier: MIT */
/*
 * A SAM D5x/E5x that executes its image: tests/chips/samd5x/model behind the addresses, and the
 * boot loader's part.
 */
#include <inttypes.h>
#include <string.h>

#include "chips/samd5x/model/samd5x.h"
#include "emulator/board/board.h"
#include "emulator/board/uf2.h"
#include "emulator/cortexm/core.h"

#define SRAM UINT32_C(0x20000000)
#define PERIPHERALS UINT32_C(0x40000000)
#define UF2_FAMILY UINT32_C(0x55114460)

/* The largest chip; the linker script keeps an image of a smaller one in that one's memory. */
enum {
    FLASH_BYTES = 1 << 20,
    SRAM_BYTES = 256 << 10,
    PERIPHERAL_BYTES = 64 << 20,
    BOOT_LOADER_BYTES = 16 << 10,
    POWER_ON_HZ = 48000000
};

static struct cortexm core;
static struct samd5x chip;
static struct samd5x_tap tap;

/* ---- pins ------------------------------------------------------------------------------------ */

/* "PA12". */
static int pin(const char *name)
{
    char group = 0;
    int number = 0, end = 0;
    if (sscanf(name, "P%c%2d%n", &group, &number, &end) != 2 || name[end] || group < 'A' ||
        group > 'D' || number < 0 || number > 31)
        return -1;
    return (group - 'A') * 32 + number;
}

/* ---- time ------------------------------------------------------------------------------------ */

/*
 * An access to a peripheral crosses the bridge between the processor's bus and a peripheral bus
 * (DS60001507 §10.3, figure 10-1).  No document says how long that takes: three cycles are a guess.
 */
static uint32_t extra_cycles(struct processor *processor, uint32_t address, bool is_write)
{
    enum { BRIDGE_CYCLES = 3 };
    (void)processor;
    (void)address;
    (void)is_write;
    return BRIDGE_CYCLES;
}

static uint32_t clock_hz(void)
{
    uint32_t hz = samd5x_cpu_hz(&chip);
    return hz ? hz : POWER_ON_HZ;
}

/* ---- power on, booting ----------------------------------------------------------------------- */

static struct core *power_on(struct wires *wires, unsigned scl, unsigned sda,
                             const struct wires_participant **pads)
{
    samd5x_init(&chip, wires);
    samd5x_connect(&chip, &tap, scl, sda);
    chip.processor.extra_cycles = extra_cycles;
    struct core_setup setup = {
        .hz = POWER_ON_HZ,
        .chip = &chip.processor,
        .memories = {{.base = 0, .size = FLASH_BYTES, .is_rom = true},
                     {.base = SRAM, .size = SRAM_BYTES}},
        .windows = {{.base = PERIPHERALS, .size = PERIPHERAL_BYTES}},
    };
    *pads = &tap.participant;
    return cortexm_init(&core, CORTEXM_M4, &setup) ? &core.base : NULL;
}

/* The boot loader starts what lies behind it, if its entry lies there, too. */
static const char *boot(void)
{
    uint32_t entry = 0;
    core_load_word(&core.base, BOOT_LOADER_BYTES + 4, &entry);
    if (entry < BOOT_LOADER_BYTES || entry >= FLASH_BYTES || !(entry & 1))
        return "the boot loader does not start this: its entry is not in the flash";
    memset(core_bytes(&core.base, SRAM, SRAM_BYTES), 0xA5, SRAM_BYTES);
    cortexm_reset(&core, BOOT_LOADER_BYTES);
    return NULL;
}

static const char *start(struct core *base, const char *image)
{
    const char *trouble = uf2_load(base, image, UF2_FAMILY);
    return trouble ? trouble : boot();
}

/* ---- findings -------------------------------------------------------------------------------- */

static unsigned finding_count(void)
{
    return chip.error_count < SAMD5X_ERRORS_MAX ? chip.error_count : SAMD5X_ERRORS_MAX;
}

static void finding(unsigned index, char *text, size_t size)
{
    const struct samd5x_error *error = &chip.errors[index];
    snprintf(text, size, "%s: %08" PRIx32 " at %" PRIu64 " ns", samd5x_fault_name(error->fault),
             error->address, error->at_ns);
}

/* Pins by their numbers: 32 is PB00. */
static void report_mask(FILE *file, const char *name, const uint32_t *groups)
{
    const char *comma = "";
    fprintf(file, "\"%s\": [", name);
    for (int number = 0; number < SAMD5X_PINS; number++) {
        if (!(groups[number / 32] >> number % 32 & 1))
            continue;
        fprintf(file, "%s\"P%c%02d\"", comma, 'A' + number / 32, number % 32);
        comma = ", ";
    }
    fprintf(file, "]");
}

static void report_pins(FILE *file)
{
    uint32_t muxed[SAMD5X_GROUPS], outputs[SAMD5X_GROUPS];
    for (unsigned i = 0; i < SAMD5X_GROUPS; i++) {
        muxed[i] = chip.groups[i].muxed;
        outputs[i] = chip.groups[i].dir;
    }
    report_mask(file, "everDriving", chip.ever_driven);
    fprintf(file, ", ");
    report_mask(file, "muxed", muxed);
    fprintf(file, ", ");
    report_mask(file, "outputs", outputs);
}

const struct board_chip board_chip = {
    .name = "samd5x",
    .pin = pin,
    .power_on = power_on,
    .start = start,
    .clock_hz = clock_hz,
    .finding_count = finding_count,
    .finding = finding,
    .report_pins = report_pins,
};
