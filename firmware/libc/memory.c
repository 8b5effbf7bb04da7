/* SPDX-License-Identifier: MIT */
/* Plain loops.  Compiler options keep them from becoming calls of themselves. */
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    unsigned char *at = to;
    const unsigned char *source = from;
    while (count--)
        *at++ = *source++;
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    unsigned char *at = to;
    const unsigned char *source = from;
    if (at > source) {
        while (count--)
            at[count] = source[count];
    } else {
        while (count--)
            *at++ = *source++;
    }
    return to;
}

void *memset(void *to, int value, size_t count)
{
    unsigned char *at = to;
    while (count--)
        *at++ = (unsigned char)value;
    return to;
}

int memcmp(const void *left, const void *right, size_t count)
{
    const unsigned char *a = left, *b = right;
    for (; count; a++, b++, count--) {
        if (*a != *b)
            return *a - *b;
    }
    return 0;
}
