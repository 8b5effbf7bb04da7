/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device pca9555`: prints every change of an output from the device's callbacks, so that
 * a pulse within one message is shown, also on the line INT.
 */
#include "i2ctarget/devices/pca9555.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"
#include "cli/devices/output_line.h"

enum { INPUTS = MODEL_OPTION, LEVELS_MAX = 0xFFFF };

static const struct option options[] = {
    {"inputs", required_argument, NULL, INPUTS},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --inputs LEVELS       levels from outside at pins 15 to 0, 0x0000..0xffff (default 0xffff)\n";

static const char output[] =
    "  pin N output high     or low: what it drives, when that or the direction changes\n"
    "  pin N input           it does not drive any more\n"
    "  interrupt active      or inactive\n";

static struct i2ctarget_pca9555 expander;
static unsigned long levels = LEVELS_MAX;
static uint16_t said_outputs, said_pins;
static bool said_interrupt;

/* ---- what changed ---------------------------------------------------------------------------- */

static void say_pin(unsigned pin, uint16_t outputs, uint16_t pins)
{
    uint16_t bit = (uint16_t)(1 << pin);
    bool is_output = outputs & bit, was_output = said_outputs & bit;
    if (is_output && (!was_output || ((pins ^ said_pins) & bit)))
        printf("pin %u output %s\n", pin, pins & bit ? "high" : "low");
    else if (!is_output && was_output)
        printf("pin %u input\n", pin);
}

static void say_changes(struct i2ctarget_pca9555 *self)
{
    uint16_t outputs = i2ctarget_pca9555_outputs(self), pins = i2ctarget_pca9555_pins(self);
    bool is_interrupting = i2ctarget_pca9555_is_interrupting(self);
    for (unsigned pin = 0; pin < I2CTARGET_PCA9555_PINS; pin++)
        say_pin(pin, outputs, pins);
    if (is_interrupting != said_interrupt)
        printf("interrupt %s\n", is_interrupting ? "active" : "inactive");
    said_outputs = outputs;
    said_pins = pins;
    said_interrupt = is_interrupting;
    output_line_follow();
}

/* ---- options and commands -------------------------------------------------------------------- */

static bool take_option(int option, const char *argument)
{
    (void)option;
    if (numbers_whole(argument, 0, LEVELS_MAX, &levels))
        return true;
    cli_misuse(model_word, "--inputs %s: 0x0000..0xffff", argument);
    return false;
}

static void apply(void)
{
    i2ctarget_pca9555_set_levels(&expander, (uint16_t)levels);
    say_changes(&expander);
}

static bool set_pin(char **words)
{
    unsigned long pin;
    bool is_high = words[0] && words[1] && strcmp(words[1], "high") == 0;
    if (!words[0] || !words[1] || words[2] ||
        !numbers_whole(words[0], 0, I2CTARGET_PCA9555_PINS - 1, &pin) ||
        (!is_high && strcmp(words[1], "low") != 0)) {
        cli_error(model_word, "pin 0..15 high or low");
        return false;
    }
    levels = is_high ? levels | 1ul << pin : levels & ~(1ul << pin);
    apply();
    return true;
}

static bool set_inputs(char **words)
{
    unsigned long value;
    if (!words[0] || words[1] || !numbers_whole(words[0], 0, LEVELS_MAX, &value)) {
        cli_error(model_word, "inputs 0x0000..0xffff");
        return false;
    }
    levels = value;
    apply();
    return true;
}

static const struct model_command commands[] = {
    {"pin", "pin N high|low", set_pin},
    {"inputs", "inputs LEVELS", set_inputs},
    {NULL, NULL, NULL},
};

static int begin(uint8_t address)
{
    (void)address;
    i2ctarget_pca9555_init(&expander, (uint16_t)levels, say_changes);
    return 1;
}

static bool line(void)
{
    return !i2ctarget_pca9555_is_interrupting(&expander);
}

const struct model model_pca9555 = {
    .name = "pca9555",
    .summary = "GPIO expander PCA9555, 16 pins and an interrupt",
    .help = help,
    .output = output,
    .address = I2CTARGET_PCA9555_ADDRESS,
    .device = &expander.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .commands = commands,
    .line = line,
    .line_name = "INT",
};
