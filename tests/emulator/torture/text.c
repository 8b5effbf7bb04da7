/* SPDX-License-Identifier: MIT */
#include "text.h"

static char text[10000];
static unsigned length;

static void flush(void)
{
    text[length] = 0;
    text_out(text);
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
    text_end();
    for (;;)
        ;
}
