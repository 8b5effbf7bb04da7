/* SPDX-License-Identifier: MIT */
/*
 * What all fuzzers share.
 *
 * A fuzzer is one function, LLVMFuzzerTestOneInput().  It interprets any bytes, and ends the
 * process when something is wrong.  libFuzzer calls it (make fuzz), and in the tests driver.c does,
 * with inputs that it makes itself.
 *
 * The bytes are read as choices.  When they are used up every further choice is 0, so each
 * interpreter ends.
 */
#ifndef FUZZ_HARNESS_H
#define FUZZ_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct input {
    const uint8_t *at;
    size_t left;
};

static inline uint8_t input_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

static inline uint32_t input_u32(struct input *input)
{
    uint32_t value = input_byte(input);
    value |= (uint32_t)input_byte(input) << 8;
    value |= (uint32_t)input_byte(input) << 16;
    return value | (uint32_t)input_byte(input) << 24;
}

/* 0..count - 1 */
static inline unsigned input_below(struct input *input, unsigned count)
{
    return input_byte(input) % count;
}

/* Takes the next bytes, at most `size`.  Returns how many. */
static inline size_t input_bytes(struct input *input, const uint8_t **bytes, size_t size)
{
    size_t count = size < input->left ? size : input->left;
    *bytes = input->at;
    input->at += count;
    input->left -= count;
    return count;
}

/* This must be true in every build. */
#define DEMAND(condition)                                                             \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: demanded: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

#endif
