/* SPDX-License-Identifier: MIT */
/* What the targets and bench_reads share. */
#ifndef BENCH_TARGET_H
#define BENCH_TARGET_H

#include <stddef.h>
#include <stdint.h>

enum {
    BENCH_REGISTER = 0x40, /* write the number, read one byte */
    BENCH_BLOCK = 0x41,    /* read 32 bytes from the beginning */
    BENCH_MEMORY = 0x42,   /* all of it */
    BENCH_DEVICE = 0x50,   /* `i2ctarget device eeprom --type 24c64` */
    BENCH_BLOCK_BYTES = 32,
    BENCH_MEMORY_BYTES = 8192,
};

/* The content of the memory. */
static inline uint8_t bench_byte(size_t index)
{
    return (uint8_t)(index * 7 + index / 256 + 1);
}

#endif
