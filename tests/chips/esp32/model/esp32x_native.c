/* SPDX-License-Identifier: MIT */
/* cpu_gpio.h and cycles.h of tests/support/cpu, on the chip that processor_select() has chosen. */
#include "chips/esp32/model/esp32x_parts.h"
#include "support/cpu/cpu.h"
#include "support/cpu/cpu_gpio.h"
#include "support/cpu/cycles.h"

/* The processor is the chip's first member. */
static struct esp32x *selected(void)
{
    return (struct esp32x *)processor_selected();
}

uint32_t cpu_gpio_in(void)
{
    struct esp32x *chip = selected();
    processor_begin(&chip->processor, chip->cpu_gpio_cycles);
    uint32_t levels = esp32x_cpu_gpio_in(chip, chip->processor.core);
    processor_end(&chip->processor);
    return levels;
}

void cpu_gpio_write(uint32_t mask, uint32_t value)
{
    struct esp32x *chip = selected();
    processor_begin(&chip->processor, chip->cpu_gpio_cycles);
    esp32x_cpu_gpio_write(chip, chip->processor.core, (uint8_t)mask, (uint8_t)value);
    processor_end(&chip->processor);
}

/* Reading a counter of the core takes a cycle, too: who waits for it sees time pass. */
uint32_t cpu_cycles(void)
{
    const struct esp32x *chip = selected();
    cpu_barrier();
    return (uint32_t)esp32x_count_at(&chip->cycles, chip->wires->now_ns);
}
