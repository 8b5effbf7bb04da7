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

#endif
