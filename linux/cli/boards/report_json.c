/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/boards/report.h"

static void put_chars(const char *text, size_t length)
{
    putchar('"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\')
            putchar('\\');
        putchar(text[i]);
    }
    putchar('"');
}

static void put_string(const char *text)
{
    put_chars(text, strlen(text));
}

static void put_string_or_null(const char *text)
{
    if (text[0])
        put_string(text);
    else
        fputs("null", stdout);
}

/* The words of a text as an array. */
static void put_words(const char *text)
{
    putchar('[');
    for (const char *at = text; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if (at != text)
            putchar(',');
        put_chars(at, size);
        at += size;
    }
    putchar(']');
}

static void put_member(const char *key, const char *value)
{
    printf(",\"%s\":", key);
    put_string_or_null(value);
}

/* What a board and a line of the list have in common. */
static void put_facts(const struct table_row *row)
{
    fputs("\"board_id\":", stdout);
    put_string(row->fields[BOARD_ID]);
    put_member("port", row->fields[BOARD_PORT]);
    put_member("mcu", row->fields[BOARD_MCU]);
    put_member("scl", row->fields[BOARD_SCL]);
    put_member("sda", row->fields[BOARD_SDA]);
    put_member("block", row->fields[BOARD_BLOCK]);
    put_member("notes", row->fields[BOARD_NOTES]);
}

void report_row_json(const struct table_row *row)
{
    putchar('{');
    put_facts(row);
    put_member("name", row->fields[BOARD_NAME]);
    putchar('}');
}

static void put_pins(const struct board *board)
{
    fputs(",\"pins\":[", stdout);
    for (size_t i = 0; i < board->pin_count; i++) {
        const struct board_pin *pin = &board->pins[i];
        fputs(i ? ",{\"pin\":" : "{\"pin\":", stdout);
        put_string(pin->chip.name);
        fputs(",\"names\":", stdout);
        put_words(pin->names);
        fputs(",\"serves\":", stdout);
        put_words(pin->chip.serves);
        put_member("note", pin->chip.note);
        putchar('}');
    }
    putchar(']');
}

static void put_pairs(const struct board *board)
{
    struct board_pair pair = {NULL, NULL, ""};
    const char *separator = "";
    printf(",\"any_two\":%s,\"pairs\":[", board_takes_any_two(board) ? "true" : "false");
    for (; board_next_pair(board, &pair); separator = ",") {
        printf("%s{\"scl\":", separator);
        put_string(pair.scl->chip.name);
        put_member("sda", pair.sda->chip.name);
        put_member("block", pair.block);
        putchar('}');
    }
    putchar(']');
}

static void put_buses(const struct board *board)
{
    fputs(",\"buses\":[", stdout);
    for (size_t i = 0; i < board->bus_count; i++) {
        const struct board_bus *bus = &board->buses[i];
        fputs(i ? ",{\"name\":" : "{\"name\":", stdout);
        put_string(bus->name);
        fputs(",\"pins\":{", stdout);
        for (size_t j = 0; j < bus->count; j++) {
            if (j > 0)
                putchar(',');
            put_string(bus->lines[j].name);
            putchar(':');
            put_string(bus->lines[j].pin);
        }
        fputs("}}", stdout);
    }
    putchar(']');
}

void report_json(const struct board *board)
{
    putchar('{');
    put_facts(&board->row);
    fputs(",\"names\":[", stdout);
    for (size_t i = 0; i < board->title_count; i++) {
        if (i > 0)
            putchar(',');
        put_string(board->titles[i]);
    }
    putchar(']');
    put_pins(board);
    put_pairs(board);
    put_buses(board);
    puts("}");
}
