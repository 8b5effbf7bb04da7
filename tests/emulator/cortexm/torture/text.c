/* SPDX-License-Identifier: MIT */
#include "text.h"

uint32_t semihosting(uint32_t operation, const void *argument);

enum { SYS_WRITE0 = 0x04, SYS_EXIT = 0x18, ADP_STOPPED_APPLICATION_EXIT = 0x20026 };

static char text[10000];
static unsigned length;

static void flush(void)
{
    text[length] = 0;
    semihosting(SYS_WRITE0, text);
    length = 0;
}

void put(char character)
{
    if (length + 1 < sizeof text)
        text[length++] = character;
}

void put_text(const char *from)
{
    while (*from)
        put(*from++);
}

void put_word(uint32_t value)
{
    put(' ');
    for (int shift = 28; shift >= 0; shift -= 4)
        put("0123456789ABCDEF"[value >> shift & 15]);
}

void title(const char *what)
{
    flush();
    put_text("# ");
    put_text(what);
    put('\n');
}

void note(const char *what, uint32_t value)
{
    put_text(what);
    put_word(value);
    put('\n');
}

void leave(void)
{
    flush();
    semihosting(SYS_EXIT, (const void *)ADP_STOPPED_APPLICATION_EXIT);
    for (;;)
        ;
}
