/* SPDX-License-Identifier: MIT */
#include "cli/devices/temperature.h"

#include "cli/cli.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"

enum { MILLI = 1000 };

static bool parse(struct temperature *self, const char *text)
{
    long value;
    if (!numbers_decimal(text, MILLI, self->min, self->max, &value))
        return false;
    self->millicelsius = value;
    return true;
}

bool temperature_take_option(struct temperature *self, const char *argument)
{
    if (parse(self, argument))
        return true;
    cli_misuse(model_word, "--temperature %s: %ld to %ld", argument, self->min / MILLI,
               self->max / MILLI);
    return false;
}

bool temperature_take_words(struct temperature *self, char **words)
{
    if (words[0] && !words[1] && parse(self, words[0]))
        return true;
    cli_error(model_word, "temperature CELSIUS, %ld to %ld", self->min / MILLI, self->max / MILLI);
    return false;
}
