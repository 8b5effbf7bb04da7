/* SPDX-License-Identifier: MIT */
#include "claiming.h"

#include "hardware/sync.h"
#include "pico/multicore.h"

#include "claims.h"
#include "clock.h"
#include "i2ctarget/port.h"
#include "i2ctarget/rp2040.h"

/* Which target has which block. */
static void *instances[CLAIMS_BLOCKS];

static const char *failed;

const char *i2ctarget_mp_claiming_failed(void)
{
    return failed;
}

void i2ctarget_mp_claiming_keep(void)
{
    if (get_core_num() != 0)
        return; /* a finaliser: this core's interrupt controller has nothing of ours */
    for (int block = 0; block < CLAIMS_BLOCKS; block++) {
        if (instances[block])
            i2ctarget_mp_enable_block(block);
    }
}

/* ---- open ------------------------------------------------------------------------------------ */

static int fail(const char *words)
{
    failed = words;
    return -I2CTARGET_ENODEV;
}

/* The block's number in a pin. */
static uintptr_t unit_of(int block)
{
    return block ? I2CTARGET_RP2040_PIO1 : I2CTARGET_RP2040_PIO0;
}

static int open_on(int block, struct i2ctarget *target, const struct i2ctarget_pin *scl,
                   const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                   bool smbus, void **instance)
{
    struct i2ctarget_pin clock = *scl, data = *sda;
    clock.unit = data.unit = unit_of(block);
    int error = i2ctarget_rp2040_port.open(target, &clock, &data, addresses, smbus, instance);
    if (!error)
        instances[block] = *instance;
    return error;
}

static int claim_and_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                          const struct i2ctarget_pin *sda,
                          const struct i2ctarget_address_set *addresses, bool smbus,
                          void **instance)
{
    int alarm = i2ctarget_mp_claim_alarm();
    if (alarm == CLAIMS_NONE)
        return fail("no alarm of the chip's TIMER is free: a target needs one, and MicroPython has "
                    "two of the four");
    int error = fail("no PIO block is free: a target needs all of one, and rp2.PIO, "
                     "rp2.StateMachine, the radio, or other targets have them: deinit() those that "
                     "are no longer used");
    int block = i2ctarget_mp_claim_block();
    if (block != CLAIMS_NONE) {
        if (i2ctarget_mp_begin_clock((uint8_t)alarm)) {
            error = open_on(block, target, scl, sda, addresses, smbus, instance);
            if (error)
                i2ctarget_mp_end_clock();
        } else
            error = fail("the processor is too slow or too fast for a target: machine.freq() must "
                         "be 24 to 250 MHz");
        if (error)
            i2ctarget_mp_release_block(block);
    }
    if (error)
        i2ctarget_mp_release_alarm();
    return error;
}

/* ---- close ----------------------------------------------------------------------------------- */

static int block_of(const void *instance)
{
    return instances[0] == instance ? 0 : 1;
}

static void close_here(void *instance)
{
    int block = block_of(instance);
    i2ctarget_rp2040_port.close(instance);
    instances[block] = NULL;
    i2ctarget_mp_end_clock();
    i2ctarget_mp_release_block(block);
    i2ctarget_mp_release_alarm();
}

/*
 * Core 1's garbage collection may end a target, too.  Core 0, which serves its interrupts, stands
 * still meanwhile, as it does while core 1 writes to the flash.
 */
static void close_and_release(void *instance)
{
    bool is_others = get_core_num() != 0;
    if (is_others)
        multicore_lockout_start_blocking();
    close_here(instance);
    if (is_others)
        multicore_lockout_end_blocking();
}

/* ---- the ops --------------------------------------------------------------------------------- */

/* The other members are the port's. */
static struct i2ctarget_port_ops ops;

struct i2ctarget_pin i2ctarget_mp_claiming_pin(uint16_t number)
{
    ops = i2ctarget_rp2040_port;
    ops.open = claim_and_open;
    ops.close = close_and_release;
    return (struct i2ctarget_pin){&ops, I2CTARGET_RP2040_ANY_PIO, number};
}
