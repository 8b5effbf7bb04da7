/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device ads7828`.
 */
#include "i2ctarget/devices/ads7828.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"

enum { REFERENCE = MODEL_OPTION, CHANNEL, MICRO = 1000000, REFERENCE_UV_MAX = 5250000 };

static const struct option options[] = {
    {"reference", required_argument, NULL, REFERENCE},
    {"channel", required_argument, NULL, CHANNEL},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --channel N=VOLTS     voltage at channel 0..7, 0 to 5.5 (default 0); several times\n"
    "  --reference VOLTS     voltage at the reference pin, 0 to 5.25 (default 0: nothing); it\n"
    "                        counts while the internal one, 2.5 V, is off\n";

static struct i2ctarget_ads7828 adc;
static long reference_uv;
static long input_uv[I2CTARGET_ADS7828_CHANNELS];

static bool take_channel(const char *number, const char *volts)
{
    unsigned long channel;
    return numbers_whole(number, 0, I2CTARGET_ADS7828_CHANNELS - 1, &channel) &&
           numbers_decimal(volts, MICRO, 0, I2CTARGET_ADS7828_INPUT_UV_MAX, &input_uv[channel]);
}

/* "3=1.25" */
static bool take_assignment(const char *text)
{
    char number[8];
    const char *sign = strchr(text, '=');
    if (!sign || (size_t)(sign - text) >= sizeof number)
        return false;
    memcpy(number, text, (size_t)(sign - text));
    number[sign - text] = '\0';
    return take_channel(number, sign + 1);
}

static bool take_option(int option, const char *argument)
{
    if (option == CHANNEL) {
        if (take_assignment(argument))
            return true;
        cli_misuse(model_word, "--channel %s: 0..7=VOLTS, 0 to 5.5", argument);
        return false;
    }
    if (numbers_decimal(argument, MICRO, 0, REFERENCE_UV_MAX, &reference_uv))
        return true;
    cli_misuse(model_word, "--reference %s: 0 to 5.25", argument);
    return false;
}

static void apply(void)
{
    for (unsigned channel = 0; channel < I2CTARGET_ADS7828_CHANNELS; channel++)
        i2ctarget_ads7828_set_input(&adc, channel, (uint32_t)input_uv[channel]);
}

static bool set_channel(char **words)
{
    if (!words[0] || !words[1] || words[2] || !take_channel(words[0], words[1])) {
        cli_error(model_word, "channel 0..7 VOLTS, 0 to 5.5");
        return false;
    }
    apply();
    return true;
}

static const struct model_command commands[] = {
    {"channel", "channel N VOLTS", set_channel},
    {NULL, NULL, NULL},
};

static int begin(uint8_t address)
{
    (void)address;
    i2ctarget_ads7828_init(&adc, (uint32_t)reference_uv);
    apply();
    return 1;
}

const struct model model_ads7828 = {
    .name = "ads7828",
    .summary = "analogue-to-digital converter ADS7828, 8 channels of 12 bits",
    .help = help,
    .address = I2CTARGET_ADS7828_ADDRESS,
    .device = &adc.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .commands = commands,
};
