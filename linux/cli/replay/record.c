/* SPDX-License-Identifier: MIT */
#include "cli/replay/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "waveform/waveform.h"

/* ---- messages -------------------------------------------------------------------------------- */

static void free_message(struct record_message *message)
{
    free(message->bytes);
    free(message->acks);
}

/* NULL: there is no memory. */
static struct record_message *add_message(struct record *record)
{
    enum { FIRST_ROOM = 64 };
    if (record->count == record->room) {
        size_t room = record->room ? 2 * record->room : FIRST_ROOM;
        struct record_message *grown = realloc(record->messages, room * sizeof *grown);
        if (!grown)
            return NULL;
        record->messages = grown;
        record->room = room;
    }
    struct record_message *message = &record->messages[record->count++];
    *message = (struct record_message){0};
    return message;
}

static bool begins_message(const struct symbol *symbol)
{
    return symbol->kind == SYMBOL_START || symbol->kind == SYMBOL_RESTART;
}

/* The bytes from `symbol` to the next START or STOP. */
static bool take_bytes(struct record_message *message, const struct symbol *symbol,
                       const struct symbol *limit)
{
    size_t room = (size_t)(limit - symbol) + 1;
    message->bytes = calloc(room, sizeof *message->bytes);
    message->acks = calloc(room, sizeof *message->acks);
    if (!message->bytes || !message->acks)
        return false;
    for (; symbol < limit && !begins_message(symbol); symbol++) {
        if (symbol->kind != SYMBOL_DATA)
            continue;
        message->bytes[message->count] = (uint8_t)symbol->bits;
        message->acks[message->count++] = symbol->ack;
    }
    return true;
}

/* A message whose address was cut is none: it called nobody.  False: there is no memory. */
static bool take_transfer(struct record *record, const struct waveform *waveform)
{
    const struct symbol *limit = waveform->symbols + waveform->symbol_count, *start = NULL;
    for (const struct symbol *symbol = waveform->symbols; symbol < limit; symbol++) {
        if (begins_message(symbol))
            start = symbol;
        if (symbol->kind != SYMBOL_ADDRESS || !start)
            continue;
        struct record_message *message = add_message(record);
        if (!message)
            return false;
        message->transfer = waveform->number;
        message->at_ns = start->begin_ns;
        message->address = (uint8_t)(symbol->bits >> 1);
        message->is_read = symbol->bits & 1;
        message->is_restart = start->kind == SYMBOL_RESTART;
        message->is_acked = symbol->ack;
        if (!take_bytes(message, symbol + 1, limit))
            return false;
    }
    return true;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* A session of sigrok is an archive, which begins with these bytes (APPNOTE.TXT 4.3.7). */
static bool is_session(const char *path)
{
    static const char mark[] = {'P', 'K', 3, 4};
    char begin[sizeof mark] = {0};
    FILE *file = fopen(path, "re");
    bool is_right =
        file && fread(begin, sizeof begin, 1, file) == 1 && memcmp(begin, mark, sizeof mark) == 0;
    if (file)
        fclose(file);
    return is_right;
}

/* SCL falls although there was no START yet. */
static bool begins_inside(const struct record_source *source)
{
    struct vcd_file file = {0};
    struct vcd_sample before = {.scl = true, .sda = true}, now;
    bool is_inside = false, has_started = false;
    if (vcd_file_open(&file, source->path, source->scl, source->sda)) {
        while (!is_inside && !has_started && vcd_file_next(&file, &now) == 1) {
            is_inside = !now.scl;
            has_started = now.scl && before.scl && before.sda && !now.sda;
            before = now;
        }
    }
    vcd_file_close(&file);
    return is_inside;
}

static bool has_stopped(const struct waveform *waveform)
{
    return waveform->symbols[waveform->symbol_count - 1].kind == SYMBOL_STOP;
}

/* False: a message has been printed. */
static bool take_all(struct record *record, struct waveform_reader *reader, const char *path,
                     const char *word)
{
    int got;
    while ((got = waveform_next(reader)) == 1) {
        if (!has_stopped(&reader->waveform)) {
            cli_error(word, "%s: its last transfer has no STOP, and is left out", path);
        } else if (!take_transfer(record, &reader->waveform)) {
            cli_error(word, "there is no memory");
            return false;
        }
    }
    if (got < 0)
        cli_error(word, "%s: %s", path, reader->file.problem);
    else if (reader->waveform.number == 0)
        cli_error(word, "%s: there is no START in it", path);
    else if (record->count == 0)
        cli_error(word, "%s: there is no whole transfer in it", path);
    return got == 0 && record->count > 0;
}

bool record_read(struct record *record, const struct record_source *source, const char *word)
{
    struct waveform_reader reader;
    bool is_right = false;
    *record = (struct record){0};
    if (is_session(source->path)) {
        cli_error(word,
                  "%s: a sigrok session: sigrok-cli -i %s -O vcd -o FILE.vcd makes a VCD of it",
                  source->path, source->path);
        return false;
    }
    if (!waveform_open(&reader, source->path, source->scl, source->sda)) {
        cli_error(word, "%s: %s", source->path, reader.file.problem);
    } else {
        if (begins_inside(source))
            cli_error(word, "%s: it begins inside a transfer, and that one is left out",
                      source->path);
        is_right = take_all(record, &reader, source->path, word);
    }
    waveform_close(&reader);
    if (!is_right)
        record_free(record);
    return is_right;
}

void record_free(struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        free_message(&record->messages[i]);
    free(record->messages);
    *record = (struct record){0};
}

/* ---- which of them --------------------------------------------------------------------------- */

bool record_has(const struct record *record, uint8_t address)
{
    for (size_t i = 0; i < record->count; i++) {
        if (record->messages[i].address == address && record->messages[i].is_acked)
            return true;
    }
    return false;
}

void record_keep(struct record *record, const bool served[128])
{
    size_t kept = 0;
    for (size_t i = 0; i < record->count; i++) {
        if (served[record->messages[i].address])
            record->messages[kept++] = record->messages[i];
        else
            free_message(&record->messages[i]);
    }
    record->count = kept;
}

bool record_begins_transfer(const struct record *record, size_t message)
{
    return message == 0 || message >= record->count ||
           record->messages[message].transfer != record->messages[message - 1].transfer;
}

bool record_reads_on(const struct record_message *message)
{
    return message->is_read && message->count > 0 && message->acks[message->count - 1];
}
