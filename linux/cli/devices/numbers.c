/* SPDX-License-Identifier: MIT */
#include "cli/devices/numbers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 12 };

static bool is_digits(const char *text, size_t length)
{
    return length && strspn(text, "0123456789") >= length;
}

/* The digits after the point; at most as many as the scale has zeros. */
static bool take_fraction(const char *text, long scale, long *value)
{
    if (!is_digits(text, strlen(text)))
        return false;
    for (; *text; text++) {
        scale /= 10;
        if (scale == 0)
            return false;
        *value += (*text - '0') * scale;
    }
    return true;
}

bool numbers_decimal(const char *text, long scale, long min, long max, long *value)
{
    bool is_negative = *text == '-';
    text += is_negative;
    size_t length = strcspn(text, ".");
    if (!is_digits(text, length) || length > DIGITS_MAX)
        return false;
    *value = strtol(text, NULL, 10) * scale;
    if (text[length] == '.' && !take_fraction(text + length + 1, scale, value))
        return false;
    if (is_negative)
        *value = -*value;
    return *value >= min && *value <= max;
}

bool numbers_whole(const char *text, unsigned long min, unsigned long max, unsigned long *value)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *value = strtoul(text, &end, text[1] == 'x' || text[1] == 'X' ? 16 : 10);
    return errno == 0 && *end == '\0' && *value >= min && *value <= max;
}

size_t numbers_bytes(const char *text, uint8_t *bytes, size_t max)
{
    size_t count = 0;
    do {
        char digits[] = {text[0], text[0] ? text[1] : '\0', '\0'};
        if (count == max || !isxdigit((unsigned char)digits[0]) ||
            !isxdigit((unsigned char)digits[1]))
            return 0;
        bytes[count++] = (uint8_t)strtoul(digits, NULL, 16);
        text += 2;
        text += (*text == ':' || *text == '-') && text[1];
    } while (*text);
    return count;
}
