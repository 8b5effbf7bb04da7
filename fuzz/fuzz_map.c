/* SPDX-License-Identifier: MIT */
/*
 * Maps of registers, made of words that a map has, in any order, and of anything else; as TOML, as a
 * dump, and as bytes.
 *
 * Demanded: a map that is accepted is a device that can be initialised and answers; nothing is read
 * beyond the end of the text (which AddressSanitizer sees).
 */
#include <stdarg.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/companion.h"
#include "cli/regmap/map_reader.h"
#include "harness.h"
#include "i2ctarget/devices/regmap.h"

enum { TEXT_MAX = 1 << 16, MESSAGES = 20, BYTES_MAX = 6 };

/* What the reader says is not looked at, and nothing is installed. */
void cli_error(const char *word, const char *format, ...)
{
    (void)word;
    (void)format;
}

bool companion_find(const char *word, const char *name, const char *from_bin, char path[PATH_MAX])
{
    (void)word;
    (void)name;
    (void)from_bin;
    (void)path;
    return false;
}

/* ---- texts ----------------------------------------------------------------------------------- */

static const char *const words[] = {
    "[registers]\n",
    "a = { address = 0",
    "b = { address = 4",
    "c = { address = 0x10",
    " }\n",
    ", width = 16",
    ", width = 32",
    ", width = 24",
    ", reset = -2",
    ", access = \"ro\"",
    ", access = \"wo\"",
    ", writable = 0x0f",
    ", write_1_clears = 0x30",
    ", write_0_clears = 0xc0",
    ", self_clearing = 0x80",
    ", read_clears = 1",
    ", endian = \"little\"",
    ", page = 1",
    ", page = 0",
    ", same_as = \"a\"",
    ", bytes = [1, 2, 3]",
    ", sequence = { counter = 1, step = 3, count = 5 }",
    ", sequence = { list = [1, -1] }",
    ", sequence = { ramp = [10, -10], step = 3 }",
    ", sequence = { noise = [3, 9], every = \"1 ms\" }",
    "[[reactions]]\n",
    "on_write = \"a\"\n",
    "on_read = \"b\"\n",
    "set = \"b\"\nto = 3\n",
    "copy_to = \"c\"\n",
    "mask = 0x0f\n",
    "if = 1\n",
    "if_mask = 3\n",
    "reset = true\n",
    "after = \"2 ms\"\n",
    "pages = { register = \"a\", mask = 6 }\n",
    "pointer = 0\n",
    "pointer = 16\n",
    "addresses = \"registers\"\n",
    "increment = true\n",
    "increment = false\n",
    "increment_bit = 0x80\n",
    "pointer_mask = 0x1f\n",
    "wrap = [[0, 5]]\n",
    "unmapped = 0\n",
    "refuse_unmapped = true\n",
    "00: 11 22 XX\n",
    "     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f\n",
    "\n",
    "\"",
    "{",
    "[",
    "=",
    ".",
    "-1",
};
enum { WORDS = sizeof words / sizeof *words, WORDS_BEGIN = 128 };

/* A byte from WORDS_BEGIN on is a word, another one itself. */
static size_t compose(const uint8_t *bytes, size_t size, char *text)
{
    size_t length = 0;
    for (size_t i = 0; i < size && length < TEXT_MAX - 100; i++) {
        const char *word = words[(bytes[i] + WORDS_BEGIN) % WORDS];
        if (bytes[i] < WORDS_BEGIN) {
            text[length++] = (char)bytes[i];
        } else {
            memcpy(text + length, word, strlen(word));
            length += strlen(word);
        }
    }
    return length;
}

/* ---- devices --------------------------------------------------------------------------------- */

static int64_t now_us(void)
{
    static int64_t now;
    return now += 700;
}

/* What it lets be seen before, it gives. */
static uint32_t read_bytes(struct i2ctarget_device *device)
{
    uint8_t seen[4];
    size_t seen_count = 0, given = 0;
    for (uint32_t i = 0; i < BYTES_MAX; i++) {
        if (given == seen_count) {
            seen_count = device->ops->foresight->peek(device, seen, sizeof seen);
            given = 0;
        }
        int answer = device->ops->requested(device);
        DEMAND(answer >= 0);
        bool is_seen = given < seen_count;
        DEMAND(!is_seen || answer == seen[given]);
        given += is_seen;
    }
    return BYTES_MAX;
}

/* What it says that it accepts, it accepts. */
static uint32_t write_bytes(struct i2ctarget_device *device, uint32_t seed)
{
    uint32_t moved = 0;
    bool ack = true;
    while (moved < BYTES_MAX && ack) {
        uint8_t byte = (uint8_t)(seed >> moved);
        bool accepts = device->ops->foresight->accepts(device, &byte, 1);
        ack = device->ops->received(device, byte);
        DEMAND(ack || !accepts);
        moved += ack;
    }
    return moved;
}

static void exchange(struct i2ctarget_device *device, uint32_t seed)
{
    bool is_read = seed & 1;
    device->ops->addressed(device, 0x40, is_read, false);
    uint32_t moved = is_read ? read_bytes(device) : write_bytes(device, seed);
    device->ops->ended(device, I2CTARGET_STOP, moved);
}

static void use(const struct i2ctarget_regmap_table *table)
{
    struct i2ctarget_regmap regmap;
    const struct i2ctarget_regmap_config config = {
        .table = table,
        .values = calloc(table->value_count + 1, sizeof *config.values),
        .sequences = calloc(table->sequence_count + 1, sizeof *config.sequences),
        .reactions = calloc(table->reaction_count + 1, sizeof *config.reactions),
        .now_us = now_us,
    };
    DEMAND(i2ctarget_regmap_init(&regmap, &config, NULL) == 0);
    for (uint32_t i = 0; i < MESSAGES; i++)
        exchange(&regmap.device, i * 0x9E3779B9u);
    free(config.values);
    free(config.sequences);
    free(config.reactions);
}

static void try_kind(const char *text, size_t length,
                     bool (*read)(struct map_reader *reader, const char *text, size_t length))
{
    struct map map = {.name = "fuzz"};
    struct map_reader reader = {.map = &map, .path = "fuzz", .word = "fuzz"};
    if (read(&reader, text, length)) {
        map_take_arrays(&map);
        use(&map.table);
    }
    map_free(&map);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char composed[TEXT_MAX];
    size_t length = compose(bytes, size, composed);
    char *text = malloc(length + !length);
    memcpy(text, composed, length);
    try_kind(text, length, map_read_toml);
    try_kind(text, length, map_read_dump);
    try_kind(text, length, map_read_bytes);
    free(text);
    return 0;
}
