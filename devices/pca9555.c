/* SPDX-License-Identifier: MIT */
/*
 * A read of an input port clears the interrupt, but only if the byte was really clocked.  So the
 * pins are noted when the byte is given, and are taken over when it is sure that the byte was sent.
 */
#include "i2ctarget/devices/pca9555.h"

enum { INPUT = 0, OUTPUT = 2, POLARITY = 4, CONFIGURATION = 6, REGISTERS = 8 };

static struct i2ctarget_pca9555 *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_pca9555 *)device;
}

/* Both registers of a pair. */
static uint16_t pair(const struct i2ctarget_pca9555 *expander, unsigned reg)
{
    return (uint16_t)(expander->registers[reg] | expander->registers[reg + 1] << 8);
}

uint16_t i2ctarget_pca9555_outputs(const struct i2ctarget_pca9555 *expander)
{
    return (uint16_t)~pair(expander, CONFIGURATION);
}

uint16_t i2ctarget_pca9555_pins(const struct i2ctarget_pca9555 *expander)
{
    uint16_t outputs = i2ctarget_pca9555_outputs(expander);
    return (uint16_t)((expander->levels & ~outputs) | (pair(expander, OUTPUT) & outputs));
}

bool i2ctarget_pca9555_is_interrupting(const struct i2ctarget_pca9555 *expander)
{
    return ((i2ctarget_pca9555_pins(expander) ^ expander->seen) & pair(expander, CONFIGURATION)) !=
           0;
}

void i2ctarget_pca9555_set_levels(struct i2ctarget_pca9555 *expander, uint16_t levels)
{
    expander->levels = levels;
}

static void tell(struct i2ctarget_pca9555 *expander)
{
    if (expander->changed)
        expander->changed(expander);
}

/* ---- registers ------------------------------------------------------------------------------- */

/* The other register of the pair. */
static uint8_t after(uint8_t reg)
{
    return reg ^ 1;
}

static uint8_t value_of(const struct i2ctarget_pca9555 *expander, uint8_t reg)
{
    if (reg < OUTPUT)
        return (uint8_t)((expander->sampled ^ pair(expander, POLARITY)) >> 8 * reg);
    return expander->registers[reg % REGISTERS];
}

/* The byte that was given was sent. */
static void confirm(struct i2ctarget_pca9555 *expander)
{
    uint8_t reg = expander->pointer;
    expander->pointer = after(reg);
    expander->confirmed++;
    if (reg >= OUTPUT)
        return;
    uint16_t port = (uint16_t)(0xFF << 8 * reg);
    expander->seen = (uint16_t)((expander->seen & ~port) | (expander->sampled & port));
    tell(expander);
}

/* ---- the bus --------------------------------------------------------------------------------- */

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_pca9555 *expander = from(device);
    (void)address;
    (void)is_restart;
    expander->is_read = is_read;
    expander->is_pointed = false;
    expander->is_given = false;
    expander->confirmed = 0;
    return true;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_pca9555 *expander = from(device);
    if (!expander->is_pointed) {
        expander->is_pointed = true;
        expander->pointer = byte % REGISTERS;
        return true;
    }
    if (expander->pointer >= OUTPUT) {
        expander->registers[expander->pointer] = byte;
        tell(expander);
    }
    expander->pointer = after(expander->pointer);
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    struct i2ctarget_pca9555 *expander = from(device);
    if (expander->is_given)
        confirm(expander);
    expander->is_given = true;
    expander->sampled = i2ctarget_pca9555_pins(expander);
    return value_of(expander, expander->pointer);
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_pca9555 *expander = from(device);
    (void)cause;
    if (expander->is_read && moved > expander->confirmed)
        confirm(expander);
}

/* ---- what comes next ------------------------------------------------------------------------- */

/* What is read are the pins at that moment. */
static const struct i2ctarget_foresight foresight = {.accepts = i2ctarget_accepts_all};
static const struct i2ctarget_device_ops ops = {
    .addressed = addressed,
    .received = received,
    .requested = requested,
    .ended = ended,
    .foresight = &foresight,
};

void i2ctarget_pca9555_init(struct i2ctarget_pca9555 *expander, uint16_t levels,
                            void (*changed)(struct i2ctarget_pca9555 *expander))
{
    *expander = (struct i2ctarget_pca9555){
        .device = {.ops = &ops},
        .changed = changed,
        .levels = levels,
        .seen = levels,
        .registers = {[OUTPUT] = 0xFF, 0xFF, [CONFIGURATION] = 0xFF, 0xFF},
    };
}
