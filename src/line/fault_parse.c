/* SPDX-License-Identifier: MIT */
/* Faults as texts: read. */
#include "line/fault_forms.h"

enum { LAST_BIT = 7, NO_DIGIT = 16 };

struct word {
    const char *text;
    size_t length;
};

static bool complain_of(char *why, struct word word, const char *what)
{
    struct fault_writer writer = {why, why + I2CTARGET_FAULT_WHY_MAX};
    i2ctarget_fault_put(&writer, "\"", 1);
    i2ctarget_fault_put(&writer, word.text, word.length < 32 ? word.length : 32);
    i2ctarget_fault_put(&writer, "\" ", 2);
    i2ctarget_fault_put(&writer, what, SIZE_MAX);
    return false;
}

/* What is read so far. */
struct reader {
    const char *at;
    char *why;
    const struct fault_form *form;
    struct i2ctarget_fault *fault;
    bool has_place, has_times;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word; its length is 0 at the end. */
static struct word take(struct reader *reader)
{
    while (is_blank(*reader->at))
        reader->at++;
    struct word word = {reader->at, 0};
    while (*reader->at && !is_blank(*reader->at))
        reader->at++;
    word.length = (size_t)(reader->at - word.text);
    return word;
}

static bool is_word(struct word word, const char *text)
{
    size_t i = 0;
    while (i < word.length && text[i] && word.text[i] == text[i])
        i++;
    return i == word.length && text[i] == '\0';
}

/* NO_DIGIT, which is no base, for any other character. */
static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (unsigned)((c | 0x20) - 'a' + 10);
    return NO_DIGIT;
}

/* Takes the digits at the beginning of a word.  False: there are none, or they are over `max`. */
static bool take_number(struct word *word, uint64_t max, uint64_t *number)
{
    unsigned base = 10;
    if (word->length > 2 && word->text[0] == '0' && (word->text[1] | 0x20) == 'x') {
        base = 16;
        word->text += 2;
        word->length -= 2;
    }
    const char *first = word->text;
    *number = 0;
    while (word->length && digit_of(*word->text) < base) {
        unsigned digit = digit_of(*word->text);
        if (*number > (max - digit) / base || digit > max)
            return false;
        *number = *number * base + digit;
        word->text++;
        word->length--;
    }
    return word->text != first;
}

/* `nack-after N` is about byte N + 1, and I2CTARGET_FAULT_IDLE is the number of no byte. */
static bool read_count(struct reader *reader, uint32_t *count, const char *what)
{
    struct word word = take(reader), rest = word;
    uint64_t number = 0;
    if (word.length == 0)
        return i2ctarget_fault_complain(reader->why, what);
    if (!take_number(&rest, UINT32_MAX - 2, &number) || rest.length)
        return complain_of(reader->why, word, "is no whole number up to 4294967293");
    *count = (uint32_t)number;
    return true;
}

static bool read_time(struct reader *reader, uint64_t *time_ns)
{
    static const char what[] = "a time is a whole number with its unit, ns, us, ms or s: 25ms";
    struct word word = take(reader), rest = word;
    uint64_t number = 0;
    if (word.length == 0)
        return i2ctarget_fault_complain(reader->why, what);
    if (!take_number(&rest, FAULT_TIME_MAX_NS, &number))
        return complain_of(reader->why, word, what);
    for (size_t i = 0; i < FAULT_UNITS; i++) {
        if (is_word(rest, i2ctarget_fault_units[i].name) &&
            number <= FAULT_TIME_MAX_NS / i2ctarget_fault_units[i].ns) {
            *time_ns = number * i2ctarget_fault_units[i].ns;
            return true;
        }
    }
    return complain_of(reader->why, word,
                       "is no time: a whole number with ns, us, ms or s, up to 100s");
}

static bool read_place(struct reader *reader)
{
    static const char what[] = "is no place: BYTE.BIT, as in 0.ack or 2.7, or idle";
    struct word word = take(reader), rest = word;
    uint64_t byte = 0, bit = I2CTARGET_FAULT_ACK;
    reader->has_place = true;
    if (reader->form->place == FAULT_NO_PLACE)
        return complain_of(reader->why, word,
                           "is too much: this kind of fault has no place to choose");
    if (is_word(word, "idle")) {
        reader->fault->byte = I2CTARGET_FAULT_IDLE;
        reader->fault->bit = 0;
        return true;
    }
    if (!take_number(&rest, UINT32_MAX - 1, &byte) || rest.length == 0 || *rest.text != '.')
        return complain_of(reader->why, word, what);
    rest.text++;
    rest.length--;
    if (!is_word(rest, "ack") && (!take_number(&rest, LAST_BIT, &bit) || rest.length))
        return complain_of(reader->why, word, what);
    reader->fault->byte = (uint32_t)byte;
    reader->fault->bit = (uint8_t)bit;
    return true;
}

/* 0.25: at most six digits behind the point. */
static bool read_probability(struct reader *reader)
{
    static const char what[] = "is no probability: 0.000001 to 1";
    struct word word = take(reader);
    uint32_t value = 0, digit = I2CTARGET_FAULT_MILLION;
    for (size_t i = 0; i < word.length; i++) {
        bool is_point = i == 1 && word.text[i] == '.';
        if (!is_point && (digit_of(word.text[i]) > 9 || digit == 0 || i == 1))
            return complain_of(reader->why, word, what);
        if (is_point)
            continue;
        value += digit_of(word.text[i]) * digit;
        digit /= 10;
    }
    if (value == 0 || value > I2CTARGET_FAULT_MILLION)
        return complain_of(reader->why, word, what);
    reader->fault->chance = value;
    return true;
}

static bool read_value(struct reader *reader)
{
    struct i2ctarget_fault *fault = reader->fault;
    switch ((enum fault_value)reader->form->value) {
    case FAULT_NO_VALUE:
        return true;
    case FAULT_BYTES:
        if (!read_count(reader, &fault->byte, "nack-after needs a number of bytes"))
            return false;
        fault->byte++;
        return true;
    case FAULT_TIME:
        return read_time(reader, &fault->time_ns);
    case FAULT_SPEED:
        return read_count(reader, &fault->scl_hz, "clock needs a speed in Hz");
    }
    return false;
}

static bool read_direction(struct reader *reader, struct word word,
                           enum i2ctarget_fault_direction direction)
{
    if (reader->fault->direction && reader->fault->direction != direction)
        return complain_of(reader->why, word,
                           "is too much: a fault in both directions says neither read nor write");
    reader->fault->direction = (uint8_t)direction;
    return true;
}

static bool read_condition(struct reader *reader, struct word word)
{
    struct i2ctarget_fault *fault = reader->fault;
    if (is_word(word, "at"))
        return read_place(reader);
    if (is_word(word, "probability"))
        return read_probability(reader);
    if (is_word(word, "seed"))
        return read_count(reader, &fault->seed, "seed needs a number");
    if (is_word(word, "times")) {
        reader->has_times = true;
        return read_count(reader, &fault->times, "times needs a number");
    }
    if (is_word(word, "read"))
        return read_direction(reader, word, I2CTARGET_FAULT_READS);
    if (is_word(word, "write"))
        return read_direction(reader, word, I2CTARGET_FAULT_WRITES);
    if (!is_word(word, "once"))
        return complain_of(reader->why, word,
                           "is none of: at, read, write, once, times, probability, seed");
    reader->has_times = true;
    fault->times = 1;
    return true;
}

/*
 * As in all commands: with 0x, or in hexadecimal digits that are no decimal number.  Two digits
 * without a letter have two values.
 */
static bool take_address(struct word word, uint64_t *address)
{
    char hex[] = "0x00";
    bool has_letter = false;
    for (size_t i = 0; i < word.length; i++)
        has_letter |= digit_of(word.text[i]) > 9;
    if (word.length == 1 || (word.length == 2 && has_letter)) {
        for (size_t i = 0; i < word.length; i++)
            hex[sizeof hex - 1 - word.length + i] = word.text[i];
        word = (struct word){hex, sizeof hex - 1};
    } else if (word.length < 3 || word.text[1] != 'x') {
        return false;
    }
    return take_number(&word, I2CTARGET_ADDRESS_MAX, address) && word.length == 0;
}

static bool read_address(struct reader *reader)
{
    struct word word = take(reader);
    uint64_t address = I2CTARGET_FAULT_ANY;
    if (word.length == 0)
        return i2ctarget_fault_complain(
            reader->why, "a fault is an address (or any), a kind, and what it needs");
    if (!is_word(word, "any") && !take_address(word, &address))
        return complain_of(reader->why, word, "is no address: 0x00 to 0x7f, or any");
    reader->fault->address = (uint8_t)address;
    return true;
}

static bool read_kind(struct reader *reader)
{
    struct word word = take(reader);
    if (word.length == 0)
        return i2ctarget_fault_complain(reader->why, "the kind of the fault is missing");
    for (size_t i = 0; i < FAULT_FORMS; i++) {
        if (is_word(word, i2ctarget_fault_forms[i].name))
            reader->form = &i2ctarget_fault_forms[i];
    }
    if (!reader->form)
        return complain_of(reader->why, word, "is no kind of fault");
    reader->fault->kind = reader->form->kind;
    reader->fault->byte = reader->form->byte;
    reader->fault->bit = reader->form->bit;
    return true;
}

bool i2ctarget_fault_parse(const char *text, struct i2ctarget_fault *fault,
                           char why[I2CTARGET_FAULT_WHY_MAX])
{
    struct i2ctarget_fault read = {0};
    struct reader reader = {.at = text, .why = why, .fault = &read};
    if (!read_address(&reader) || !read_kind(&reader) || !read_value(&reader))
        return false;
    for (struct word word = take(&reader); word.length; word = take(&reader)) {
        if (!read_condition(&reader, word))
            return false;
    }
    if (!reader.has_place && !reader.form->has_default)
        return i2ctarget_fault_complain(why, "this kind of fault needs a place: at BYTE.BIT");
    if (!reader.has_times)
        read.times = i2ctarget_fault_times_unsaid(&read, reader.form);
    if (!i2ctarget_fault_check(&read, why))
        return false;
    *fault = read;
    return true;
}
