/* SPDX-License-Identifier: MIT */
/*
 * An ESP32-C3 that executes its image: the core of tests/emulator/riscv, the model of the chip behind
 * its addresses, and the boot ROM's part.
 */
#include <string.h>

#include "chips/esp32/emulator/chip.h"
#include "emulator/board/board.h"
#include "emulator/board/esp_image.h"
#include "emulator/riscv/core.h"

/* SRAM1, for data and for code (technical reference manual §3.3.2). */
#define DRAM UINT32_C(0x3FC80000)
#define IRAM UINT32_C(0x40380000)
#define PERIPHERALS UINT32_C(0x60000000)

enum {
    SRAM_BYTES = 384 << 10,
    PERIPHERAL_BYTES = 0x000D1000,
    CRYSTAL_HZ = 40000000,
    IMAGE_CHIP = 5,
    ONLY_CORE = 0
};

static struct riscv core;

/* ---- what the chip adds to the core ---------------------------------------------------------- */

/* CSRs of the CPU GPIO (§1.14). */
enum { GPIO_ENABLE = 0x803, GPIO_IN = 0x804, GPIO_OUT = 0x805, CHANNELS = 0xFF };

static unsigned interrupt(struct processor *processor)
{
    (void)processor;
    return esp32x_cpu_interrupt(&esp_chip);
}

static bool load_csr(struct processor *processor, unsigned number, uint32_t *value)
{
    (void)processor;
    switch (number) {
    case GPIO_ENABLE:
        *value = esp_chip.cpu_gpio[ONLY_CORE].enable;
        return true;
    case GPIO_IN:
        *value = esp32x_cpu_gpio_in(&esp_chip, ONLY_CORE);
        return true;
    case GPIO_OUT:
        *value = esp32x_cpu_gpio_out(&esp_chip, ONLY_CORE);
        return true;
    default:
        return false;
    }
}

static bool store_csr(struct processor *processor, unsigned number, uint32_t value)
{
    (void)processor;
    switch (number) {
    case GPIO_ENABLE:
        esp32x_cpu_gpio_enable(&esp_chip, ONLY_CORE, (uint8_t)value);
        return true;
    case GPIO_OUT:
        esp32x_cpu_gpio_write(&esp_chip, ONLY_CORE, CHANNELS, (uint8_t)value);
        return true;
    default:
        return number == GPIO_IN; /* it keeps nothing */
    }
}

static const struct riscv_chip additions = {
    .interrupt = interrupt, .load_csr = load_csr, .store_csr = store_csr};

/* ---- power on, booting ----------------------------------------------------------------------- */

static struct core *power_on(struct wires *wires, unsigned scl, unsigned sda,
                             const struct wires_participant **pads)
{
    *pads = esp_power_on(ESP32X_ESP32C3, wires, scl, sda);
    struct core_setup setup = {
        .hz = CRYSTAL_HZ,
        .chip = &esp_chip.processor,
        .memories = {{.base = DRAM, .size = SRAM_BYTES},
                     {.base = IRAM, .size = SRAM_BYTES, .alias_of = DRAM}},
        .windows = {{.base = PERIPHERALS, .size = PERIPHERAL_BYTES}},
    };
    return riscv_init(&core, &additions, &setup) ? &core.base : NULL;
}

/* The ROM puts segments into memory that is not zeroed, and jumps to the entry. */
static const char *start(struct core *base, const char *image)
{
    uint32_t entry = 0;
    memset(core_bytes(base, DRAM, SRAM_BYTES), 0xA5, SRAM_BYTES);
    const char *trouble = esp_image_load(base, image, IMAGE_CHIP, &entry);
    if (!trouble && entry - IRAM >= SRAM_BYTES)
        return "the boot ROM does not start this: its entry is not in the memory";
    riscv_reset(&core, entry);
    return trouble;
}

const struct board_chip board_chip = {
    .name = "esp32c3",
    .pin = esp_pin,
    .power_on = power_on,
    .start = start,
    .clock_hz = esp_clock_hz,
    .finding_count = esp_finding_count,
    .finding = esp_finding,
    .report_pins = esp_report_pins,
};
