/* SPDX-License-Identifier: MIT */
/*
 * ADS7828: an analogue-to-digital converter, 8 channels, 12 bits.
 *
 *   write   a command byte: single-ended or differential, which channel, which reference; of
 *           several the last one counts
 *   read    the conversion that the command asks for, two bytes; what follows them is 0xFF.
 *           Every read converts anew, also without a command before it
 *
 * A conversion takes the inputs as they are when the read is addressed.  The result is straight
 * binary: 0 at 0 V (and below, of a difference), 4095 at the reference less one step, and above.
 *
 * The facts are those of the data sheet (TI SBAS181C).  Its settling times are not modelled: the
 * internal reference is there as soon as it is asked for.
 */
#ifndef I2CTARGET_DEVICES_ADS7828_H
#define I2CTARGET_DEVICES_ADS7828_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_ADS7828_ADDRESS = 0x48, /* with A1 and A0 low; up to 0x4b */
    I2CTARGET_ADS7828_CHANNELS = 8,
    I2CTARGET_ADS7828_INTERNAL_UV = 2500000,
    I2CTARGET_ADS7828_INPUT_UV_MAX = 5500000,
};

/* Its members are the device's own. */
struct i2ctarget_ads7828 {
    struct i2ctarget_device device; /* first member */
    uint32_t reference_uv;
    uint32_t input_uv[I2CTARGET_ADS7828_CHANNELS];
    uint8_t command;
    uint8_t position; /* of a read */
    uint8_t result[2];
};

/*
 * As at power-up: all inputs at 0 V, differential, channel 0 against 1, internal reference off.
 * reference_uv: what is at the reference pin, microvolts; 0: nothing.  With the internal reference
 * off and nothing there, every input above 0 V is over the range.
 */
I2CTARGET_API void i2ctarget_ads7828_init(struct i2ctarget_ads7828 *adc, uint32_t reference_uv);

/*
 * The voltage at a channel, 0..7, against COM.  Microvolts; more than
 * I2CTARGET_ADS7828_INPUT_UV_MAX is limited.  One store: any context.  Channels that change
 * together do so between i2ctarget_lock() and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_ads7828_set_input(struct i2ctarget_ads7828 *adc, unsigned channel,
                                               uint32_t microvolts);

#ifdef __cplusplus
}
#endif
#endif
