/* SPDX-License-Identifier: MIT */
#include "i2ctarget/devices/ads7828.h"

/* The command byte. */
enum { SINGLE_ENDED = 0x80, CHANNEL_SHIFT = 4, INTERNAL_REFERENCE = 0x08 };

enum { BITS = 12, RESULT_MAX = (1 << BITS) - 1, BYTES = 2 };

static struct i2ctarget_ads7828 *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_ads7828 *)device;
}

/*
 * Finds the bits one after the other, from the highest, as the chip does.  No product needs more
 * than 32 bits.
 */
static uint16_t convert(uint32_t input_uv, uint32_t reference_uv)
{
    uint16_t result = 0;
    if (input_uv >= reference_uv)
        return input_uv ? RESULT_MAX : 0;
    for (unsigned bit = 0; bit < BITS; bit++) {
        input_uv *= 2;
        result = (uint16_t)(result << 1);
        if (input_uv >= reference_uv) {
            input_uv -= reference_uv;
            result |= 1;
        }
    }
    return result;
}

/*
 * C2 C1 C0 select the channel.  Single-ended: channels 0 2 4 6 1 3 5 7.  Differential: each of
 * these against the other channel of its pair.
 */
static uint32_t chosen_input_uv(const struct i2ctarget_ads7828 *adc)
{
    unsigned code = adc->command >> CHANNEL_SHIFT & 7;
    unsigned channel = (code & 3) * 2 + (code >> 2);
    uint32_t plus_uv = adc->input_uv[channel];
    uint32_t minus_uv = adc->command & SINGLE_ENDED ? 0 : adc->input_uv[channel ^ 1];
    return plus_uv > minus_uv ? plus_uv - minus_uv : 0;
}

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_ads7828 *adc = from(device);
    (void)address;
    (void)is_restart;
    if (is_read) {
        bool is_internal = adc->command & INTERNAL_REFERENCE;
        uint16_t result = convert(chosen_input_uv(adc),
                                  is_internal ? I2CTARGET_ADS7828_INTERNAL_UV : adc->reference_uv);
        adc->result[0] = (uint8_t)(result >> 8);
        adc->result[1] = (uint8_t)result;
        adc->position = 0;
    }
    return true;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    from(device)->command = byte;
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    struct i2ctarget_ads7828 *adc = from(device);
    return adc->position < BYTES ? adc->result[adc->position++] : I2CTARGET_RELEASE;
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
    const struct i2ctarget_ads7828 *adc = from(device);
    size_t count = 0;
    while (count < size && adc->position + count < BYTES) {
        bytes[count] = adc->result[adc->position + count];
        count++;
    }
    return count;
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

void i2ctarget_ads7828_init(struct i2ctarget_ads7828 *adc, uint32_t reference_uv)
{
    *adc = (struct i2ctarget_ads7828){.device = {.ops = &ops}, .reference_uv = reference_uv};
}

void i2ctarget_ads7828_set_input(struct i2ctarget_ads7828 *adc, unsigned channel,
                                 uint32_t microvolts)
{
    if (channel < I2CTARGET_ADS7828_CHANNELS)
        adc->input_uv[channel] = microvolts > I2CTARGET_ADS7828_INPUT_UV_MAX
                                     ? I2CTARGET_ADS7828_INPUT_UV_MAX
                                     : microvolts;
}
