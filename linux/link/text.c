/* SPDX-License-Identifier: MIT */
#include "link/text.h"

#include <string.h>

bool i2ctarget_text_join(char *to, size_t size, const char *const parts[])
{
    size_t length = 0;
    to[0] = '\0';
    for (; *parts; parts++) {
        size_t more = strlen(*parts);

        if (more >= size - length) {
            to[0] = '\0';
            return false;
        }
        memcpy(to + length, *parts, more + 1);
        length += more;
    }
    return true;
}

const char *i2ctarget_text_number(char to[TEXT_NUMBER_SIZE], unsigned number)
{
    char digits[TEXT_NUMBER_SIZE], *at = digits + TEXT_NUMBER_SIZE - 1;
    *at = '\0';
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return strcpy(to, at);
}

bool i2ctarget_text_path(char *to, size_t size, const char *directory, const char *stem,
                         unsigned number)
{
    char digits[TEXT_NUMBER_SIZE];
    const char *const parts[] = {directory, "/", stem, "-", i2ctarget_text_number(digits, number),
                                 NULL};
    return i2ctarget_text_join(to, size, parts);
}
