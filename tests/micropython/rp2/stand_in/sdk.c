/* SPDX-License-Identifier: MIT */
#include "sdk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hardware/clocks.h"
#include "hardware/irq.h"
#include "hardware/pio.h"
#include "hardware/sync.h"
#include "hardware/timer.h"
#include "pico/multicore.h"
#include "py/runtime.h"

struct sdk sdk;
struct pio_hw sdk_blocks[SDK_BLOCKS];

void sdk_reset(void)
{
    sdk = (struct sdk){.alarms = 1u << 2 | 1u << 3, .clk_sys_hz = 125000000};
    for (unsigned i = 0; i < SDK_IRQS; i++)
        sdk.priorities[i] = PICO_DEFAULT_IRQ_PRIORITY;
}

/* ---- interrupts ------------------------------------------------------------------------------ */

irq_handler_t irq_get_exclusive_handler(uint irq)
{
    return sdk.is_shared[irq] ? NULL : sdk.handlers[irq];
}

bool irq_has_shared_handler(uint irq)
{
    return sdk.is_shared[irq];
}

void irq_set_exclusive_handler(uint irq, irq_handler_t handler)
{
    assert_null(sdk.handlers[irq]);
    sdk.handlers[irq] = handler;
}

void irq_remove_handler(uint irq, irq_handler_t handler)
{
    assert_ptr_equal(sdk.handlers[irq], handler);
    sdk.handlers[irq] = NULL;
}

void irq_set_priority(uint irq, uint8_t priority)
{
    assert_int_equal(sdk.core, 0); /* the other core's would be set */
    sdk.priorities[irq] = priority;
}

void irq_set_enabled(uint irq, bool enabled)
{
    assert_int_equal(sdk.core, 0);
    sdk.is_enabled[irq] = enabled;
}

/* ---- PIO ------------------------------------------------------------------------------------- */

static unsigned number_of(PIO pio)
{
    return (unsigned)(pio - sdk_blocks);
}

static uint32_t mask_of(const struct pio_program *program, uint offset)
{
    assert_true(program->length < 32); /* the SDK shifts a 1 by this */
    assert_true(offset + program->length <= 32);
    return ((1u << program->length) - 1) << offset;
}

bool pio_sm_is_claimed(PIO pio, uint machine)
{
    return sdk.machines[number_of(pio)] >> machine & 1;
}

void pio_claim_sm_mask(PIO pio, uint mask)
{
    assert_int_equal(sdk.machines[number_of(pio)] & mask, 0);
    sdk.machines[number_of(pio)] |= mask;
}

void pio_sm_unclaim(PIO pio, uint machine)
{
    assert_true(pio_sm_is_claimed(pio, machine));
    sdk.machines[number_of(pio)] &= ~(1u << machine);
}

bool pio_can_add_program_at_offset(PIO pio, const struct pio_program *program, uint offset)
{
    return !(sdk.memory[number_of(pio)] & mask_of(program, offset));
}

int pio_add_program_at_offset(PIO pio, const struct pio_program *program, uint offset)
{
    assert_true(pio_can_add_program_at_offset(pio, program, offset));
    assert_true(program->origin < 0 || (uint)program->origin == offset);
    sdk.memory[number_of(pio)] |= mask_of(program, offset);
    return (int)offset;
}

void pio_remove_program(PIO pio, const struct pio_program *program, uint offset)
{
    uint32_t mask = mask_of(program, offset);
    assert_int_equal(sdk.memory[number_of(pio)] & mask, mask);
    sdk.memory[number_of(pio)] &= ~mask;
}

/* ---- alarms, clocks, cores ------------------------------------------------------------------- */

int hardware_alarm_claim_unused(bool required)
{
    assert_false(required);
    for (int alarm = 0; alarm < SDK_ALARMS; alarm++) {
        if (!(sdk.alarms >> alarm & 1)) {
            sdk.alarms |= 1u << alarm;
            return alarm;
        }
    }
    return -1;
}

void hardware_alarm_unclaim(uint alarm)
{
    assert_true(sdk.alarms >> alarm & 1);
    sdk.alarms &= ~(1u << alarm);
}

uint32_t clock_get_hz(enum clock_index clock)
{
    assert_int_equal(clock, clk_sys);
    return sdk.clk_sys_hz;
}

unsigned get_core_num(void)
{
    return sdk.core;
}

void multicore_lockout_start_blocking(void)
{
    sdk.lockouts++;
    sdk.lockout_depth++;
}

void multicore_lockout_end_blocking(void)
{
    assert_true(sdk.lockout_depth-- > 0);
}
