/* SPDX-License-Identifier: MIT */
#include "cli/boards/chip.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "cli/boards/table.h"

void chip_load(struct chip *chip, const char *mcu)
{
    struct table_row row;
    const char *at = table_chips();
    chip->count = 0;
    while (*at && chip->count < CHIP_PINS_MAX) {
        at = table_take_row(at, &row);
        if (fnmatch(row.fields[CHIP_MCU], mcu, 0) != 0)
            continue;
        struct chip_pin *pin = &chip->pins[chip->count++];
        table_copy(pin->name, sizeof pin->name, row.fields[CHIP_PIN]);
        table_copy(pin->serves, sizeof pin->serves, row.fields[CHIP_SERVES]);
        table_copy(pin->note, sizeof pin->note, row.fields[CHIP_NOTE]);
    }
}

const struct chip_pin *chip_find(const struct chip *chip, const char *name)
{
    for (size_t i = 0; i < chip->count; i++) {
        if (strcmp(chip->pins[i].name, name) == 0)
            return &chip->pins[i];
    }
    return NULL;
}

bool chip_pin_serves(const struct chip_pin *pin, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = pin->serves; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if (size == length && strncmp(at, word, length) == 0)
            return true;
        at += size;
    }
    return false;
}

bool chip_pair(const struct chip_pin *scl, const struct chip_pin *sda, char block[CHIP_BLOCK_MAX])
{
    for (const char *at = sda->serves; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        size_t name = strcspn(at, "= ");
        char wanted[CHIP_BLOCK_MAX + sizeof "=SCL"];
        snprintf(block, CHIP_BLOCK_MAX, "%.*s", (int)name, at);
        snprintf(wanted, sizeof wanted, "%s=SCL", block);
        if (size == name + strlen("=SDA") && strncmp(at + name, "=SDA", size - name) == 0 &&
            chip_pin_serves(scl, wanted))
            return true;
        at += size;
    }
    block[0] = '\0';
    return false;
}
