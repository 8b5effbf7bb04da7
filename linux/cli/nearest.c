/* SPDX-License-Identifier: MIT */
#include "cli/nearest.h"

#include <string.h>

enum { FAR = 3 }; /* so many letters make another word */

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

int nearest_distance(const char *word, const char *known)
{
    int row[NEAREST_WORD_MAX + 1];
    int columns = smaller((int)strlen(known), NEAREST_WORD_MAX);
    for (int j = 0; j <= columns; j++)
        row[j] = j;
    for (int i = 1; word[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= columns; j++) {
            int above = row[j];
            int change = diagonal + (word[i - 1] != known[j - 1]);
            row[j] = smaller(change, smaller(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[columns];
}

void nearest_try(struct nearest *nearest, const char *known)
{
    if (strlen(known) > NEAREST_WORD_MAX)
        return;
    int distance = nearest_distance(nearest->word, known);
    if (distance >= (nearest->best ? nearest->distance : FAR) ||
        distance >= (int)strlen(nearest->word))
        return;
    nearest->best = known;
    nearest->distance = distance;
}
