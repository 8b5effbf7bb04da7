/* SPDX-License-Identifier: MIT */
#include "chips/esp32/port/registers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cpu.h"
#include "cpu_gpio.h"
#include "cycles.h"
#include "mmio.h"

enum { REGISTERS = 64, WRITES = 512, PER_LOOK = 10 };

struct entry {
    uint32_t address, value;
};

static struct entry registers[REGISTERS], writes[WRITES];
static unsigned register_count, write_count;
static struct entry kept;
static uint32_t counting; /* the address */
static struct {
    uint32_t address, cleared;
} clearing;

unsigned registers_core;
uint32_t registers_cpu_gpio, registers_cpu_driven, registers_cycles;
void (*registers_interrupt)(void);

static struct entry *entry_of(uint32_t address)
{
    for (unsigned i = 0; i < register_count; i++) {
        if (registers[i].address == address)
            return &registers[i];
    }
    assert_true(register_count < REGISTERS);
    registers[register_count].address = address;
    registers[register_count].value = 0;
    return &registers[register_count++];
}

void registers_reset(void)
{
    register_count = write_count = registers_core = registers_cycles = 0;
    registers_cpu_gpio = UINT32_MAX;
    registers_cpu_driven = 0;
    registers_interrupt = NULL;
    kept = (struct entry){0};
    counting = 0;
    clearing.address = 0;
}

void registers_count(uint32_t address)
{
    counting = address;
}

void registers_clear_by(uint32_t address, uint32_t cleared)
{
    clearing.address = address;
    clearing.cleared = cleared;
}

void registers_set(uint32_t address, uint32_t value)
{
    if (address == counting)
        counting = 0;
    entry_of(address)->value = address == kept.address ? value | kept.value : value;
}

void registers_keep(uint32_t address, uint32_t bits)
{
    kept = (struct entry){address, bits};
    registers_set(address, 0);
}

uint32_t registers_get(uint32_t address)
{
    return entry_of(address)->value;
}

unsigned registers_writes(void)
{
    return write_count;
}

uint32_t registers_written(unsigned n, uint32_t *value)
{
    assert_true(n < write_count);
    *value = writes[n].value;
    return writes[n].address;
}

unsigned registers_find(uint32_t address, unsigned n)
{
    while (n < write_count && writes[n].address != address)
        n++;
    return n;
}

/* ---- what the port uses ---------------------------------------------------------------------- */

uint32_t mmio_read32(uintptr_t address)
{
    enum { STEP = 1000 };
    if (address == counting)
        entry_of(counting)->value += STEP;
    return registers_get((uint32_t)address);
}

void mmio_write32(uintptr_t address, uint32_t value)
{
    assert_true(write_count < WRITES);
    writes[write_count++] = (struct entry){(uint32_t)address, value};
    registers_set((uint32_t)address, value);
    if (clearing.address == address)
        entry_of(clearing.cleared)->value &= ~value;
}

uint32_t cpu_gpio_in(void)
{
    return registers_cpu_gpio;
}

void cpu_gpio_write(uint32_t mask, uint32_t value)
{
    registers_cpu_driven = (registers_cpu_driven & ~mask) | (value & mask);
}

uint32_t cpu_cycles(void)
{
    return registers_cycles += PER_LOOK;
}

unsigned cpu_core(void)
{
    return registers_core;
}

bool cpu_irq_is_pending(void)
{
    return false;
}

uint32_t cpu_irq_save(void)
{
    if (registers_interrupt)
        registers_interrupt();
    return 0;
}

void cpu_irq_restore(uint32_t state)
{
    assert_int_equal(state, 0);
}

void cpu_send_event(void)
{
}

void cpu_wait_for_event(void)
{
    fail_msg("nobody waits here");
}
