/* SPDX-License-Identifier: MIT */
/*
 * The file is a sequence of words.  Up to $enddefinitions they define signals; then `#` begins a
 * moment, and all other words are the changes at it.  All changes of one moment are one sample.
 *
 * The file may end anywhere behind the definitions: the disk was full, or whoever wrote it was killed.
 */
#include "waveform/vcd_file.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LISTED_BYTES = 200 };

__attribute__((format(printf, 2, 3))) static bool complain(struct vcd_file *self,
                                                           const char *format, ...)
{
    int length =
        self->line ? snprintf(self->problem, sizeof self->problem, "line %lu: ", self->line) : 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->problem + length, sizeof self->problem - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

static bool complain_of_file(struct vcd_file *self)
{
    self->line = 0;
    return complain(self, "%s", strerror(errno));
}

/* ---- words ----------------------------------------------------------------------------------- */

static int take_character(struct vcd_file *self)
{
    int character = getc(self->file);
    if (character == '\n')
        self->line++;
    return character;
}

/* False: the file ends here. */
static bool take_word(struct vcd_file *self, char word[VCD_WORD_MAX])
{
    int character = take_character(self);
    size_t length = 0;
    while (character != EOF && isspace(character))
        character = take_character(self);
    while (character != EOF && !isspace(character)) {
        if (length + 1 < VCD_WORD_MAX)
            word[length++] = (char)character;
        character = getc(self->file);
    }
    /* Its line is the one where it ends. */
    if (character != EOF)
        ungetc(character, self->file);
    word[length] = '\0';
    return length > 0;
}

static bool skip_to_end(struct vcd_file *self, const char *section)
{
    char word[VCD_WORD_MAX];
    while (take_word(self, word)) {
        if (strcmp(word, "$end") == 0)
            return true;
    }
    return complain(self, "%s has no $end", section);
}

/* ---- definitions ----------------------------------------------------------------------------- */

static bool take_unit(struct vcd_file *self, const char *unit)
{
    static const struct {
        const char *name;
        uint64_t numerator_ns, denominator;
    } units[] = {{"s", 1000000000, 1}, {"ms", 1000000, 1}, {"us", 1000, 1},
                 {"ns", 1, 1},         {"ps", 1, 1000},    {"fs", 1, 1000000}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(unit, units[i].name) == 0) {
            self->tick_numerator_ns *= units[i].numerator_ns;
            self->tick_denominator = units[i].denominator;
            return true;
        }
    }
    return false;
}

/* "10 ns", or "10ns". */
static bool take_timescale(struct vcd_file *self)
{
    char word[VCD_WORD_MAX], unit[VCD_WORD_MAX];
    if (!take_word(self, word))
        return complain(self, "$timescale has no $end");
    char *end;
    self->tick_numerator_ns = strtoull(word, &end, 10);
    bool is_power = self->tick_numerator_ns == 1 || self->tick_numerator_ns == 10 ||
                    self->tick_numerator_ns == 100;
    if (*end)
        snprintf(unit, sizeof unit, "%s", end);
    else if (!take_word(self, unit))
        unit[0] = '\0';
    if (!is_power || !take_unit(self, unit))
        return complain(self, "a timescale is 1, 10 or 100, of s, ms, us, ns, ps or fs");
    return skip_to_end(self, "$timescale");
}

static void note_signal(struct vcd_signal *signal, const char *name, const char *id)
{
    if (!signal->id[0] && strcasecmp(signal->name, name) == 0)
        snprintf(signal->id, sizeof signal->id, "%s", id);
}

/* As many names as there is room for. */
static void list(char listed[LISTED_BYTES], const char *name)
{
    size_t length = strlen(listed), more = strlen(name);
    if (length + 1 + more + 1 > LISTED_BYTES)
        return;
    listed[length] = ' ';
    memcpy(listed + length + 1, name, more + 1);
}

/* $var wire 1 c SCL $end.  `listed`: the names that could be wires, for a message. */
static bool take_signal(struct vcd_file *self, char listed[LISTED_BYTES])
{
    char type[VCD_WORD_MAX], size[VCD_WORD_MAX], id[VCD_WORD_MAX], name[VCD_WORD_MAX];
    if (!take_word(self, type) || !take_word(self, size) || !take_word(self, id) ||
        !take_word(self, name))
        return complain(self, "$var has no $end");
    if (strcmp(size, "1") == 0) {
        list(listed, name);
        note_signal(&self->scl, name, id);
        note_signal(&self->sda, name, id);
        note_signal(&self->freeing, name, id);
    } else if (strcmp(type, "real") == 0) {
        note_signal(&self->idle, name, id);
    }
    return skip_to_end(self, "$var");
}

static bool check_signals(struct vcd_file *self, const char *listed)
{
    const struct vcd_signal *missing = !self->scl.id[0] ? &self->scl : &self->sda;
    self->line = 0;
    if (missing->id[0])
        return true;
    if (!listed[0])
        return complain(self, "there is no signal of one bit in it");
    return complain(self, "there is no signal %s; there are:%s (--scl NAME, --sda NAME)",
                    missing->name, listed);
}

static bool take_definitions(struct vcd_file *self)
{
    char word[VCD_WORD_MAX], listed[LISTED_BYTES] = "";
    while (take_word(self, word)) {
        bool is_right;
        if (strcmp(word, "$enddefinitions") == 0) {
            unsigned long line = self->line;
            is_right = skip_to_end(self, word) && check_signals(self, listed);
            self->line = line;
            return is_right;
        }
        if (strcmp(word, "$timescale") == 0)
            is_right = take_timescale(self);
        else if (strcmp(word, "$var") == 0)
            is_right = take_signal(self, listed);
        else if (word[0] == '$')
            is_right = skip_to_end(self, word);
        else
            is_right = complain(self, "\"%.40s\" is no VCD: definitions begin with $", word);
        if (!is_right)
            return false;
    }
    if (ferror(self->file))
        return complain_of_file(self);
    return complain(self, "it ends in front of $enddefinitions: is it a VCD?");
}

bool vcd_file_open(struct vcd_file *self, const char *path, const char *scl, const char *sda)
{
    *self = (struct vcd_file){
        .scl.name = scl,
        .sda.name = sda,
        .freeing.name = "freeing_sda",
        .idle.name = "idle_s",
        .tick_numerator_ns = 1,
        .tick_denominator = 1,
        .now = {.scl = true, .sda = true},
    };
    self->file = fopen(path, "re");
    if (!self->file)
        return complain_of_file(self);
    self->line = 1;
    if (take_definitions(self))
        return true;
    vcd_file_close(self);
    return false;
}

/* ---- changes --------------------------------------------------------------------------------- */

static bool take_level(struct vcd_file *self, const char *word)
{
    bool level = word[0] != '0';
    const char *id = word + 1;
    if (!*id)
        return complain(self, "\"%s\" is a level of no signal", word);
    if (strcmp(id, self->scl.id) == 0)
        self->now.scl = level;
    if (strcmp(id, self->sda.id) == 0)
        self->now.sda = level;
    if (self->freeing.id[0] && strcmp(id, self->freeing.id) == 0)
        self->now.is_freeing = level;
    return true;
}

/* b0101 id, r1.5 id: the id is a word of its own. */
static void take_value(struct vcd_file *self, const char *word)
{
    char id[VCD_WORD_MAX];
    if (take_word(self, id) && self->idle.id[0] && strcmp(id, self->idle.id) == 0) {
        double seconds = strtod(word + 1, NULL);
        self->idle_ns = seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * 1e9 + 0.5) : 0;
    }
}

static bool take_change(struct vcd_file *self, const char *word)
{
    if (strchr("01xXzZ", word[0]))
        return take_level(self, word);
    if (strcmp(word, "$comment") == 0)
        return skip_to_end(self, word);
    if (strchr("bBrRsS", word[0]))
        take_value(self, word);
    else if (word[0] != '$') /* $dumpvars, $end, …: the changes inside count as all others */
        return complain(self, "\"%.40s\" is no change of a signal", word);
    return true;
}

static uint64_t ns_of(const struct vcd_file *self, uint64_t tick)
{
    return tick / self->tick_denominator * self->tick_numerator_ns +
           tick % self->tick_denominator * self->tick_numerator_ns / self->tick_denominator;
}

/* #123: what follows happens at this tick. */
static bool take_time(struct vcd_file *self, const char *word)
{
    char *end;
    errno = 0;
    uint64_t tick = strtoull(word + 1, &end, 10);
    if (!isdigit((unsigned char)word[1]) || *end || errno ||
        tick > UINT64_MAX / 2 / self->tick_numerator_ns)
        return complain(self, "\"%.40s\" is no time", word);
    if (tick < self->tick)
        return complain(self, "time goes back from %" PRIu64 " to %" PRIu64, self->tick, tick);
    uint64_t gap_ns = ns_of(self, tick) - ns_of(self, self->tick);
    if (self->has_begun && self->idle_ns > gap_ns)
        self->restored_ns += self->idle_ns - gap_ns;
    self->tick = tick;
    self->now.ns = ns_of(self, tick) + self->restored_ns;
    return true;
}

/* The last word of a file that ends in its middle: "#35" of "#354175", "1" of "1c". */
static bool is_cut(const struct vcd_file *self, const char *word)
{
    return feof(self->file) && (word[0] == '#' || !word[1]);
}

int vcd_file_next(struct vcd_file *self, struct vcd_sample *sample)
{
    char word[VCD_WORD_MAX];
    while (take_word(self, word) && !is_cut(self, word)) {
        *sample = self->now;
        if (word[0] != '#') {
            if (!take_change(self, word))
                return -1;
            continue;
        }
        if (!take_time(self, word))
            return -1;
        bool is_first = !self->has_begun;
        self->has_begun = true;
        if (!is_first)
            return 1;
    }
    if (ferror(self->file)) {
        complain_of_file(self);
        return -1;
    }
    bool is_left = self->has_begun;
    *sample = self->now;
    self->has_begun = false;
    return is_left;
}

void vcd_file_close(struct vcd_file *self)
{
    if (self->file)
        fclose(self->file);
    self->file = NULL;
}
