/* SPDX-License-Identifier: MIT */
/* Which word somebody may have meant. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

enum { NEAREST_WORD_MAX = 64 };

/*
 * How many letters must be added, removed or changed to make one word of the other (Levenshtein
 * 1965).  `known` has at most NEAREST_WORD_MAX letters.
 */
int nearest_distance(const char *word, const char *known);

/*
 * The nearest of several known words.  Begin with {.word = …}, try each of them, and `best` is the
 * one, or NULL: none is near.
 */
struct nearest {
    const char *word;
    const char *best;
    int distance; /* of `best` */
};
void nearest_try(struct nearest *nearest, const char *known);

#endif
