/* SPDX-License-Identifier: MIT */
#include "emulator/board/uf2.h"

#include <stdio.h>
#include <string.h>

#include "link/protocol.h"

enum { BLOCK = 512, DATA = 32, DATA_MAX = 476 };

/* Words of a block. */
enum {
    MAGIC_0 = 0,
    MAGIC_1 = 4,
    FLAGS = 8,
    ADDRESS = 12,
    PAYLOAD = 16,
    NUMBER = 20,
    COUNT = 24,
    FAMILY = 28,
    MAGIC_END = 508
};

enum { NOT_MAIN_FLASH = 0x1, HAS_FAMILY = 0x2000 };

static bool is_block(const uint8_t *block)
{
    return get_u32(block + MAGIC_0) == 0x0A324655 && get_u32(block + MAGIC_1) == 0x9E5D5157 &&
           get_u32(block + MAGIC_END) == 0x0AB16F30;
}

static const char *load_block(struct core *core, const uint8_t *block, uint32_t family)
{
    uint32_t flags = get_u32(block + FLAGS);
    uint32_t payload = get_u32(block + PAYLOAD);
    if (!is_block(block))
        return "not a UF2 file";
    if (flags & NOT_MAIN_FLASH)
        return NULL;
    if (!(flags & HAS_FAMILY) || get_u32(block + FAMILY) != family)
        return "made for another chip";
    uint8_t *memory =
        payload <= DATA_MAX ? core_bytes(core, get_u32(block + ADDRESS), payload) : NULL;
    if (!memory)
        return "an address is not in the chip's memory";
    memcpy(memory, block + DATA, payload);
    return NULL;
}

static const char *load(struct core *core, FILE *file, uint32_t family)
{
    uint8_t block[BLOCK];
    uint32_t number = 0, count = 0;
    const char *trouble = NULL;
    while (!trouble && fread(block, sizeof block, 1, file) == 1) {
        count = get_u32(block + COUNT);
        if (is_block(block) && get_u32(block + NUMBER) != number++)
            trouble = "a block is missing";
        else
            trouble = load_block(core, block, family);
    }
    if (!trouble && (number == 0 || number != count))
        trouble = "incomplete";
    return trouble;
}

const char *uf2_load(struct core *core, const char *path, uint32_t family)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return "cannot be opened";
    const char *trouble = load(core, file, family);
    fclose(file);
    return trouble;
}
