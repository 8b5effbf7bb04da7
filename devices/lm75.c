/* SPDX-License-Identifier: MIT */
/*
 * A register is copied when it is addressed, so that both bytes of a word belong together.  It is
 * written back when all its bytes have come.
 */
#include "i2ctarget/devices/lm75.h"

enum { TEMPERATURE, CONFIGURATION, HYSTERESIS, OVER_TEMPERATURE, REGISTERS, POINTERS = 8 };

enum { SHUTDOWN = 1, INTERRUPT_MODE = 2, ACTIVE_HIGH = 4, QUEUE_SHIFT = 3, WRITABLE = 0x1F };

/* Nine bits at the top of a word, 0.5 °C each. */
enum { STEP_MILLICELSIUS = 500, STEP_SHIFT = 7, WORD_MASK = 0xFF80 };

static struct i2ctarget_lm75 *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_lm75 *)device;
}

static uint16_t word_of(int32_t millicelsius)
{
    int32_t steps = millicelsius / STEP_MILLICELSIUS;
    if (millicelsius % STEP_MILLICELSIUS < 0)
        steps--;
    return (uint16_t)((uint32_t)steps << STEP_SHIFT);
}

static bool is_above(uint16_t word, uint16_t other)
{
    return (int16_t)word > (int16_t)other;
}

/* ---- OS -------------------------------------------------------------------------------------- */

/*
 * In interrupt mode each crossing of a limit makes the output active.  In comparator mode the
 * output follows the comparison.
 */
static void cross(struct i2ctarget_lm75 *lm75)
{
    lm75->faults = 0;
    lm75->is_hot = !lm75->is_hot;
    lm75->is_active = lm75->is_hot || lm75->configuration & INTERRUPT_MODE;
}

static void judge(struct i2ctarget_lm75 *lm75)
{
    static const uint8_t queue[] = {1, 2, 4, 6};
    uint16_t temperature = lm75->words[TEMPERATURE];
    bool is_fault = lm75->is_hot ? is_above(lm75->words[HYSTERESIS], temperature)
                                 : is_above(temperature, lm75->words[OVER_TEMPERATURE]);
    lm75->faults = is_fault ? (uint8_t)(lm75->faults + 1) : 0;
    if (lm75->faults >= queue[lm75->configuration >> QUEUE_SHIFT & 3])
        cross(lm75);
}

void i2ctarget_lm75_convert(struct i2ctarget_lm75 *lm75, int32_t millicelsius)
{
    if (lm75->configuration & SHUTDOWN)
        return;
    if (millicelsius < I2CTARGET_LM75_MILLICELSIUS_MIN)
        millicelsius = I2CTARGET_LM75_MILLICELSIUS_MIN;
    if (millicelsius > I2CTARGET_LM75_MILLICELSIUS_MAX)
        millicelsius = I2CTARGET_LM75_MILLICELSIUS_MAX;
    lm75->words[TEMPERATURE] = word_of(millicelsius);
    judge(lm75);
}

bool i2ctarget_lm75_os_is_active(const struct i2ctarget_lm75 *lm75)
{
    return lm75->is_active;
}

bool i2ctarget_lm75_os_pin(const struct i2ctarget_lm75 *lm75)
{
    return lm75->is_active == ((lm75->configuration & ACTIVE_HIGH) != 0);
}

/* ---- registers ------------------------------------------------------------------------------- */

static void set_configuration(struct i2ctarget_lm75 *lm75, uint8_t value)
{
    uint8_t before = lm75->configuration;
    lm75->configuration = value & WRITABLE;
    if (lm75->configuration & INTERRUPT_MODE) {
        if (lm75->configuration & SHUTDOWN)
            lm75->is_active = false;
    } else if (before & INTERRUPT_MODE) {
        lm75->is_active = lm75->is_hot;
    }
}

/* Into `bytes`. */
static void load(struct i2ctarget_lm75 *lm75)
{
    lm75->position = 0;
    lm75->width = 1;
    if (lm75->pointer == CONFIGURATION) {
        lm75->bytes[0] = lm75->configuration;
    } else if (lm75->pointer < REGISTERS) {
        lm75->bytes[0] = (uint8_t)(lm75->words[lm75->pointer] >> 8);
        lm75->bytes[1] = (uint8_t)lm75->words[lm75->pointer];
        lm75->width = 2;
    } else {
        lm75->bytes[0] = lm75->last;
    }
}

/* All bytes of the register are in `bytes`. */
static void store(struct i2ctarget_lm75 *lm75)
{
    uint16_t word = (uint16_t)(lm75->bytes[0] << 8 | lm75->bytes[1]) & WORD_MASK;
    if (lm75->pointer == CONFIGURATION)
        set_configuration(lm75, lm75->bytes[0]);
    else if (lm75->pointer == HYSTERESIS || lm75->pointer == OVER_TEMPERATURE)
        lm75->words[lm75->pointer] = word;
}

/* ---- the bus --------------------------------------------------------------------------------- */

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_lm75 *lm75 = from(device);
    (void)address;
    (void)is_restart;
    lm75->is_read = is_read;
    lm75->is_pointed = false;
    load(lm75);
    return true;
}

static uint8_t *next_byte(struct i2ctarget_lm75 *lm75)
{
    uint8_t *byte = &lm75->bytes[lm75->position];
    lm75->position = (uint8_t)(lm75->position + 1) % lm75->width;
    return byte;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_lm75 *lm75 = from(device);
    if (!lm75->is_pointed) {
        lm75->is_pointed = true;
        lm75->pointer = byte % POINTERS;
        load(lm75);
        return true;
    }
    *next_byte(lm75) = byte;
    if (lm75->position == 0)
        store(lm75);
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    return *next_byte(from(device));
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_lm75 *lm75 = from(device);
    (void)cause;
    if (!lm75->is_read || moved == 0)
        return;
    lm75->last = lm75->bytes[(moved - 1) % lm75->width];
    if (lm75->configuration & INTERRUPT_MODE)
        lm75->is_active = false;
}

/* ---- what comes next ------------------------------------------------------------------------- */

static size_t peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    const struct i2ctarget_lm75 *lm75 = from(device);
    for (size_t i = 0; i < size; i++)
        bytes[i] = lm75->bytes[(lm75->position + i) % lm75->width];
    return size;
}

static const struct i2ctarget_foresight foresight = {.accepts = i2ctarget_accepts_all,
                                                     .peek = peek};
static const struct i2ctarget_device_ops ops = {
    .addressed = addressed,
    .received = received,
    .requested = requested,
    .ended = ended,
    .foresight = &foresight,
};

void i2ctarget_lm75_init(struct i2ctarget_lm75 *lm75)
{
    *lm75 = (struct i2ctarget_lm75){
        .device = {.ops = &ops},
        .words = {[HYSTERESIS] = word_of(75000), [OVER_TEMPERATURE] = word_of(80000)},
    };
}
