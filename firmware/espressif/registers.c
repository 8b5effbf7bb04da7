/* SPDX-License-Identifier: MIT */
/* What is the same on all chips but for addresses, which "chip.h" has, and the port's "soc.h". */
#include "chip.h"
#include "esp32/regs.h"
#include "firmware/espressif/start.h"
#include "i2ctarget/esp32.h"
#include "mmio.h"

/* ---- watchdogs ------------------------------------------------------------------------------- */

/* A register that can be written after a key; `kept` are bits that stay, `set` is added to them. */
struct locked {
    uintptr_t lock, address;
    uint32_t key, kept, set;
};

static const struct locked watchdogs[] = WATCHDOGS;

void chip_stop_watchdogs(void)
{
    for (unsigned i = 0; i < sizeof watchdogs / sizeof *watchdogs; i++) {
        const struct locked *dog = &watchdogs[i];
        mmio_write32(dog->lock, dog->key);
        mmio_write32(dog->address, (mmio_read32(dog->address) & dog->kept) | dog->set);
        mmio_write32(dog->lock, 0);
    }
}

/* ---- pins ------------------------------------------------------------------------------------ */

static uint32_t usable_pins(unsigned bank)
{
    return (uint32_t)(SOC_USABLE_PINS >> (32 * bank));
}

/* First those that software drives, then those that a block drives. */
void chip_release_pins(void)
{
    for (unsigned bank = 0; bank < 2; bank++) {
        if (usable_pins(bank))
            mmio_write32(GPIO_ENABLE_CLEAR(bank), usable_pins(bank));
    }
    for (unsigned pin = 0; pin < 64; pin++) {
        if (usable_pins(pin / 32) >> pin % 32 & 1)
            mmio_write32(GPIO_OUT_SELECT(pin), SOC_PLAIN_OUTPUT | SOC_ENABLE_BY_GPIO);
    }
}

/* ---- interrupts ------------------------------------------------------------------------------ */

/* Level-triggered, and of the highest priority that a function in C can have (xtensa/vectors.S). */
enum { INTERRUPT_GPIO = 23, INTERRUPT_TIMER = 27 };

#define X unexpected
#define X4 X, X, X, X
const vector interrupt_vectors[CORE_INTERRUPTS] = {
    /* 0.. */
    X4, X4, X4, X4, X4, X, X, X,
    /* INTERRUPT_GPIO, 24.. */
    i2ctarget_esp32_gpio_irq, X, X, X,
    /* INTERRUPT_TIMER, 28.. */
    i2ctarget_esp32_timer_irq, X4};

/* Of a core's half of the matrix, which has a register for each source. */
static uintptr_t map_of(uintptr_t matrix, unsigned source)
{
    return matrix + 4 * source;
}

void chip_route_nothing(uintptr_t matrix)
{
    for (unsigned source = 0; source < MATRIX_SOURCES; source++)
        mmio_write32(map_of(matrix, source), MATRIX_NOWHERE);
}

void chip_route_interrupts(uintptr_t matrix)
{
    chip_route_nothing(matrix);
    mmio_write32(map_of(matrix, SOURCE_GPIO), INTERRUPT_GPIO);
    mmio_write32(map_of(matrix, SOURCE_TIMER), INTERRUPT_TIMER);
}

void chip_take_interrupts(void)
{
    chip_enable_interrupts(1u << INTERRUPT_GPIO | 1u << INTERRUPT_TIMER);
}
