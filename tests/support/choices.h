/* SPDX-License-Identifier: MIT */
/*
 * Runs code through every combination of its choices.
 *
 *     struct choices choices = {0};
 *     do {
 *         … choose(&choices, 3) …        0, 1 or 2; as often as it likes
 *     } while (choices_next(&choices));
 *
 * Each round repeats the code with the next combination, as one counts with digits, until there is
 * no other one.  The code must be deterministic apart from its choices.
 */
#ifndef SUPPORT_CHOICES_H
#define SUPPORT_CHOICES_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CHOICES_MAX 256

struct choices {
    uint8_t taken[CHOICES_MAX], among[CHOICES_MAX];
    unsigned length, position;
};

static inline unsigned choose(struct choices *choices, unsigned among)
{
    unsigned at = choices->position++;
    assert(among >= 1 && among <= UINT8_MAX && at < CHOICES_MAX);
    if (at == choices->length) {
        choices->taken[at] = 0;
        choices->among[at] = (uint8_t)among;
        choices->length++;
    }
    assert(choices->among[at] == among);
    return choices->taken[at];
}

/* False: there is no other combination. */
static inline bool choices_next(struct choices *choices)
{
    choices->length = choices->position;
    choices->position = 0;
    while (choices->length > 0) {
        unsigned last = choices->length - 1;
        if (++choices->taken[last] < choices->among[last])
            return true;
        choices->length--;
    }
    return false;
}

/* Prints this combination, for a failure's report. */
static inline void choices_print(const struct choices *choices, FILE *to)
{
    fputs("choices:", to);
    for (unsigned i = 0; i < choices->position && i < choices->length; i++)
        fprintf(to, " %u/%u", choices->taken[i], choices->among[i]);
    fputc('\n', to);
}

#endif
