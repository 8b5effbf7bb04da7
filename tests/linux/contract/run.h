/* SPDX-License-Identifier: MIT */
/* Running one check: for main.c. */
#ifndef RUN_H
#define RUN_H

#include "contract.h"

enum { TEXT = 256 };

enum outcome {
    OK,
    FAILED,
    NOT_OFFERED, /* the adapter does not offer it, or was declared so */
    NOT_ASKED,   /* the target or the machine lacks what the check needs */
    OUTCOMES
};

struct verdict {
    enum outcome outcome;
    char text[TEXT]; /* the reason, if the result is not OK */
    char note[TEXT]; /* the choice that the adapter made, if there was one */
};

/* When it returns, everything that the check opened is closed. */
struct verdict run_check(struct subject *subject, const struct check *check);

#endif
