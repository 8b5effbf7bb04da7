/* SPDX-License-Identifier: MIT */
/*
 * ADS7828: an analogue-to-digital converter, 8 channels, 12 bits.
 *
 *   write   a command byte: single-ended or differential, channel, reference; if there are several
 *           bytes, the last one counts
 *   read    the result of the conversion, two bytes; after these 0xFF.  Every read makes a new
 *           conversion, also without a command before it
 *
 * A conversion takes the inputs as they are when the read is addressed.  The result is straight
 * binary: 0 for 0 V and for a negative difference; 4095 for one step below the reference and more.
 *
 * The facts are from the data sheet (TI SBAS181C).  Settling times are not modelled: the internal
 * reference is ready at once.
 */
#ifndef I2CTARGET_DEVICES_ADS7828_H
#define I2CTARGET_DEVICES_ADS7828_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_ADS7828_ADDRESS = 0x48, /* with A1 and A0 low; others up to 0x4b */
    I2CTARGET_ADS7828_CHANNELS = 8,
    I2CTARGET_ADS7828_INTERNAL_UV = 2500000,
    I2CTARGET_ADS7828_INPUT_UV_MAX = 5500000,
};

/* All members are private to the device. */
struct i2ctarget_ads7828 {
    struct i2ctarget_device device; /* first member */
    uint32_t reference_uv;
    uint32_t input_uv[I2CTARGET_ADS7828_CHANNELS];
    uint8_t command;
    uint8_t position; /* of a read */
    uint8_t result[2];
};

/*
 * The state at power-up: all inputs at 0 V, differential, channel 0 against 1, internal reference
 * off.  reference_uv: the voltage at the reference pin, in microvolts; 0: nothing is connected.
 * With no reference at all, every input above 0 V is over the range.
 */
I2CTARGET_API void i2ctarget_ads7828_init(struct i2ctarget_ads7828 *adc, uint32_t reference_uv);

/*
 * Set the voltage at a channel, 0..7, against COM, in microvolts.  Higher values than
 * I2CTARGET_ADS7828_INPUT_UV_MAX are limited to it.  Any context, as it is one store.  To change
 * several channels at once, do it between i2ctarget_lock() and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_ads7828_set_input(struct i2ctarget_ads7828 *adc, unsigned channel,
                                               uint32_t microvolts);

#ifdef __cplusplus
}
#endif
#endif
