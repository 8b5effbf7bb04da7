/* SPDX-License-Identifier: MIT */
/* The console and the end of QEMU's machine virt: a 16550, and the test finisher of SiFive. */
#include "text.h"

#define CONSOLE (*(volatile uint8_t *)0x10000000)
#define FINISHER (*(volatile uint32_t *)0x00100000)
enum { PASS = 0x5555 };

void text_out(const char *text)
{
    while (*text)
        CONSOLE = (uint8_t)*text++;
}

void text_end(void)
{
    FINISHER = PASS;
}
