/* SPDX-License-Identifier: MIT */
#include "emulator/board/esp_image.h"

#include <stdio.h>
#include <string.h>

#include "emulator/board/sha256.h"
#include "link/protocol.h"

enum { IMAGE_BYTES_MAX = 4 << 20, HEADER = 24, SEGMENT = 8, BLOCK = 16, SEGMENTS_MAX = 16 };

/* Offsets in the header. */
enum { MAGIC = 0, COUNT = 1, ENTRY = 4, CHIP = 12, HAS_HASH = 23 };

enum { MAGIC_VALUE = 0xE9, CHECKSUM_BEGIN = 0xEF };

struct image {
    uint8_t bytes[IMAGE_BYTES_MAX + 1];
    size_t size, at; /* up to where it was taken */
    uint8_t checksum;
};

/* ---- segments -------------------------------------------------------------------------------- */

static bool has(const struct image *image, size_t bytes)
{
    return image->size - image->at >= bytes;
}

static const char *load_segment(struct core *core, struct image *image)
{
    if (!has(image, SEGMENT))
        return "incomplete";
    uint32_t address = get_u32(image->bytes + image->at);
    uint32_t length = get_u32(image->bytes + image->at + 4);
    image->at += SEGMENT;
    if (!has(image, length))
        return "incomplete";
    uint8_t *memory = length % 4 == 0 ? core_bytes(core, address, length) : NULL;
    if (!memory)
        return "a segment is not in the chip's memory";
    memcpy(memory, image->bytes + image->at, length);
    for (uint32_t i = 0; i < length; i++)
        image->checksum ^= image->bytes[image->at++];
    return NULL;
}

static const char *load_segments(struct core *core, struct image *image)
{
    const char *trouble = NULL;
    image->at = HEADER;
    image->checksum = CHECKSUM_BEGIN;
    for (unsigned i = 0; !trouble && i < image->bytes[COUNT]; i++)
        trouble = load_segment(core, image);
    return trouble;
}

/* ---- checks ---------------------------------------------------------------------------------- */

static const char *check_header(const struct image *image, uint16_t chip)
{
    if (image->size < HEADER || image->bytes[MAGIC] != MAGIC_VALUE)
        return "not an image for an ESP32";
    if (get_u16(image->bytes + CHIP) != chip)
        return "made for another chip";
    if (image->bytes[COUNT] == 0 || image->bytes[COUNT] > SEGMENTS_MAX)
        return "it has not 1 to 16 segments";
    return NULL;
}

/* The last byte of a block of 16, of which there is one in any case. */
static const char *check_sum(struct image *image)
{
    size_t rest = BLOCK - image->at % BLOCK;
    if (!has(image, rest))
        return "incomplete";
    image->at += rest;
    return image->bytes[image->at - 1] == image->checksum ? NULL : "its checksum is wrong";
}

static const char *check_hash(const struct image *image)
{
    uint8_t digest[SHA256_BYTES];
    if (!image->bytes[HAS_HASH])
        return NULL;
    if (!has(image, SHA256_BYTES))
        return "incomplete";
    sha256(image->bytes, image->at, digest);
    return memcmp(digest, image->bytes + image->at, sizeof digest) == 0 ? NULL
                                                                        : "its SHA-256 is wrong";
}

/* ---- the file -------------------------------------------------------------------------------- */

static const char *read_file(struct image *image, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return "cannot be opened";
    image->size = fread(image->bytes, 1, sizeof image->bytes, file);
    fclose(file);
    return image->size <= IMAGE_BYTES_MAX ? NULL : "larger than any flash";
}

const char *esp_image_load(struct core *core, const char *path, uint16_t chip, uint32_t *entry)
{
    static struct image image;
    const char *trouble = read_file(&image, path);
    if (!trouble)
        trouble = check_header(&image, chip);
    if (!trouble)
        trouble = load_segments(core, &image);
    if (!trouble)
        trouble = check_sum(&image);
    if (!trouble)
        trouble = check_hash(&image);
    *entry = get_u32(image.bytes + ENTRY);
    return trouble;
}
