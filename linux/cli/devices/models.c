/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/devices/model.h"

const struct model *const models[] = {
    &model_eeprom, &model_lm75, &model_ads7828, &model_pca9555, &model_sbs_battery,
};
const size_t model_count = sizeof models / sizeof *models;

const char *model_word = "device";

const struct model *model_named(const char *name)
{
    for (size_t i = 0; i < model_count; i++) {
        if (strcmp(models[i]->name, name) == 0)
            return models[i];
    }
    return NULL;
}
