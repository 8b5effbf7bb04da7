/* SPDX-License-Identifier: MIT */
/*
 * decode CONFIGURATION: the name of each instruction whose bytes are a line of the standard input,
 * as a number in hexadecimal.  decode CONFIGURATION all: the names of all that it has.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "emulator/xtensa/opcodes.h"

static const struct xtensa_configuration *const configurations[] = {
    &xtensa_esp32, &xtensa_esp32s2, &xtensa_esp32s3, &xtensa_lx106, &xtensa_sample_controller};

static void decode(const struct xtensa_configuration *configuration)
{
    uint32_t word;
    while (scanf("%" SCNx32, &word) == 1)
        puts(opcodes_decode(configuration, word).opcode->name);
}

/* An opcode is there if the bits that make it do. */
static void list(const struct xtensa_configuration *configuration, const struct opcode *opcodes)
{
    for (; opcodes->name; opcodes++) {
        if (opcodes_decode(configuration, opcodes->match).opcode == opcodes)
            puts(opcodes->name);
    }
}

int main(int count, char **words)
{
    for (unsigned i = 0; i < sizeof configurations / sizeof configurations[0]; i++) {
        if (count < 2 || strcmp(words[1], configurations[i]->name) != 0)
            continue;
        if (count == 2) {
            decode(configurations[i]);
        } else {
            list(configurations[i], arithmetic_opcodes);
            list(configurations[i], access_opcodes);
            list(configurations[i], flow_opcodes);
            list(configurations[i], system_opcodes);
        }
        return 0;
    }
    fputs("usage: decode CONFIGURATION [all]\n", stderr);
    return 2;
}
