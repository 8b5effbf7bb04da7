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

const char *chip_pin_way(const struct chip_pin *pin, const char *beginning)
{
    size_t length = strlen(beginning);
    for (const char *at = pin->serves; *at; at += strspn(at, " ")) {
        if (strncmp(at, beginning, length) == 0)
            return at;
        at += strcspn(at, " ");
    }
    return NULL;
}

static bool processor_serves(const struct chip_pin *scl, const struct chip_pin *sda)
{
    const char *scl_line = chip_pin_way(scl, "EXTINT"), *sda_line = chip_pin_way(sda, "EXTINT");
    if (!scl_line || !sda_line)
        return false;
    size_t size = strcspn(scl_line, " ");
    return size != strcspn(sda_line, " ") || strncmp(scl_line, sda_line, size) != 0;
}

/* The next word from `at` on that ends so; an empty text: there is none. */
static const char *next_with(const char *at, const char *ending)
{
    for (; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " "), length = strlen(ending);
        if (size > length && strncmp(at + size - length, ending, length) == 0)
            return at;
        at += size;
    }
    return at;
}

static const char *behind(const char *word)
{
    word += strcspn(word, " ");
    return word + strspn(word, " ");
}

/* The name of a block goes up to one of `ends`. */
static bool share_block(const struct chip_pin *scl, const struct chip_pin *sda, const char *ends,
                        char block[CHIP_BLOCK_MAX])
{
    const char *data = next_with(sda->serves, "=SDA");
    for (; *data; data = next_with(behind(data), "=SDA")) {
        size_t size = strcspn(data, ends);
        const char *clock = next_with(scl->serves, "=SCL");
        for (; *clock; clock = next_with(behind(clock), "=SCL")) {
            if (strcspn(clock, ends) != size || strncmp(clock, data, size) != 0)
                continue;
            snprintf(block, CHIP_BLOCK_MAX, "%.*s", (int)size, data);
            return true;
        }
    }
    return false;
}

bool chip_pair(const struct chip_pin *scl, const struct chip_pin *sda, char block[CHIP_BLOCK_MAX])
{
    block[0] = '\0';
    return share_block(scl, sda, "=", block) || share_block(scl, sda, "/=", block) ||
           processor_serves(scl, sda);
}
