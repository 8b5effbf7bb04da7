/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/devices/model.h"

const struct model *const models[] = {
    &model_eeprom,    &model_edid,    &model_ee1004,  &model_jc42,        &model_spd5118,
    &model_lm75,      &model_ads7828, &model_pca9555, &model_sbs_battery, &model_pmbus,
    &model_registers, &model_replay,  NULL,
};

const char *model_word = "device";

const struct model *model_named(const char *name)
{
    const struct model *const *at = models;
    while (*at && strcmp((*at)->name, name) != 0)
        at++;
    return *at;
}
