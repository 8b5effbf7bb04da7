/* SPDX-License-Identifier: MIT */
#include "cli/address.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static bool has_prefix(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

/* Two digits or more, and none of them a letter: they have two values. */
static bool is_ambiguous(const char *text)
{
    return strlen(text) > 1 && text[strspn(text, "0123456789")] == '\0';
}

static bool is_hexadecimal(const char *digits)
{
    return digits[0] && digits[strspn(digits, "0123456789abcdefABCDEF")] == '\0';
}

bool address_take(const char *word, const char *what, const char *text, uint16_t min, uint16_t max,
                  uint16_t *address)
{
    const char *digits = has_prefix(text) ? text + 2 : text;
    unsigned long value = is_hexadecimal(digits) ? strtoul(digits, NULL, 16) : ~0ul;
    if (is_ambiguous(text)) {
        unsigned long decimal = strtoul(text, NULL, 10);

        cli_misuse(word, "%s %s is ambiguous: write 0x%s, or 0x%02lx for the decimal number", what,
                   text, text, decimal);
        return false;
    }
    if (value < min || value > max) {
        cli_misuse(word, "%s %s: 0x%02x..0x%02x", what, text, min, max);
        return false;
    }
    *address = (uint16_t)value;
    return true;
}
