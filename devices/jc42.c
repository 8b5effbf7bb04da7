/* SPDX-License-Identifier: MIT */
/*
 * A register is copied when it is addressed, so that both bytes belong together.  It is written back
 * when both have come.
 *
 * The alarms live in the register of the temperature, where controllers see them.
 */
#include "i2ctarget/devices/jc42.h"

enum {
    CAPABILITIES,
    CONFIGURATION,
    UPPER,
    LOWER,
    CRITICAL,
    TEMPERATURE,
    MANUFACTURER,
    DEVICE,
    REGISTERS
};

/* EVENT in shutdown is off, SMBus time-out, V_HV at A0, 0.125 °C, below 0 °C, ±1 °C, alarms */
enum { ALL_CAPABILITIES = 0x00F7, ATMEL = 0x1114, AT30TSE004 = 0x2200 };

enum {
    INTERRUPT_MODE = 0x001,
    ACTIVE_HIGH = 0x002,
    CRITICAL_ONLY = 0x004,
    EVENT_ENABLED = 0x008,
    EVENT_STATUS = 0x010, /* read only */
    CLEAR_EVENT = 0x020,  /* write only */
    WINDOW_LOCK = 0x040,
    CRITICAL_LOCK = 0x080,
    LOCKS = WINDOW_LOCK | CRITICAL_LOCK,
    SHUTDOWN = 0x100,
    HYSTERESIS_SHIFT = 9,
    HYSTERESIS = 3 << HYSTERESIS_SHIFT,
    WRITABLE = 0x7CF,
};

enum { BELOW = 0x2000, ABOVE = 0x4000, IS_CRITICAL = 0x8000, ALARMS = 0xE000 };

/* 0.0625 °C each; a limit has no bits below 0.25 °C, the temperature none below 0.125 °C. */
enum { SIGN = 0x1000, LIMIT_MASK = 0x1FFC, TEMPERATURE_MASK = 0x1FFE };

static struct i2ctarget_jc42 *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_jc42 *)device;
}

/* The sixteenths of a degree in a word. */
static int sixteenths(uint16_t word)
{
    return (int)((word & (SIGN - 1u)) - (word & SIGN));
}

static uint16_t word_of(int32_t millicelsius)
{
    int32_t sixteenths = millicelsius * 2 / 125;
    if (millicelsius * 2 % 125 < 0)
        sixteenths--;
    return (uint16_t)((uint32_t)sixteenths & TEMPERATURE_MASK);
}

/* ---- the alarms ------------------------------------------------------------------------------ */

static int hysteresis(const struct i2ctarget_jc42 *jc42)
{
    static const uint8_t steps[] = {0, 24, 48, 96};
    return steps[(jc42->words[CONFIGURATION] & HYSTERESIS) >> HYSTERESIS_SHIFT];
}

/* An alarm begins at `begin` and ends below `end`; hysteresis lies between them. */
static uint16_t judged(uint16_t alarm, uint16_t alarms, bool begins, bool ends)
{
    return (uint16_t)((alarms & alarm) || begins ? (ends ? 0 : alarm) : 0);
}

static uint16_t judge(const struct i2ctarget_jc42 *jc42, uint16_t word)
{
    uint16_t alarms = jc42->words[TEMPERATURE];
    int now = sixteenths(word), gap = hysteresis(jc42),
        critical = sixteenths(jc42->words[CRITICAL]);
    int upper = sixteenths(jc42->words[UPPER]), lower = sixteenths(jc42->words[LOWER]);
    return (uint16_t)(judged(IS_CRITICAL, alarms, now >= critical, now < critical - gap) |
                      judged(ABOVE, alarms, now > upper, now <= upper - gap) |
                      judged(BELOW, alarms, now < lower - gap, now >= lower));
}

void i2ctarget_jc42_convert(struct i2ctarget_jc42 *jc42, int32_t millicelsius)
{
    if (jc42->words[CONFIGURATION] & SHUTDOWN)
        return;
    if (millicelsius < I2CTARGET_JC42_MILLICELSIUS_MIN)
        millicelsius = I2CTARGET_JC42_MILLICELSIUS_MIN;
    if (millicelsius > I2CTARGET_JC42_MILLICELSIUS_MAX)
        millicelsius = I2CTARGET_JC42_MILLICELSIUS_MAX;
    uint16_t word = word_of(millicelsius), alarms = judge(jc42, word);
    if ((alarms ^ jc42->words[TEMPERATURE]) & (ABOVE | BELOW))
        jc42->is_set = true;
    jc42->words[TEMPERATURE] = word | alarms;
}

bool i2ctarget_jc42_event_is_active(const struct i2ctarget_jc42 *jc42)
{
    unsigned configuration = jc42->words[CONFIGURATION], alarms = jc42->words[TEMPERATURE];
    if (!(configuration & EVENT_ENABLED) || configuration & SHUTDOWN)
        return false;
    if (alarms & IS_CRITICAL)
        return true;
    if (configuration & CRITICAL_ONLY)
        return false;
    return configuration & INTERRUPT_MODE ? jc42->is_set : (alarms & (ABOVE | BELOW)) != 0;
}

bool i2ctarget_jc42_event_pin(const struct i2ctarget_jc42 *jc42)
{
    bool is_active_high = (jc42->words[CONFIGURATION] & ACTIVE_HIGH) != 0;
    return i2ctarget_jc42_event_is_active(jc42) == is_active_high;
}

/* ---- registers ------------------------------------------------------------------------------- */

/* Under a lock only the other lock can be set, shutdown be ended, and EVENT be cleared. */
static uint16_t permitted(uint16_t before, uint16_t value)
{
    uint16_t kept = before & (uint16_t) ~(LOCKS | SHUTDOWN);
    return (uint16_t)(kept | ((before | value) & LOCKS) | (before & value & SHUTDOWN) |
                      (value & CLEAR_EVENT));
}

static void set_configuration(struct i2ctarget_jc42 *jc42, uint16_t value)
{
    uint16_t before = jc42->words[CONFIGURATION];
    if (before & LOCKS)
        value = permitted(before, value);
    if (value & CLEAR_EVENT || (value ^ before) & INTERRUPT_MODE)
        jc42->is_set = false;
    jc42->words[CONFIGURATION] = value & WRITABLE;
}

static void store(struct i2ctarget_jc42 *jc42)
{
    uint16_t word = (uint16_t)(jc42->bytes[0] << 8 | jc42->bytes[1]);
    unsigned locks = jc42->words[CONFIGURATION] & LOCKS;
    bool is_window = jc42->pointer == UPPER || jc42->pointer == LOWER;
    if (jc42->pointer == CONFIGURATION)
        set_configuration(jc42, word);
    else if ((is_window && !(locks & WINDOW_LOCK)) ||
             (jc42->pointer == CRITICAL && !(locks & CRITICAL_LOCK)))
        jc42->words[jc42->pointer] = word & LIMIT_MASK;
}

static uint16_t value_of(const struct i2ctarget_jc42 *jc42)
{
    if (jc42->pointer >= REGISTERS)
        return 0;
    uint16_t word = jc42->words[jc42->pointer];
    if (jc42->pointer == CONFIGURATION && i2ctarget_jc42_event_is_active(jc42))
        word |= EVENT_STATUS;
    return word;
}

/* ---- the bus --------------------------------------------------------------------------------- */

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_jc42 *jc42 = from(device);
    uint16_t word = value_of(jc42);
    (void)address;
    (void)is_read;
    (void)is_restart;
    jc42->is_pointed = false;
    jc42->position = 0;
    jc42->bytes[0] = (uint8_t)(word >> 8);
    jc42->bytes[1] = (uint8_t)word;
    return true;
}

static uint8_t *next_byte(struct i2ctarget_jc42 *jc42)
{
    uint8_t *byte = &jc42->bytes[jc42->position];
    jc42->position ^= 1;
    return byte;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_jc42 *jc42 = from(device);
    if (!jc42->is_pointed) {
        jc42->is_pointed = true;
        jc42->pointer = byte;
        return true;
    }
    *next_byte(jc42) = byte;
    if (jc42->position == 0)
        store(jc42);
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    return *next_byte(from(device));
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    (void)device;
    (void)cause;
    (void)moved;
}

/* ---- what comes next ------------------------------------------------------------------------- */

static size_t peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    const struct i2ctarget_jc42 *jc42 = from(device);
    for (size_t i = 0; i < size; i++)
        bytes[i] = jc42->bytes[(jc42->position + i) % 2];
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

void i2ctarget_jc42_init(struct i2ctarget_jc42 *jc42)
{
    *jc42 = (struct i2ctarget_jc42){
        .device = {.ops = &ops},
        .words = {[CAPABILITIES] = ALL_CAPABILITIES, [MANUFACTURER] = ATMEL, [DEVICE] = AT30TSE004},
    };
}
