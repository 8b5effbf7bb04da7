/* SPDX-License-Identifier: MIT */
#include "cli/devices/quantity.h"

#include "cli/cli.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"

static bool parse(const struct quantity *quantity, const char *text)
{
    return numbers_decimal(text, quantity->scale, quantity->min, quantity->max, quantity->value);
}

bool quantity_take_option(const struct quantity *quantity, const char *argument)
{
    if (parse(quantity, argument))
        return true;
    cli_misuse(model_word, "--%s %s: %s", quantity->name, argument, quantity->range);
    return false;
}

bool quantity_take_words(const struct quantity *quantity, char **words)
{
    if (words[0] && !words[1] && parse(quantity, words[0]))
        return true;
    cli_error(model_word, "%s %s", quantity->name, quantity->range);
    return false;
}
