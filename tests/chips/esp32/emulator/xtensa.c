/* SPDX-License-Identifier: MIT */
/*
 * An ESP32, ESP32-S2 or ESP32-S3 that executes its image: the cores of tests/emulator/xtensa, the
 * model of the chip behind their addresses, and the boot ROM's part.
 */
#include "chips/esp32/emulator/xtensa.h"

#include <inttypes.h>
#include <string.h>

#include "chips/esp32/emulator/second_core.h"
#include "emulator/board/esp_image.h"

/* By PRID a program knows on which core it is. */
enum { FIRST, SECOND, PRID_OF_FIRST = 0xCDCD, PRID_OF_SECOND = 0xABAB, CRYSTAL_HZ = 40000000 };

static struct xtensa cores[ESP32X_CORES];

static bool has_second(void)
{
    return esp_xtensa.second.rom_size > 0;
}

/* ---- what the chip adds to the cores --------------------------------------------------------- */

static uint32_t lines(const struct processor *processor, unsigned core)
{
    (void)processor;
    return esp32x_irq_lines(&esp_chip, core);
}

static uint32_t gpio_in(struct processor *processor, unsigned core)
{
    (void)processor;
    return esp32x_cpu_gpio_in(&esp_chip, core);
}

static void gpio_out(struct processor *processor, unsigned core, uint32_t mask, uint32_t value)
{
    (void)processor;
    esp32x_cpu_gpio_write(&esp_chip, core, (uint8_t)mask, (uint8_t)value);
}

static const struct xtensa_chip additions = {
    .lines = lines, .gpio_in = gpio_in, .gpio_out = gpio_out, .follow = second_core_follow};

/* Two cores share the bus. */
static uint32_t bus_cycles(struct processor *processor, uint32_t address, bool is_write)
{
    if (cores[SECOND].base.is_halted)
        return processor->access_cycles;
    return esp32x_begin_access(&esp_chip, processor->core, cores[processor->core].base.cycles,
                               address, is_write);
}

/* ---- power on, booting ----------------------------------------------------------------------- */

static void add_second(void)
{
    xtensa_join(&cores[SECOND], &cores[FIRST]);
    cores[SECOND].prid = PRID_OF_SECOND;
    esp_chip.processor.extra_cycles = bus_cycles;
    second_core_reset();
}

struct core *esp_xtensa_power_on(struct wires *wires, unsigned scl, unsigned sda,
                                 const struct wires_participant **pads)
{
    *pads = esp_power_on(esp_xtensa.kind, wires, scl, sda);
    struct core_setup setup = esp_xtensa.setup;
    setup.hz = CRYSTAL_HZ;
    setup.chip = &esp_chip.processor;
    struct xtensa *first = &cores[FIRST];
    bool has_memory = xtensa_init(first, esp_xtensa.configuration, &additions, &setup);
    first->prid = PRID_OF_FIRST;
    if (has_second())
        add_second();
    return has_memory ? &first->base : NULL;
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
    xtensa_reset(&cores[FIRST], entry);
    return trouble;
}

/* ---- findings -------------------------------------------------------------------------------- */

/* The model's, and behind them each core's last exception that was no interrupt. */
unsigned esp_xtensa_finding_count(void)
{
    return esp_finding_count() + (cores[FIRST].base.fault_count > 0) +
           (cores[SECOND].base.fault_count > 0);
}

void esp_xtensa_finding(unsigned index, char *text, size_t size)
{
    if (index < esp_finding_count()) {
        esp_finding(index, text, size);
        return;
    }
    bool is_first = index == esp_finding_count() && cores[FIRST].base.fault_count > 0;
    const struct xtensa_fault *fault = &cores[is_first ? FIRST : SECOND].fault;
    snprintf(text, size, "exception %" PRIu32 " at %08" PRIx32 ", EXCVADDR %08" PRIx32 "%s",
             fault->cause, fault->pc, fault->address, is_first ? "" : ", on core 1");
}
