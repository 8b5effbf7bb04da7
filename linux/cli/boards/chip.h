/* SPDX-License-Identifier: MIT */
/*
 * Which pins of a chip can be SCL and SDA of a target: boards/chips.csv, by the rule of
 * boards/chips.py.  Two pins serve if both say "any", if one says BLOCK=SCL and the other BLOCK=SDA
 * of one block (of a SERCOM/FUNCTION the SERCOM), or if both say EXTINT with different numbers.
 */
#ifndef CLI_BOARDS_CHIP_H
#define CLI_BOARDS_CHIP_H

#include <stdbool.h>
#include <stddef.h>

enum { CHIP_PINS_MAX = 128, CHIP_PIN_NAME_MAX = 16, CHIP_BLOCK_MAX = 16 };

struct chip_pin {
    char name[CHIP_PIN_NAME_MAX];
    char serves[64]; /* words: "any", "SERCOM2/C=SDA", "EXTINT5"; empty: it can not serve */
    char note[32];   /* why it can not, or what it does besides */
};

struct chip {
    struct chip_pin pins[CHIP_PINS_MAX];
    size_t count;
};

/* The pins of a chip, as the column `mcu` of boards.csv names it. */
void chip_load(struct chip *chip, const char *mcu);

/* NULL: the chip has no such pin. */
const struct chip_pin *chip_find(const struct chip *chip, const char *name);

/* Does it say this word? */
bool chip_pin_serves(const struct chip_pin *pin, const char *word);

/* The word that begins so; NULL: there is none. */
const char *chip_pin_way(const struct chip_pin *pin, const char *beginning);

/*
 * Do these serve as SCL and SDA, other than as any two do?  `block` is the first one that has them;
 * empty: the processor serves them.
 */
bool chip_pair(const struct chip_pin *scl, const struct chip_pin *sda, char block[CHIP_BLOCK_MAX]);

#endif
