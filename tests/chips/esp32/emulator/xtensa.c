/* SPDX-License-Identifier: MIT */
/*
 * An ESP32, ESP32-S2 or ESP32-S3 that executes its image: the core of tests/emulator/xtensa, the
 * model of the chip behind its addresses, and the boot ROM's part.
 */
#include "chips/esp32/emulator/xtensa.h"

#include <inttypes.h>
#include <string.h>

#include "emulator/board/esp_image.h"

/* Images run on the first core; the second one is not started. */
enum { FIRST_CORE = 0, PRID_OF_FIRST_CORE = 0xCDCD, CRYSTAL_HZ = 40000000 };

static struct xtensa core;

/* ---- what the chip adds to the core ---------------------------------------------------------- */

static uint32_t lines(const struct processor *processor)
{
    (void)processor;
    return esp32x_irq_lines(&esp_chip, FIRST_CORE);
}

static uint32_t gpio_in(struct processor *processor)
{
    (void)processor;
    return esp32x_cpu_gpio_in(&esp_chip, FIRST_CORE);
}

static void gpio_out(struct processor *processor, uint32_t mask, uint32_t value)
{
    (void)processor;
    esp32x_cpu_gpio_write(&esp_chip, FIRST_CORE, (uint8_t)mask, (uint8_t)value);
}

static const struct xtensa_chip additions = {
    .lines = lines, .gpio_in = gpio_in, .gpio_out = gpio_out};

/* ---- power on, booting ----------------------------------------------------------------------- */

struct core *esp_xtensa_power_on(struct wires *wires, unsigned scl, unsigned sda,
                                 const struct wires_participant **pads)
{
    *pads = esp_power_on(esp_xtensa.kind, wires, scl, sda);
    struct core_setup setup = esp_xtensa.setup;
    setup.hz = CRYSTAL_HZ;
    setup.chip = &esp_chip.processor;
    bool has_memory = xtensa_init(&core, esp_xtensa.configuration, &additions, &setup);
    core.prid = PRID_OF_FIRST_CORE;
    return has_memory ? &core.base : NULL;
}

/* The ROM puts segments into memory that is not zeroed, and jumps to the entry. */
const char *esp_xtensa_start(struct core *base, const char *image)
{
    uint32_t entry = 0;
    for (unsigned i = 0; i < CORE_MEMORIES_MAX && base->setup.memories[i].size; i++)
        memset(base->setup.memories[i].bytes, 0xA5, base->setup.memories[i].size);
    const char *trouble = esp_image_load(base, image, esp_xtensa.image_chip, &entry);
    const struct core_memory *memory = core_memory_at(base, entry);
    if (!trouble && (!memory || memory->no_code))
        return "the boot ROM does not start this: its entry is not in the memory";
    xtensa_reset(&core, entry);
    return trouble;
}

/* ---- findings -------------------------------------------------------------------------------- */

/* Those of the model, and behind them the last exception that was no interrupt. */
unsigned esp_xtensa_finding_count(void)
{
    return esp_finding_count() + (core.base.fault_count > 0);
}

void esp_xtensa_finding(unsigned index, char *text, size_t size)
{
    if (index < esp_finding_count())
        esp_finding(index, text, size);
    else
        snprintf(text, size, "exception %" PRIu32 " at %08" PRIx32 ", EXCVADDR %08" PRIx32,
                 core.fault.cause, core.fault.pc, core.fault.address);
}
