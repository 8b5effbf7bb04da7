/* SPDX-License-Identifier: MIT */
/*
 * Blocks of the SAM D5x/E5x model that start-up code writes and polls, and that do nothing here:
 * PM, RSTC, SUPC, NVMCTRL, CMCC.  Their registers keep their values.
 */
#include "chips/samd5x/model/samd5x_parts.h"

/* SVD: offset and resetValue.  What the SVD gives as read-only is what the chip says after reset. */
static const struct {
    uint8_t block, offset;
    uint32_t reset;
} kept[] = {
    {SAMD5X_PM, 0x01, 0x02},            /* SLEEPCFG */
    {SAMD5X_PM, 0x06, 0x01},            /* INTFLAG: SLEEPRDY */
    {SAMD5X_PM, 0x08, 0},               /* STDBYCFG */
    {SAMD5X_RSTC, 0x00, 0x01},          /* RCAUSE: POR */
    {SAMD5X_SUPC, 0x0C, 0x501},         /* STATUS: all ready */
    {SAMD5X_SUPC, 0x10, 0},             /* BOD33 */
    {SAMD5X_SUPC, 0x18, 0x02},          /* VREG */
    {SAMD5X_SUPC, 0x1C, 0},             /* VREF */
    {SAMD5X_NVMCTRL, 0x00, 0x0004},     /* CTRLA: AUTOWS */
    {SAMD5X_NVMCTRL, 0x08, 0x00060800}, /* PARAM: 512 KiB */
    {SAMD5X_NVMCTRL, 0x10, 0},          /* INTFLAG */
    {SAMD5X_NVMCTRL, 0x12, 0x0001},     /* STATUS: READY */
    {SAMD5X_CMCC, 0x00, 0x000012D2},    /* TYPE */
    {SAMD5X_CMCC, 0x04, 0x20},          /* CFG */
    {SAMD5X_CMCC, 0x0C, 0},             /* SR, follows CTRL */
};
enum { KEPT = sizeof kept / sizeof *kept, CMCC_CTRL = 0x08, CMCC_SR = 0x0C, CMCC_MAINT0 = 0x20 };
_Static_assert(KEPT <= 32, "struct samd5x has room for 32");

static uint32_t *find(struct samd5x *chip, unsigned block, uint32_t offset)
{
    unsigned i = 0;
    while (i < KEPT - 1 && (kept[i].block != block || kept[i].offset != offset))
        i++;
    return &chip->plain[i];
}

static uint32_t load(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    return *find(chip, instance, offset);
}

static void store(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                  uint32_t lanes)
{
    if (instance == SAMD5X_CMCC && offset == CMCC_CTRL) {
        *find(chip, SAMD5X_CMCC, CMCC_SR) = value & 1;
        return;
    }
    if (instance == SAMD5X_CMCC && offset == CMCC_MAINT0)
        return;
    uint32_t *at = find(chip, instance, offset);
    *at = samd5x_merge(*at, value, lanes);
}

static const struct samd5x_register pm[] = {
    {0x00, 1, SAMD5X_EXISTS, 1}, {0x01, 1, SAMD5X_RW, 1}, {0x04, 1, SAMD5X_EXISTS, 2},
    {0x06, 1, SAMD5X_R, 1},      {0x08, 1, SAMD5X_RW, 1}, {0x09, 1, SAMD5X_EXISTS, 11},
};
static const struct samd5x_register rstc[] = {
    {0x00, 1, SAMD5X_R, 1},
    {0x02, 1, SAMD5X_EXISTS, 1},
};
static const struct samd5x_register supc[] = {
    {0x00, 4, SAMD5X_EXISTS, 3}, {0x0C, 4, SAMD5X_R, 1},      {0x10, 4, SAMD5X_RW, 1},
    {0x18, 4, SAMD5X_RW, 2},     {0x20, 4, SAMD5X_EXISTS, 3},
};
static const struct samd5x_register nvmctrl[] = {
    {0x00, 2, SAMD5X_RW, 1},     {0x04, 2, SAMD5X_EXISTS, 1}, {0x08, 4, SAMD5X_R, 1},
    {0x0C, 2, SAMD5X_EXISTS, 2}, {0x10, 2, SAMD5X_R, 1},      {0x12, 2, SAMD5X_R, 1},
    {0x14, 4, SAMD5X_EXISTS, 7},
};
static const struct samd5x_register cmcc[] = {
    {0x00, 4, SAMD5X_R, 1},      {0x04, 4, SAMD5X_RW, 1},     {CMCC_CTRL, 4, SAMD5X_W, 1},
    {CMCC_SR, 4, SAMD5X_R, 1},   {0x10, 4, SAMD5X_EXISTS, 1}, {CMCC_MAINT0, 4, SAMD5X_W, 1},
    {0x24, 4, SAMD5X_EXISTS, 5},
};

#define COUNT(registers) (registers), sizeof(registers) / sizeof *(registers)
const struct samd5x_block samd5x_plain_blocks[SAMD5X_PLAIN_BLOCKS] = {
    [SAMD5X_PM] = {COUNT(pm), load, store},     [SAMD5X_RSTC] = {COUNT(rstc), load, store},
    [SAMD5X_SUPC] = {COUNT(supc), load, store}, [SAMD5X_NVMCTRL] = {COUNT(nvmctrl), load, store},
    [SAMD5X_CMCC] = {COUNT(cmcc), load, store},
};

void samd5x_reset_plain(struct samd5x *chip)
{
    for (unsigned i = 0; i < KEPT; i++)
        chip->plain[i] = kept[i].reset;
}
