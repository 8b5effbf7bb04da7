/* SPDX-License-Identifier: MIT */
/*
 * The SDK panics when a thing is claimed that is claimed already.  So each is asked for first, or
 * claimed with a call that may fail.
 *
 * A target that core 1's garbage collection drops is given back there.  Core 0's interrupt controller
 * can not be reached from core 1.  So the handlers stay until core 0 claims or gives back the next
 * time.  They do nothing meanwhile, because their target is gone.
 */
#include "claims.h"

#include "hardware/irq.h"
#include "hardware/pio.h"
#include "hardware/sync.h"
#include "hardware/timer.h"

#include "i2ctarget/rp2040.h"

/* The SDK's masks are too narrow for all 32 instructions at once. */
enum { MACHINES = 4, HALF = 16, HALVES = 2 };

static const uint16_t no_program[HALF];
static const struct pio_program half = {.instructions = no_program, .length = HALF, .origin = -1};

static PIO pio_of(int block)
{
    return block ? pio1 : pio0;
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static bool has_handler(uint irq, irq_handler_t handler)
{
    return irq_get_exclusive_handler(irq) == handler;
}

/* False: somebody else handles this interrupt. */
static bool take_irq(uint irq, irq_handler_t handler)
{
    if (has_handler(irq, handler))
        return true;
    if (irq_get_exclusive_handler(irq) || irq_has_shared_handler(irq))
        return false;
    irq_set_exclusive_handler(irq, handler);
    /* The same for all three, and before all others: SCL is held meanwhile. */
    irq_set_priority(irq, PICO_HIGHEST_IRQ_PRIORITY);
    return true;
}

static void leave_irq(uint irq, irq_handler_t handler)
{
    if (get_core_num() != 0)
        return;
    irq_set_enabled(irq, false);
    irq_set_priority(irq, PICO_DEFAULT_IRQ_PRIORITY);
    irq_remove_handler(irq, handler);
}

static uint block_irq(int block)
{
    return block ? PIO1_IRQ_0 : PIO0_IRQ_0;
}

static irq_handler_t block_handler(int block)
{
    return block ? i2ctarget_rp2040_pio1_irq : i2ctarget_rp2040_pio0_irq;
}

/* ---- PIO blocks ------------------------------------------------------------------------------ */

static void leave_machines(PIO pio, int count)
{
    for (int machine = 0; machine < count; machine++)
        pio_sm_unclaim(pio, (uint)machine);
}

/* All four, or none. */
static bool take_machines(PIO pio)
{
    for (uint machine = 0; machine < MACHINES; machine++) {
        if (pio_sm_is_claimed(pio, machine))
            return false;
    }
    pio_claim_sm_mask(pio, (1u << MACHINES) - 1);
    return true;
}

static bool take_memory(PIO pio)
{
    for (uint i = 0; i < HALVES; i++) {
        if (!pio_can_add_program_at_offset(pio, &half, i * HALF))
            return false;
    }
    for (uint i = 0; i < HALVES; i++)
        pio_add_program_at_offset(pio, &half, i * HALF);
    return true;
}

static void leave_memory(PIO pio)
{
    for (uint i = 0; i < HALVES; i++)
        pio_remove_program(pio, &half, i * HALF);
}

static bool take_block(int block)
{
    PIO pio = pio_of(block);
    if (!take_machines(pio))
        return false;
    if (take_memory(pio)) {
        if (take_irq(block_irq(block), block_handler(block)))
            return true;
        leave_memory(pio);
    }
    leave_machines(pio, MACHINES);
    return false;
}

int i2ctarget_mp_claim_block(void)
{
    for (int block = 0; block < CLAIMS_BLOCKS; block++) {
        if (take_block(block))
            return block;
    }
    return CLAIMS_NONE;
}

void i2ctarget_mp_enable_block(int block)
{
    irq_set_enabled(block_irq(block), true);
}

void i2ctarget_mp_release_block(int block)
{
    PIO pio = pio_of(block);
    leave_irq(block_irq(block), block_handler(block));
    pio->irq = 0xFF; /* the next owner finds no old flags */
    leave_memory(pio);
    leave_machines(pio, MACHINES);
}

/* ---- the alarm ------------------------------------------------------------------------------- */

static int alarm_number = CLAIMS_NONE;
static unsigned alarm_users;

static uint alarm_irq(int alarm)
{
    return TIMER_IRQ_0 + (uint)alarm;
}

static int take_alarm(void)
{
    int alarm = hardware_alarm_claim_unused(false);
    if (alarm < 0)
        return CLAIMS_NONE;
    if (take_irq(alarm_irq(alarm), i2ctarget_rp2040_alarm_irq))
        return alarm;
    hardware_alarm_unclaim((uint)alarm);
    return CLAIMS_NONE;
}

int i2ctarget_mp_claim_alarm(void)
{
    if (alarm_number == CLAIMS_NONE)
        alarm_number = take_alarm();
    if (alarm_number != CLAIMS_NONE)
        alarm_users++;
    return alarm_number;
}

void i2ctarget_mp_release_alarm(void)
{
    if (--alarm_users > 0 || get_core_num() != 0)
        return;
    leave_irq(alarm_irq(alarm_number), i2ctarget_rp2040_alarm_irq);
    hardware_alarm_unclaim((uint)alarm_number);
    alarm_number = CLAIMS_NONE;
}
