/* SPDX-License-Identifier: MIT */
#include "cli/devices/image.h"

#include <stdbool.h>
#include <string.h>

/* Where a memory module says what it is, and where the CRC of all before it is. */
enum { SPD_TYPE = 2, SPD_TYPE_DDR4 = 0x0C, SPD_TYPE_DDR5 = 0x12, CRC_DDR4 = 126, CRC_DDR5 = 510 };

static bool starts_with(const uint8_t *bytes, size_t length, const char *mark, size_t count)
{
    return length >= count && memcmp(bytes, mark, count) == 0;
}

/* CRC-16 with polynomial 0x1021, which begins with 0; the low byte is stored first. */
static bool has_crc(const uint8_t *bytes, size_t place)
{
    unsigned crc = 0;
    for (size_t i = 0; i < place; i++) {
        crc ^= (unsigned)bytes[i] << 8;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xFFFF;
    }
    return bytes[place] == (crc & 0xFF) && bytes[place + 1] == crc >> 8;
}

static bool is_module(const uint8_t *bytes, size_t length, uint8_t type, size_t crc_place)
{
    return length >= crc_place + 2 && bytes[SPD_TYPE] == type && has_crc(bytes, crc_place);
}

enum image image_of(const uint8_t *bytes, size_t length)
{
    if (starts_with(bytes, length, "\x00\xFF\xFF\xFF\xFF\xFF\xFF\x00", 8))
        return IMAGE_EDID;
    if (starts_with(bytes, length, "R-Pi", 4))
        return IMAGE_HAT;
    if (is_module(bytes, length, SPD_TYPE_DDR4, CRC_DDR4))
        return IMAGE_DDR4;
    if (is_module(bytes, length, SPD_TYPE_DDR5, CRC_DDR5))
        return IMAGE_DDR5;
    return IMAGE_ANY;
}
