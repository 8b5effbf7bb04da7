/* SPDX-License-Identifier: MIT */
/*
 * What i2cdump prints (i2c-tools, tools/i2cdump.c), and plain bytes.  Each byte is a register of 8
 * bits that can be written; what i2cdump could not read, XX, is none.
 *
 *          0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f    0123456789abcdef
 *     00: 19 80 60 XX …
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/regmap/map_reader.h"

enum { ROW = 16, BYTES_MAX = 65536, SHORT_MAX = 256, HEX = 16 };

static void describe(struct map *map, size_t size)
{
    map->table.pointer_bytes = size > SHORT_MAX ? 2 : 1;
    map->table.pointer_mask = size > SHORT_MAX ? 0xFFFF : 0xFF;
    map->table.bytes_have_addresses = true;
    map->table.advances = true;
    map->table.fill = 0xFF;
}

static bool add(struct map_reader *reader, size_t address, unsigned byte)
{
    char name[16];
    snprintf(name, sizeof name, "0x%02zx", address);
    struct i2ctarget_regmap_register *row = map_add_register(reader, name);
    if (!row)
        return false;
    row->address = (uint16_t)address;
    row->reset = byte;
    row->writable = 0xFF;
    row->value = reader->map->table.value_count++;
    return true;
}

/* ---- i2cdump --------------------------------------------------------------------------------- */

/* "a0: " at the beginning of a row, into *address; NULL: it is not one. */
static const char *row_begins(const char *line, const char *end, unsigned *address)
{
    if (end - line < 4 || !isxdigit((unsigned char)line[0]) || line[1] != '0' || line[2] != ':' ||
        line[3] != ' ')
        return NULL;
    *address = (unsigned)strtoul(line, NULL, HEX);
    return line + 4;
}

static const char heading_of_bytes[] = "0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f";
static const char heading_of_words[] = "0,8  1,9  2,a  3,b  4,c  5,d  6,e  7,f";

static bool is_heading(const char *line, const char *end, const char *heading)
{
    size_t length = strlen(heading);
    while (line < end && *line == ' ')
        line++;
    return (size_t)(end - line) >= length && memcmp(line, heading, length) == 0;
}

static const char *line_end(const char *line, const char *end)
{
    const char *found = memchr(line, '\n', (size_t)(end - line));
    return found ? found : end;
}

static bool has_heading(const char *text, size_t length, const char *heading)
{
    const char *end = text + length;
    for (const char *line = text; line < end; line = line_end(line, end) + 1) {
        if (is_heading(line, line_end(line, end), heading))
            return true;
    }
    return false;
}

bool map_is_dump(const char *text, size_t length)
{
    return has_heading(text, length, heading_of_bytes) ||
           has_heading(text, length, heading_of_words);
}

/* Two characters of a row; -1: they are no byte, -2: nothing was read there. */
static int byte_of(const char *at)
{
    char text[3] = {at[0], at[1], '\0'};
    if (strcmp(text, "XX") == 0 || strcmp(text, "  ") == 0)
        return -2;
    if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]))
        return -1;
    return (int)strtoul(text, NULL, HEX);
}

static void take_row(struct map_reader *reader, int number, const char *at, const char *end,
                     unsigned address)
{
    for (unsigned i = 0; i < ROW && end - at >= 2; i++, at += 3) {
        int byte = byte_of(at);
        if (byte == -1)
            map_complain(reader, number, "\"%.2s\" is no byte: two hexadecimal digits, or XX", at);
        else if (byte >= 0 && !add(reader, address + i, (unsigned)byte))
            map_complain(reader, number, "too many registers");
    }
}

bool map_read_dump(struct map_reader *reader, const char *text, size_t length)
{
    const char *end = text + length;
    int number = 1, next = 0;
    unsigned address;
    if (has_heading(text, length, heading_of_words)) {
        map_complain(reader, 0, "is a dump of words; it must be one of bytes (i2cdump … b)");
        return false;
    }
    describe(reader->map, SHORT_MAX);
    for (const char *line = text; line < end; line = line_end(line, end) + 1, number++) {
        const char *row = row_begins(line, line_end(line, end), &address);
        if (row && (int)address < next)
            map_complain(reader, number, "the row %02x: is not behind the one before", address);
        else if (row)
            take_row(reader, number, row, line_end(line, end), address);
        next = row ? (int)address + ROW : next;
    }
    if (reader->map->table.register_count == 0)
        map_complain(reader, 0,
                     "there is no byte in this dump; it must be one of bytes (i2cdump … b)");
    return reader->mistakes == 0;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

bool map_read_bytes(struct map_reader *reader, const char *bytes, size_t length)
{
    if (length == 0 || length > BYTES_MAX) {
        map_complain(reader, 0, "has %zu bytes; a map has 1 to %d", length, BYTES_MAX);
        return false;
    }
    describe(reader->map, length);
    for (size_t i = 0; i < length; i++) {
        if (!add(reader, i, (unsigned char)bytes[i])) {
            map_complain(reader, 0, "out of memory");
            return false;
        }
    }
    return true;
}
