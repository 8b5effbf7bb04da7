/* SPDX-License-Identifier: MIT */
/*
 * What a thermometer measures, as people tell it: with an option or with a command.
 */
#ifndef CLI_DEVICES_TEMPERATURE_H
#define CLI_DEVICES_TEMPERATURE_H

#include <stdbool.h>

struct temperature {
    long millicelsius, min, max; /* the limits in whole degrees, as millidegrees */
};

/* False: the argument of --temperature is invalid; a message has been printed. */
bool temperature_take_option(struct temperature *self, const char *argument);

/* The words after `temperature`, then NULL.  False: they are invalid; a message has been printed. */
bool temperature_take_words(struct temperature *self, char **words);

#endif
